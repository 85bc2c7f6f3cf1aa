"""The grid of a month: Alice writes, Bob reads, Charlie has the same names and figures elsewhere."""

from datetime import date
from decimal import Decimal

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from beneficiaries.models import Assignment, EmploymentContract, HourEntry
from tenants import scope
from tests.counting import assert_constant_queries
from tests.factories import (
    AssignmentFactory,
    BeneficiaryFactory,
    BuyerFactory,
    CompanyFactory,
    ContractFactory,
    EmploymentFactory,
    HourEntryFactory,
    LotFactory,
)

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
GRID = "/heures/?mois=2026-04"
CELL = "/heures/cellule/"
STATUS = "/heures/etats/?mois=2026-04"


@pytest.fixture
def ours(world):
    """Reads and writes in the structure's scope: ours(lambda: …)."""

    def within(work):
        with scope.tenant(world.ours.tenant.pk, world.alice.pk):
            return work()

    return within


def said(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def rows(response) -> list[int]:
    return [row.working.id for lot in response.context["grid"].lots for row in lot.rows]


def cells(response):
    return response.context["grid"].cells


def key(assignment, kind="travail", month="2026-04") -> str:
    return f"{assignment.pk}-{month}-{kind}"


def plain_form(response, **changes) -> dict[str, str]:
    """What the browser would send of this page, some cells typed over (by key)."""
    data = {}
    for cell in cells(response).values():
        data |= {
            f"hours-{cell.key}": cell.text,
            f"version-{cell.key}": str(cell.version),
            f"saved-{cell.key}": cell.saved,
        }
    return data | {f"hours-{name}": text for name, text in changes.items()}


def lines(ours, month=APRIL) -> list[tuple[str, Decimal, str]]:
    def read():
        found = HourEntry.objects.filter(month=month).order_by("assignment_id", "kind")
        return [(line.kind, line.hours, line.status) for line in found]

    return ours(read)


# The page


def test_grid_shows_our_rows_only(alice, charlie, world):
    assert rows(alice.get(GRID)) == [world.ours.assignment.pk]
    assert rows(charlie.get(GRID)) == [world.theirs.assignment.pk]


def test_grid_shows_cumul_cell_total_and_what_remains(alice, world, ours):
    ours(lambda: HourEntryFactory(assignment=world.ours.assignment, month=APRIL, hours=Decimal("51.50")))
    ours(
        lambda: HourEntryFactory(
            assignment=world.ours.assignment, month=date(2026, 2, 1), hours=Decimal(700), status="refusee"
        )
    )
    answer = alice.get(GRID)
    (lot,) = answer.context["grid"].lots
    (row,) = lot.rows
    assert (row.before, row.total) == (Decimal(100), Decimal("151.50"))
    assert (lot.figures.due, lot.figures.declared, lot.figures.validated) == (
        Decimal(833),
        Decimal("151.50"),
        Decimal(100),
    )
    assert (lot.before, lot.remaining) == (Decimal(100), Decimal("681.50"))
    assert answer.context["grid"].total == Decimal("51.50")
    page = answer.content.decode()
    assert 'data-due="833" data-before="100.00" data-validated="100.00"' in page
    assert "51,50" in page
    assert "681,50" in page
    assert answer.context["answer"] == "Avril 2026\u202f: 51,5\u202fh saisies pour 1 contrat, dont 0\u202fh validées."


def test_grid_says_who_has_nothing_yet(alice):
    assert alice.get(GRID).context["answer"].endswith(": rien n'est encore saisi pour 1 contrat.")


@pytest.mark.parametrize(
    ("name", "values", "shown"),
    [
        ("employment", {"ends_on": date(2026, 3, 31)}, False),
        ("employment", {"ends_on": date(2026, 4, 1)}, True),
        ("employment", {"starts_on": date(2026, 5, 1)}, False),
        ("employment", {"starts_on": date(2026, 4, 30)}, True),
        ("lot", {"ends_on": date(2026, 3, 31)}, False),
        ("lot", {"starts_on": date(2026, 5, 1)}, False),
        ("contract", {"starts_on": date(2026, 5, 1)}, False),
        ("assignment", {"ends_on": date(2026, 3, 31)}, False),
        ("assignment", {"starts_on": date(2026, 4, 30)}, True),
    ],
)
def test_row_stands_while_contract_lot_and_assignment_meet_the_month(alice, world, ours, name, values, shown):
    row = getattr(world.ours, name)
    ours(lambda: type(row).objects.filter(pk=row.pk).update(**values))
    assert rows(alice.get(GRID)) == ([world.ours.assignment.pk] if shown else [])


def test_row_with_hours_stands_outside_the_dates_too(alice, world, ours):
    ours(lambda: HourEntryFactory(assignment=world.ours.assignment, month=APRIL))
    ours(lambda: EmploymentContract.objects.update(ends_on=date(2026, 3, 31)))
    answer = alice.get(GRID)
    assert rows(answer) == [world.ours.assignment.pk]
    assert set(cells(answer)) == {key(world.ours.assignment)}


def test_archived_lot_is_out(alice, world, ours):
    ours(lambda: type(world.ours.lot).objects.update(archived_at="2026-01-01T00:00Z"))
    assert rows(alice.get(GRID)) == []


def test_rows_are_grouped_by_marche_and_lot_in_natural_order(alice, world, ours):
    def add():
        contract = ContractFactory(title="Aménagement")
        made = {}
        for number in ("10", "2"):
            lot = LotFactory(contract=contract, number=number)
            for name in ("Zola", "Œuvrard"):
                person = BeneficiaryFactory(last_name=name)
                made[number, name] = AssignmentFactory(lot=lot, employment=EmploymentFactory(beneficiary=person))
        return made

    made = ours(add)
    expected = [
        made["2", "Œuvrard"],
        made["2", "Zola"],
        made["10", "Œuvrard"],
        made["10", "Zola"],
        world.ours.assignment,
    ]
    assert rows(alice.get(GRID)) == [assignment.pk for assignment in expected]


def test_filters_narrow_by_buyer_marche_lot_and_company(alice, world, ours):
    def add():
        employer, holder = CompanyFactory(name="Intérim"), CompanyFactory(name="Toiture")
        contract = ContractFactory(buyer=BuyerFactory(name="Ville"))
        lot = LotFactory(contract=contract, holder=holder)
        return AssignmentFactory(lot=lot, employment=EmploymentFactory(employer=employer)), employer, holder

    other, employer, holder = ours(add)
    mine, lot = world.ours.assignment.pk, world.ours.lot
    for name, own, others in (
        ("lot", lot.pk, [other.lot_id]),
        ("marche", lot.contract_id, [other.lot.contract_id]),
        ("donneur", world.ours.buyer.pk, [other.lot.contract.buyer_id]),
        ("entreprise", world.ours.company.pk, [employer.pk, holder.pk]),
    ):
        assert rows(alice.get(f"{GRID}&{name}={own}")) == [mine], name
        for one in others:
            assert rows(alice.get(f"{GRID}&{name}={one}")) == [other.pk], name
    assert sorted(rows(alice.get(GRID))) == sorted([mine, other.pk])


def test_filter_stays_chosen_in_a_month_without_anyone(alice, world):
    answer = alice.get(f"/heures/?mois=2026-01&lot={world.ours.lot.pk}")
    assert rows(answer) == [world.ours.assignment.pk]
    answer = alice.get(f"/heures/?mois=2025-12&lot={world.ours.lot.pk}")
    assert rows(answer) == []
    assert str(world.ours.lot) in answer.content.decode()
    assert "Tout afficher" in answer.content.decode()


@pytest.mark.parametrize(
    "query", ["lot=abc", "lot=0", "lot=99999999999999999999", "donneur=-1", "entreprise=%00", "marche=१"]
)
def test_filter_that_means_nothing_is_ignored_and_said(alice, world, query):
    answer = alice.get(f"{GRID}&{query}")
    assert rows(answer) == [world.ours.assignment.pk]
    assert said(answer)[0].startswith("Filtre ignoré")


def test_filter_on_a_stranger_s_lot_is_ignored(alice, world):
    answer = alice.get(f"{GRID}&lot={world.theirs.lot.pk}")
    assert rows(answer) == [world.ours.assignment.pk]
    assert said(answer)[0].startswith("Filtre ignoré")


@pytest.mark.parametrize("month", ["2026-13", "avril", "1026-04", "9999-12", "2026-4", "%00", "2026-04-01"])
def test_month_that_cannot_be_read_falls_back_and_is_said(alice, month):
    answer = alice.get(f"/heures/?mois={month}")
    assert answer.status_code == 200
    assert said(answer)[0].startswith("Mois ignoré")


@pytest.mark.parametrize(
    ("today", "month"), [(date(2026, 11, 15), date(2026, 10, 1)), (date(2026, 1, 31), date(2025, 12, 1))]
)
def test_month_by_default_is_the_one_to_declare(today, month):
    from beneficiaries.views.hours import month_to_declare

    assert month_to_declare(today) == month


def test_reader_sees_cells_that_cannot_be_typed(bob, world):
    answer = bob.get(GRID)
    assert all(cell.readonly for cell in cells(answer).values())
    page = answer.content.decode()
    assert "data-hours-grid" not in page
    assert "data-bulk-row" not in page
    assert "/heures/reprendre/" not in page


def test_anonymised_person_shows_by_its_reference(alice, world, ours):
    person = world.ours.beneficiary
    ours(lambda: type(person).objects.filter(pk=person.pk).update(last_name="", first_name="", birth_date=None))
    assert "Personne anonymisée Z1" in alice.get(GRID).content.decode()


def test_long_month_comes_in_pages(alice, world, ours, monkeypatch):
    monkeypatch.setattr("beneficiaries.views.hours.ROWS", 2)
    ours(lambda: [AssignmentFactory(lot=world.ours.lot) for _ in range(3)])
    first, second = alice.get(GRID), alice.get(f"{GRID}&page=2")
    assert (len(rows(first)), len(rows(second))) == (2, 2)
    assert set(rows(first)) | set(rows(second)) == set(
        ours(lambda: list(Assignment.objects.values_list("pk", flat=True)))
    )
    assert first.context["answer"] == second.context["answer"]
    assert "pour 4 contrats" in first.context["answer"]


def add_rows(world, count: int) -> None:
    for _ in range(count):
        lot = LotFactory(contract=world.ours.contract, due=100, holder=CompanyFactory())
        assignment = AssignmentFactory(lot=lot)
        HourEntryFactory(assignment=assignment, month=APRIL, hours=Decimal(10))
        HourEntryFactory(assignment=assignment, month=MARCH, hours=Decimal(10))


def test_grid_asks_as_much_whatever_its_length(alice, world, ours):
    assert_constant_queries(alice, GRID, lambda count: ours(lambda: add_rows(world, count)))


# The plain form


def test_form_saves_the_cells_that_changed(alice, world, ours):
    other = ours(lambda: AssignmentFactory(lot=world.ours.lot))
    ours(lambda: HourEntryFactory(assignment=other, month=APRIL, hours=Decimal(20), version=4))
    page = alice.get(GRID)
    sent = plain_form(page, **{key(world.ours.assignment): "151h40", key(other, "formation"): "7"})
    answer = alice.post(GRID, sent)
    assert (answer.status_code, answer["Location"]) == (302, GRID)
    assert said(answer) == ["2 cellules enregistrées."]
    assert sorted(lines(ours)) == [
        ("formation", Decimal(7), "declaree"),
        ("travail", Decimal(20), "declaree"),
        ("travail", Decimal("151.67"), "declaree"),
    ]
    assert ours(lambda: HourEntry.objects.get(assignment=other, month=APRIL, kind="travail").version) == 4


def test_form_without_a_change_writes_nothing(alice, ours):
    answer = alice.post(GRID, plain_form(alice.get(GRID)))
    assert said(answer) == ["Aucune cellule n'a changé."]
    assert lines(ours) == []


def test_form_with_one_wrong_cell_writes_nothing_and_loses_nothing(alice, world, ours):
    other = ours(lambda: AssignmentFactory(lot=world.ours.lot))
    sent = plain_form(alice.get(GRID), **{key(world.ours.assignment): "12h75", key(other): "151,67"})
    answer = alice.post(GRID, sent)
    assert answer.status_code == 422
    wrong, right = cells(answer)[key(world.ours.assignment)], cells(answer)[key(other)]
    assert (wrong.text, right.text, right.error) == ("12h75", "151,67", "")
    assert "12,75 ou 12h45" in wrong.error
    assert [problem.label for problem in answer.context["problems"]] == ["Dûpont Zoé, avril 2026"]
    page = answer.content.decode()
    assert 'value="12h75"' in page
    assert f'id="error-{wrong.key}"' in page
    assert f'href="#error-{wrong.key}"' in page
    assert lines(ours) == []


def test_form_tells_every_error_at_once(alice, world, ours):
    other = ours(lambda: AssignmentFactory(lot=world.ours.lot))
    ours(lambda: EmploymentContract.objects.filter(pk=other.employment_id).update(starts_on=MARCH))
    page = alice.get(GRID)
    ours(lambda: EmploymentContract.objects.filter(pk=other.employment_id).update(starts_on=date(2026, 5, 1)))
    answer = alice.post(GRID, plain_form(page, **{key(world.ours.assignment): "-1", key(other): "10"}))
    assert answer.status_code == 422
    texts = [problem.text for problem in answer.context["problems"]]
    assert any("négatif" in text for text in texts)
    assert any("hors du contrat de travail" in text for text in texts)
    assert lines(ours) == []


def test_form_over_a_line_changed_meanwhile_shows_both_values(alice, world, ours):
    line = ours(lambda: HourEntryFactory(assignment=world.ours.assignment, month=APRIL, hours=Decimal(100)))
    page = alice.get(GRID)
    ours(lambda: HourEntry.objects.filter(pk=line.pk).update(hours=120, version=2))
    answer = alice.post(GRID, plain_form(page, **{key(world.ours.assignment): "90"}))
    assert answer.status_code == 422
    cell = cells(answer)[key(world.ours.assignment)]
    assert (cell.text, cell.version, cell.saved) == ("90", 2, "120.00")
    assert "elle vaut 120\u202fh" in cell.error
    assert lines(ours) == [("travail", Decimal(120), "declaree")]
    assert alice.post(GRID, plain_form(answer)).status_code == 302
    assert lines(ours) == [("travail", Decimal(90), "declaree")]


def test_cell_left_alone_is_no_conflict_when_someone_else_changed_it(alice, world, ours):
    line = ours(lambda: HourEntryFactory(assignment=world.ours.assignment, month=APRIL, hours=Decimal(100)))
    page = alice.get(GRID)
    ours(lambda: HourEntry.objects.filter(pk=line.pk).update(hours=120, version=2))
    answer = alice.post(GRID, plain_form(page, **{key(world.ours.assignment, "formation"): "7"}))
    assert answer.status_code == 302
    assert sorted(lines(ours)) == [("formation", Decimal(7), "declaree"), ("travail", Decimal(120), "declaree")]


def test_form_warns_of_an_unusual_month(alice, world, ours):
    answer = alice.post(GRID, plain_form(alice.get(GRID), **{key(world.ours.assignment): "230"}))
    assert [message[:19] for message in said(answer)] == ["Une cellule enregis", "Le contrat totalise"]


def test_form_writes_nothing_in_a_stranger_s_row(alice, world, ours):
    name = key(world.theirs.assignment)
    answer = alice.post(GRID, {f"hours-{name}": "10", f"version-{name}": "", f"saved-{name}": ""})
    assert answer.status_code == 422
    assert [problem.label for problem in answer.context["problems"]] == ["Ligne disparue"]
    with scope.tenant(world.theirs.tenant.pk):
        assert HourEntry.objects.filter(month=APRIL).count() == 0


@pytest.mark.parametrize(
    "name",
    [
        "hours-",
        "hours-x",
        "hours-1-2026-13-travail",
        "hours-1-2026-04-autre",
        f"hours-{'9' * 18}-2026-04-travail",
        "hours-0-0000-01-travail",
    ],
)
def test_field_that_is_no_cell_never_crashes(alice, ours, name):
    assert alice.post(GRID, {name: "10"}).status_code in (302, 422)
    assert lines(ours) == []


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999", "²"])
def test_version_that_means_nothing_is_that_of_an_empty_cell(alice, world, ours, version):
    name = key(world.ours.assignment)
    alice.post(GRID, {f"hours-{name}": "10", f"version-{name}": version, f"saved-{name}": "y"})
    assert lines(ours) == [("travail", Decimal(10), "declaree")]


def test_reader_may_not_save(bob, world, ours):
    assert bob.post(GRID, {f"hours-{key(world.ours.assignment)}": "10"}).status_code == 403
    assert lines(ours) == []


# One cell


def send(client, world, **changes):
    data = {
        "assignment": world.ours.assignment.pk,
        "month": "2026-04",
        "kind": "travail",
        "version": "",
        "hours": "151h40",
    }
    return client.post(CELL, data | changes)


def test_cell_answers_its_version_and_the_sums_of_its_lot(alice, world, ours):
    answer = send(alice, world)
    assert answer.status_code == 200
    line = ours(lambda: HourEntry.objects.select_related("status_by").get(month=APRIL))
    assert answer.json() == {
        "version": line.version,
        "hours": "151.67",
        "status": "declaree",
        "groups": {str(world.ours.lot.pk): {"due": "833.00", "total": "251.67", "validated": "100.00"}},
        "warning": "",
    }
    assert line.status_by.name == "Alice"


def test_cell_emptied_answers_no_version(alice, world, ours):
    version = send(alice, world).json()["version"]
    answer = send(alice, world, version=version, hours="").json()
    assert (answer["version"], answer["hours"], answer["status"]) == ("", "", "")
    assert lines(ours) == []


def test_stale_cell_answers_both_values(alice, world, ours):
    send(alice, world)
    answer = send(alice, world, hours="90")
    line = ours(lambda: HourEntry.objects.get(month=APRIL))
    assert answer.status_code == 409
    body = answer.json()
    assert (body["yours"], body["theirs"], body["version"]) == ("90.00", "151.67", line.version)
    assert (body["by"], body["status"]) == ("Alice", "declaree")
    assert len(body["at"]) == 5


def test_cell_emptied_meanwhile_answers_empty(alice, world, ours):
    version = send(alice, world).json()["version"]
    ours(lambda: HourEntry.objects.filter(month=APRIL).delete())
    answer = send(alice, world, version=version, hours="90")
    assert answer.status_code == 409
    assert answer.json() == {"version": "", "yours": "90.00", "theirs": "", "status": "", "by": "", "at": ""}


@pytest.mark.parametrize(
    "changes",
    [
        {"hours": "12h75"},
        {"hours": "745"},
        {"hours": "1" * 200},
        {"hours": "\x00"},
        {"month": "2026-13"},
        {"month": ""},
        {"month": "2027-04"},
        {"kind": "autre"},
        {"assignment": "x"},
        {"assignment": "9" * 30},
        {"version": "x"},
        {"version": "-1"},
        {"version": "99999999999"},
    ],
)
def test_cell_that_cannot_be_saved_says_why_in_french(alice, world, ours, changes):
    answer = send(alice, world, **changes)
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error
    assert not error.isascii() or error.split()[0] in ("Ce", "Indiquez", "Assurez-vous", "Saisissez", "Le")
    assert lines(ours) == []


def test_warning_comes_with_the_cell(alice, world):
    assert "220,01" in send(alice, world, hours="220,01").json()["warning"]


def test_stranger_s_cell_is_not_there(charlie, bob, world, ours):
    assert send(charlie, world).status_code == 404
    assert send(bob, world).status_code == 403
    assert lines(ours) == []


# States by selection


def validate(client, page, action="valider", selected=(), **data):
    return client.post(STATUS, plain_form(page) | {"action": action, "selected": list(selected)} | data)


@pytest.fixture
def two(world, ours):
    """Two lines of one row, and one of another."""

    def make():
        other = AssignmentFactory(lot=world.ours.lot)
        for assignment, kind, value in (
            (world.ours.assignment, "travail", "400.25"),
            (world.ours.assignment, "formation", "12.25"),
            (other, "travail", "50"),
        ):
            HourEntryFactory(assignment=assignment, month=APRIL, kind=kind, hours=Decimal(value))
        return other

    return ours(make)


def test_ticked_rows_are_validated_and_the_sum_is_said(alice, world, ours, two):
    answer = validate(alice, alice.get(GRID), selected=[world.ours.assignment.pk])
    assert (answer.status_code, answer["Location"]) == (302, GRID)
    assert said(answer) == ["412,5\u202fh (2 lignes) validées. L'avancement des lots suit."]
    assert sorted(lines(ours)) == [
        ("formation", Decimal("12.25"), "validee"),
        ("travail", Decimal(50), "declaree"),
        ("travail", Decimal("400.25"), "validee"),
    ]


@pytest.mark.parametrize("box", ["{pk}:formation", "{pk}-2026-04-formation"])
def test_box_may_stand_for_one_kind_or_one_cell(alice, world, ours, two, box):
    answer = validate(alice, alice.get(GRID), selected=[box.format(pk=world.ours.assignment.pk)])
    assert said(answer)[0].startswith("12,25\u202fh (une ligne)")


def test_what_is_in_the_state_already_is_left_alone(alice, world, ours, two):
    validate(alice, alice.get(GRID), selected=[f"{world.ours.assignment.pk}:formation"])
    answer = validate(alice, alice.get(GRID), selected=[world.ours.assignment.pk, two.pk])
    assert said(answer)[0].startswith("450,25\u202fh (2 lignes)")


@pytest.mark.parametrize(
    ("action", "reason", "word"),
    [("refuser", "", "motif"), ("supprimer", "", "Choisissez"), ("", "", "obligatoire"), ("refuser", "x" * 501, "500")],
)
def test_state_that_cannot_be_given_keeps_the_ticks_and_the_reason(alice, world, ours, two, action, reason, word):
    answer = validate(alice, alice.get(GRID), action, [world.ours.assignment.pk], reason=reason)
    assert answer.status_code == 422
    assert word in said(answer)[0]
    page = answer.content.decode()
    assert f'value="{world.ours.assignment.pk}" data-bulk-row aria-label="Cocher Dûpont Zoé" checked' in page
    assert {status for _, _, status in lines(ours)} == {"declaree"}


def test_refusal_and_reopening_with_a_reason(alice, world, ours, two):
    validate(alice, alice.get(GRID), "refuser", [two.pk], reason="  doublon   de mars ")
    line = ours(lambda: HourEntry.objects.get(assignment=two))
    assert (line.status, line.status_reason) == ("refusee", "doublon de mars")
    validate(alice, alice.get(GRID), "rouvrir", [two.pk], reason="retrouvé")
    assert ours(lambda: HourEntry.objects.get(assignment=two).status) == "declaree"


def test_nothing_ticked_is_said(alice, ours, two):
    answer = validate(alice, alice.get(GRID))
    assert answer.status_code == 422
    assert said(answer) == ["Cochez au moins une ligne d'heures."]


def test_hours_typed_and_not_saved_stop_the_change_and_are_kept(alice, world, ours, two):
    page = alice.get(GRID)
    typed = {f"hours-{key(two)}": "60"}
    answer = alice.post(STATUS, plain_form(page) | typed | {"action": "valider", "selected": [two.pk]})
    assert answer.status_code == 422
    assert "pas enregistrées" in said(answer)[0]
    cell = cells(answer)[key(two)]
    assert (cell.text, cell.typed, cell.saved) == ("60", True, "50.00")
    assert 'data-saved="50.00"' in answer.content.decode()
    assert {status for _, _, status in lines(ours)} == {"declaree"}


def test_line_changed_since_the_page_is_not_validated(alice, world, ours, two):
    page = alice.get(GRID)
    ours(lambda: HourEntry.objects.filter(assignment=two).update(hours=55, version=2))
    answer = validate(alice, page, selected=[two.pk])
    assert answer.status_code == 422
    assert "modifiée entre-temps" in said(answer)[0]
    assert {status for _, _, status in lines(ours)} == {"declaree"}


def test_line_emptied_since_the_page_is_said(alice, world, ours, two):
    page = alice.get(GRID)
    ours(lambda: HourEntry.objects.filter(assignment=two).delete())
    answer = validate(alice, page, selected=[two.pk])
    assert answer.status_code == 422
    assert "effacées entre-temps" in said(answer)[0]


def test_reader_and_stranger_change_no_state(bob, charlie, alice, world, ours, two):
    page = alice.get(GRID)
    assert validate(bob, page, selected=[two.pk]).status_code == 403
    assert validate(charlie, page, selected=[two.pk]).status_code == 422
    assert {status for _, _, status in lines(ours)} == {"declaree"}


# Rows of the month before


CARRY = "/heures/reprendre/?mois=2026-04"


def test_assignment_that_ended_goes_on_while_its_contract_runs(alice, world, ours):
    ours(lambda: Assignment.objects.update(ends_on=date(2026, 3, 31)))
    assert rows(alice.get(GRID)) == []
    answer = alice.post(CARRY)
    assert answer["Location"] == GRID
    assert said(answer)[0].startswith(
        "Un contrat de mars 2026 repris\u202f: sa ligne est ouverte en avril 2026, sans heures"
    )
    assert rows(alice.get(GRID)) == [world.ours.assignment.pk]
    assert ours(lambda: Assignment.objects.get().ends_on) == date(2026, 4, 30)
    assert lines(ours) == []


def test_row_lengthened_stops_with_its_contract(alice, world, ours):
    ours(lambda: Assignment.objects.update(ends_on=date(2026, 3, 31)))
    ours(lambda: EmploymentContract.objects.update(ends_on=date(2026, 4, 12)))
    alice.post(CARRY)
    assert ours(lambda: Assignment.objects.get().ends_on) == date(2026, 4, 12)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda house: None, "déjà là"),
        (lambda house: EmploymentContract.objects.update(ends_on=date(2026, 3, 31)), "Aucun contrat de mars 2026"),
        (lambda house: type(house.lot).objects.update(ends_on=date(2026, 3, 31)), "Aucun contrat de mars 2026"),
        (lambda house: type(house.lot).objects.update(ends_on=date(2026, 3, 31)), "pas repris"),
    ],
)
def test_what_is_not_brought_is_said(alice, world, ours, change, word):
    ours(lambda: change(world.ours))
    before = ours(lambda: Assignment.objects.get().ends_on)
    assert word in " ".join(said(alice.post(CARRY)))
    assert ours(lambda: Assignment.objects.get().ends_on) == before


def test_without_hours_the_month_before_nothing_is_brought(alice, world, ours):
    ours(lambda: Assignment.objects.update(ends_on=date(2026, 2, 28)))
    alice.post("/heures/reprendre/?mois=2026-03")
    assert ours(lambda: Assignment.objects.get().ends_on) == date(2026, 2, 28)


def test_filters_bear_on_what_is_brought(alice, world, ours):
    def add():
        other = AssignmentFactory(ends_on=date(2026, 3, 31))
        HourEntryFactory(assignment=other, month=MARCH)
        return other

    other = ours(add)
    ours(lambda: Assignment.objects.update(ends_on=date(2026, 3, 31)))
    alice.post(f"{CARRY}&lot={other.lot_id}")
    ends = ours(lambda: dict(Assignment.objects.values_list("pk", "ends_on")))
    assert ends == {other.pk: date(2026, 4, 30), world.ours.assignment.pk: date(2026, 3, 31)}


def test_stranger_s_rows_are_not_brought(charlie, world, ours):
    ours(lambda: Assignment.objects.update(ends_on=date(2026, 3, 31)))
    charlie.post(CARRY)
    assert ours(lambda: Assignment.objects.get().ends_on) == date(2026, 3, 31)


# A year of one lot


def year(world, query="?annee=2026") -> str:
    return reverse("beneficiaries:hours_lot_year", args=[world.ours.lot.pk]) + query


def test_year_has_a_cell_for_each_month_of_the_contract(alice, world, ours):
    ours(lambda: EmploymentContract.objects.update(starts_on=date(2026, 2, 20), ends_on=date(2026, 5, 2)))
    answer = alice.get(year(world))
    months = [key(world.ours.assignment, month=f"2026-{month:02}") for month in range(2, 6)]
    assert sorted(name for name in cells(answer) if name.endswith("travail")) == months
    (lot,) = answer.context["grid"].lots
    assert [row.kind for row in lot.rows] == ["travail"]
    assert (lot.before, lot.rows[0].total) == (Decimal(0), Decimal(100))
    assert "hors" not in said(answer)


def test_year_shows_training_where_there_is_some_or_when_asked(alice, world, ours):
    kinds = lambda answer: [row.kind for row in answer.context["grid"].lots[0].rows]  # noqa: E731
    assert kinds(alice.get(year(world, "?annee=2026&formation=oui"))) == ["travail", "formation"]
    ours(lambda: HourEntryFactory(assignment=world.ours.assignment, month=APRIL, kind="formation", hours=Decimal(7)))
    assert kinds(alice.get(year(world))) == ["travail", "formation"]


def test_year_counts_other_years_in_its_lot_but_not_in_its_rows(alice, world, ours):
    ours(lambda: type(world.ours.contract).objects.update(ends_on=date(2027, 12, 31)))
    ours(lambda: HourEntryFactory(assignment=world.ours.assignment, month=date(2027, 1, 1), hours=Decimal(30)))
    (lot,) = alice.get(year(world)).context["grid"].lots
    assert (lot.before, lot.figures.declared, lot.rows[0].total) == (Decimal(30), Decimal(130), Decimal(100))


def test_year_saves_and_validates_as_the_month_does(alice, world, ours):
    page = alice.get(year(world))
    answer = alice.post(
        year(world),
        plain_form(page, **{key(world.ours.assignment): "100", key(world.ours.assignment, month="2026-05"): "90"}),
    )
    assert (answer.status_code, answer["Location"]) == (302, year(world))
    page = alice.get(year(world))
    url = reverse("beneficiaries:hours_lot_status", args=[world.ours.lot.pk]) + "?annee=2026"
    sent = plain_form(page) | {"action": "valider", "selected": [f"{world.ours.assignment.pk}:travail"]}
    answer = alice.post(url, sent)
    assert answer["Location"] == year(world)
    assert said(answer)[-1].startswith("190\u202fh (2 lignes) validées")


def test_year_refused_keeps_what_was_typed(alice, world, ours):
    page = alice.get(year(world))
    answer = alice.post(year(world), plain_form(page, **{key(world.ours.assignment): "12h75"}))
    assert answer.status_code == 422
    assert cells(answer)[key(world.ours.assignment)].text == "12h75"
    url = reverse("beneficiaries:hours_lot_status", args=[world.ours.lot.pk]) + "?annee=2026"
    assert alice.post(url, plain_form(page) | {"action": "valider"}).status_code == 422
    assert lines(ours) == []


@pytest.mark.parametrize("query", ["?annee=abc", "?annee=1", "?annee=99999999999999999999", "?annee=2026.5"])
def test_year_that_cannot_be_read_falls_back_and_is_said(alice, world, query):
    answer = alice.get(year(world, query))
    assert answer.status_code == 200
    assert said(answer)[0].startswith("Année ignorée")


def test_year_by_default_is_within_the_lot(alice, world, ours):
    ours(lambda: type(world.ours.contract).objects.update(starts_on=date(2019, 1, 1), ends_on=date(2020, 6, 30)))
    assert alice.get(year(world, "")).context["year"] == 2020


def test_year_without_anyone_offers_a_contract(alice, world):
    answer = alice.get(year(world, "?annee=2025"))
    assert reverse("beneficiaries:employment_create_for_lot", args=[world.ours.lot.pk]) in answer.content.decode()


def test_year_of_a_stranger_is_not_there(charlie, bob, world):
    assert charlie.get(year(world)).status_code == 404
    assert charlie.post(year(world), {}).status_code == 404
    assert bob.get(year(world)).status_code == 200
    assert bob.post(year(world), {}).status_code == 403


def test_year_asks_as_much_whatever_its_length(alice, world, ours):
    def add(count):
        for _ in range(count):
            HourEntryFactory(assignment=AssignmentFactory(lot=world.ours.lot), month=APRIL, hours=Decimal(10))

    assert_constant_queries(alice, year(world), lambda count: ours(lambda: add(count)))


def test_what_people_typed_is_shown_as_text(alice, world, ours):
    """The rows are written in Python, past the escaping of templates."""
    nasty = "<b>\"&'"
    ours(lambda: type(world.ours.beneficiary).objects.update(last_name=f"Dû{nasty}"))
    ours(lambda: type(world.ours.company).objects.update(name=f"Peinture {nasty}"))
    for address in (GRID, year(world)):
        page = alice.get(address)
        answer = alice.post(address, plain_form(page, **{key(world.ours.assignment): f"12{nasty}"}))
        assert answer.status_code == 422
        for shown in (page.content.decode(), answer.content.decode()):
            assert nasty not in shown
            assert "<b>" not in shown
            assert "Dû&lt;b&gt;" in shown
        assert 'value="12&lt;b&gt;&quot;&amp;&#x27;"' in answer.content.decode()
