"""Indicators through the database: against the oracle, in a structure and in the one that receives its export."""

import json
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reporting.indicators.document import to_json
from tenants import scope
from tenants.models import Tenant
from tests import factories
from tests.beneficiaries.folders import sound_rows, write_folder
from tests.reporting import hard_cases, oracle
from tests.reporting.strategies import portfolios

FILES = {
    "buyer": "buyers",
    "programme": "programmes",
    "operation": "operations",
    "contract": "contracts",
    "lot": "lots",
}
PERIODS = [("2022-11", "2025-12"), ("2023-06", "2023-06"), ("2023-06", "2024-05"), ("2024-01", "2024-12")]


def raw(tenant, first, last, *options):
    out = StringIO()
    call_command("indicators", "--tenant", tenant, "--from", first, "--to", last, *options, stdout=out)
    return out.getvalue()


def printed(*arguments):
    return json.loads(raw(*arguments))


def send(folder, tenant):
    call_command("import_portfolio", folder, "--tenant", tenant, "--create-tenant", "Essai", stdout=StringIO())


def perimeters(rows):
    """(kind, ref, options) of the structure and of every object in it."""
    yield "tenant", None, ()
    for kind, file in FILES.items():
        for row in rows[file]:
            yield kind, row[f"{kind}_ref"], (f"--{kind}", row[f"{kind}_ref"])


def compare(rows, folder, first, last):
    """With the oracle, for every perimeter; and with another structure that received what this one gave."""
    send(write_folder(folder / "in", rows), "essai")
    call_command("export_portfolio", folder / "out", "--tenant", "essai", stdout=StringIO())
    send(folder / "out", "autre")
    for kind, ref, options in perimeters(rows):
        found = printed("essai", first, last, *options)
        assert found == oracle.indicators(rows, tenant="essai", start=first, end=last, kind=kind, ref=ref), (kind, ref)
        assert printed("autre", first, last, *options) == found | {"tenant": "autre"}, (kind, ref)


@pytest.mark.parametrize("period", [("2024-01", "2024-12"), ("2024-03", "2024-04"), ("2030-01", "2030-01")])
def test_sound_folder(db, tmp_path, period):
    compare(sound_rows(), tmp_path, *period)


@pytest.mark.parametrize("period", [hard_cases.PERIOD, ("2024-02", "2024-02"), ("2023-01", "2025-12")])
def test_every_boundary(db, tmp_path, period):
    compare(hard_cases.rows(), tmp_path, *period)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=portfolios(), period=st.sampled_from(PERIODS))
def test_random_portfolios(db, rows, period):
    with transaction.atomic(), TemporaryDirectory() as folder:
        compare(rows, Path(folder), *period)
        transaction.set_rollback(True)


@pytest.mark.soak
@settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=portfolios(), period=st.sampled_from(PERIODS))
def test_thousands_of_portfolios(db, rows, period):
    with transaction.atomic(), TemporaryDirectory() as folder:
        compare(rows, Path(folder), *period)
        transaction.set_rollback(True)


def test_document_is_written_as_the_format_shows_it(db, tmp_path):
    send(write_folder(tmp_path, sound_rows()), "essai")
    assert raw("essai", "2024-03", "2024-05", "--lot", "L2") == SHOWN


# Lot L2: due 300, 600 000 € × 0.5 ÷ 30 = 10 000 h of work; 151.67 h validated in May. Its operation adds lot L1's
# 10 000 h of work and 107.50 h.
SHOWN = """{
  "version": 1,
  "tenant": "essai",
  "period": {
    "from": "2024-03",
    "to": "2024-05"
  },
  "scope": {
    "kind": "lot",
    "ref": "L2"
  },
  "hours": {
    "due": 300,
    "declared": 231.67,
    "validated": 151.67,
    "validated_to_date": 151.67,
    "remaining": 148.33,
    "validated_qpv": 0,
    "training_validated": 0
  },
  "rates": {
    "obligation": 0.505567,
    "works": {
      "value": 0.012959,
      "qpv": 0.005375,
      "target": 0.05,
      "base": "estimated"
    },
    "gup": {
      "value": null,
      "qpv": null,
      "target": null,
      "base": "none"
    },
    "lots": {
      "value": 0.015167,
      "qpv": 0
    }
  },
  "counts": {
    "buyers": 1,
    "operations": 1,
    "contracts": 1,
    "lots": 1,
    "holders": 1,
    "employers": 1,
    "siae": 1,
    "employment_contracts": 1,
    "beneficiaries": 1,
    "new_beneficiaries": 1
  },
  "etp": {
    "value": 0.09,
    "divisor": 1607
  },
  "by": {
    "sex": {
      "M": {
        "beneficiaries": 1,
        "hours": 151.67
      }
    },
    "age": {
      "51+": {
        "beneficiaries": 1,
        "hours": 151.67
      }
    },
    "education": {
      "non_connu": {
        "beneficiaries": 1,
        "hours": 151.67
      }
    },
    "criterion": {
      "non_connu": {
        "beneficiaries": 1,
        "hours": 151.67
      }
    },
    "qpv": {
      "hors_qpv": {
        "beneficiaries": 1,
        "hours": 151.67
      }
    },
    "modality": {
      "mise_a_disposition": {
        "beneficiaries": 1,
        "employment_contracts": 1,
        "hours": 151.67
      }
    },
    "contract_type": {
      "interim": {
        "beneficiaries": 1,
        "employment_contracts": 1,
        "hours": 151.67
      }
    },
    "buyer": {
      "B1": {
        "beneficiaries": 1,
        "hours": 151.67
      }
    },
    "month": {
      "2024-05": {
        "hours": 151.67
      }
    }
  }
}
"""


def test_json_numbers_are_the_decimals_themselves():
    assert to_json({"a": Decimal("12345678901234567890.10"), "b": Decimal("0.050000"), "c": Decimal("100")}) == (
        '{\n  "a": 12345678901234567890.1,\n  "b": 0.05,\n  "c": 100\n}'
    )


def test_figures_stay_exact_and_round_half_up_once(db, tmp_path):
    """2 h ÷ 800 000 h is 0.0000025; 2 h ÷ 3 h has no end."""
    rows = sound_rows()
    rows["lots"] = [rows["lots"][1] | {"fixed_hours": "800000", "labour_share": "0.000003", "hourly_cost": "1"}]
    rows["lots"][0]["amount_ht"] = "1000000"
    rows["hours"] = [rows["hours"][4] | {"hours": "2"}]
    send(write_folder(tmp_path, rows), "essai")
    rates = printed("essai", "2024-01", "2024-12")["rates"]
    assert (rates["obligation"], rates["lots"]["value"]) == (0.000003, 0.666667)


def test_divisor_is_the_structures(db, tmp_path):
    send(write_folder(tmp_path, sound_rows()), "essai")
    with scope.operator():
        Tenant.objects.filter(slug="essai").update(etp_divisor=1600)
    assert printed("essai", "2024-01", "2024-12")["etp"] == {"value": 0.16, "divisor": 1600}


def test_lot_outside_the_period_counts_by_a_line_of_any_status(world):
    """Data that no import would take: hours in a month before the lot begins."""
    house = world.ours
    arguments = (house.tenant.slug, "2025-06", "2025-06", "--lot", "L1")
    assert printed(*arguments)["hours"]["due"] == 0
    with scope.tenant(house.tenant.pk):
        line = factories.HourEntryFactory(assignment=house.assignment, month=date(2025, 6, 1), status="refusee")
    assert printed(*arguments)["hours"] | {"due": 833, "declared": 0, "remaining": 833} == printed(*arguments)["hours"]
    with scope.tenant(house.tenant.pk):
        type(line).objects.filter(pk=line.pk).update(status="declaree")
    assert printed(*arguments)["hours"]["declared"] == 100


def test_figures_of_one_structure_ignore_the_other(world):
    """The neighbour's objects have the same references, names and SIRET."""
    before = raw(world.ours.tenant.slug, "2026-01", "2026-12")
    with scope.tenant(world.theirs.tenant.pk):
        factories.HourEntryFactory(assignment=world.theirs.assignment, month=date(2026, 4, 1), status="validee")
    assert raw(world.ours.tenant.slug, "2026-01", "2026-12") == before
    assert json.loads(before)["hours"]["validated"] == 100
    assert printed(world.theirs.tenant.slug, "2026-01", "2026-12", "--buyer", "B1")["hours"]["validated"] == 200


@pytest.mark.parametrize(
    ("first", "last", "options"),
    [
        ("2026-01", "2025-12", ()),
        ("2026-13", "2026-12", ()),
        ("2026-1", "2026-12", ()),
        ("2026-01", "2026-12-01", ()),
        ("0000-01", "2026-12", ()),
        ("", "2026-12", ()),
        *(("2026-01", "2026-12", (f"--{kind}", "X9")) for kind in FILES),
        ("2026-01", "2026-12", ("--buyer", "")),
        ("2026-01", "2026-12", ("--buyer", "P1")),
    ],
)
def test_wrong_use(world, first, last, options):
    with pytest.raises(CommandError) as error:
        raw(world.ours.tenant.slug, first, last, *options)
    assert error.value.returncode == 2


def test_unknown_structure(db):
    with pytest.raises(CommandError) as error:
        raw("inconnue", "2026-01", "2026-12")
    assert error.value.returncode == 2
