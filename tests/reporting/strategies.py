"""Small sound portfolios with the cases that go wrong: for hypothesis, and for longer runs outside the suite."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

Row = dict[str, str]
Rows = dict[str, list[Row]]

FIRST_DAY = date(2022, 11, 1)
DAYS = 900
MONTHS = [f"{year}-{month:02}" for year in (2022, 2023, 2024, 2025) for month in range(1, 13)]
# The same persons written otherwise, and others that only look like them.
NAMES = [
    ("Lefèvre", "Zoé"),
    ("LEFEVRE", "zoe"),
    ("Le Fèvre", "Zoé"),
    ("Lefèvrezoé", "-"),
    ("Œuvrard", "Łucja"),
    ("oeuvrard", "Lucja"),
    ("N'Diaye", "Ana-Maria"),
    ("Ndiaye", "Ana Maria"),
    ("Straße", "Ünal"),
    ("STRASSE", "Ünal"),
    ("Exemple", "Ana"),
]
BIRTHS = ["1984-02-29", "1998-03-01", "1998-02-28", "1973-07-14"]
QPV = ["", "", "hors_qpv", "QN03101A", "QP031001", "Quartier, dit « le 9 »"]
LEVELS = ["", "non_connu", "infra3", "3", "4", "8"]
CRITERIA = ["", "non_connu", "drsa", "deld; drsa", " ;rqth;", "Avis motivé, France Travail", ";"]


@st.composite
def portfolios(draw: Callable[[Any], Any]) -> Rows:
    def some(low: int, high: int) -> range:
        return range(draw(st.integers(low, high)))

    def one(values: list[str]) -> str:
        return draw(st.sampled_from(values))

    rows: Rows = {
        "buyers": [
            {"buyer_ref": f"B{n}", "name": f"Acheteur {n}", "siret": "", "kind": one(["", "oph"])} for n in range(2)
        ],
        "programmes": [
            {"programme_ref": f"P{n}", "name": f"Programme {n}", "kind": one(["pnru", "npnru", "npnru", "hors_anru"])}
            for n in some(1, 3)
        ],
        "companies": [
            {
                "company_ref": f"C{n}",
                "name": f"Société {n}",
                "siret": "",
                "kind": one(["entreprise", "aci", "etti", "geiq"]),
            }
            for n in range(3)
        ],
    }
    programmes = [row["programme_ref"] for row in rows["programmes"]]
    rows["operations"] = [
        {
            "operation_ref": f"O{n}",
            "buyer_ref": one(["B0", "B1"]),
            "programme_ref": one(["", *programmes, *programmes]),
            "name": f"Opération {n}",
            "kind": one(["travaux", "travaux", "ingenierie", "gup", "gup", "relogement", "autre"]),
            "qpv_code": "",
            "total_hours_worked": one(["", "", "", "0", "1500", "333.33"]),
        }
        for n in some(0, 4)
    ]
    operations = [row["operation_ref"] for row in rows["operations"]]
    rows["contracts"] = [_contract(draw, n, one, operations) for n in some(1, 4)]
    rows["lots"] = [_lot(draw, n, one, rows["contracts"]) for n in some(1, 6)]
    rows["beneficiaries"] = [_person(draw, n, one) for n in some(1, 6)]
    rows["employment_contracts"] = [_employment(draw, n, one, rows["beneficiaries"]) for n in some(1, 6)]
    rows["hours"] = _hours(draw, one, rows)
    return rows


def _day(draw: Callable[[Any], Any], low: int = 0, high: int = DAYS) -> date:
    return FIRST_DAY + timedelta(days=draw(st.integers(low, max(low, high))))


def _contract(draw: Callable[[Any], Any], number: int, one: Callable[[list[str]], str], operations: list[str]) -> Row:
    starts_on = _day(draw)
    return {
        "contract_ref": f"M{number}",
        "buyer_ref": one(["B0", "B1"]),
        "operation_ref": one(["", *operations, *operations]),
        "title": f"Marché {number}",
        "nature": "travaux",
        "mechanism": "execution",
        "notified_on": "",
        "starts_on": starts_on.isoformat(),
        "ends_on": (starts_on + timedelta(days=draw(st.integers(0, 400)))).isoformat(),
        "amount_ht": "",
    }


def _lot(draw: Callable[[Any], Any], number: int, one: Callable[[list[str]], str], contracts: list[Row]) -> Row:
    contract = draw(st.sampled_from(contracts))
    first, last = date.fromisoformat(contract["starts_on"]), date.fromisoformat(contract["ends_on"])
    starts_on = first + timedelta(days=draw(st.integers(0, (last - first).days)))
    ends_on = starts_on + timedelta(days=draw(st.integers(0, (last - starts_on).days)))
    row = {
        "lot_ref": f"L{number}",
        "contract_ref": contract["contract_ref"],
        "number": str(number),
        "title": f"Lot {number}",
        "amount_ht": one(["", "0", "99999.99", "1000000"]),
        "holder_ref": one(["", "C0", "C1"]),
        "rule": one(["fixed", "share_of_labour", "share_of_labour", "none"]),
        "fixed_hours": "",
        "labour_share": "",
        "hourly_cost": "",
        "rate": "",
        "offered_hours": "",
        "exempt_reason": "",
        "starts_on": one(["", starts_on.isoformat()]),
        "ends_on": one(["", ends_on.isoformat()]),
    }
    if row["rule"] == "none":
        return row | {"exempt_reason": one(["Hors cible", "À calibrer"])}
    row["offered_hours"] = one(["", "", "0", "42.5", "900"])
    if row["rule"] == "fixed":
        estimate = {
            "labour_share": one(["", "0", "0.5"]),
            "hourly_cost": one(["", "30", "27.35"]),
            "rate": one(["", "0.1"]),
        }
        return row | estimate | {"fixed_hours": one(["0", "10", "250.5"])}
    share = {"labour_share": one(["0", "0.3333333333", "1"]), "hourly_cost": one(["30", "27.35", "0.001"])}
    return row | share | {"rate": one(["0", "0.05", "1"]), "amount_ht": row["amount_ht"] or "1.5"}


def _person(draw: Callable[[Any], Any], number: int, one: Callable[[list[str]], str]) -> Row:
    last_name, first_name = draw(st.sampled_from(NAMES))
    row = {
        "beneficiary_ref": f"D{number}",
        "last_name": last_name,
        "first_name": first_name,
        "birth_date": one(BIRTHS),
        "person_key": "",
        "sex": one(["F", "M"]),
        "education_level": one(LEVELS),
        "qpv_code": one(QPV),
        "qpv_generation": one(["", "qp2024"]),
        "criteria": one(CRITERIA),
        "eligibility_verified_on": one(["", "2023-01-15"]),
    }
    if draw(st.booleans()):
        row |= {"last_name": "", "first_name": "", "birth_date": "", "person_key": one(["k1", "k2", "K1"])}
    return row


def _employment(draw: Callable[[Any], Any], number: int, one: Callable[[list[str]], str], people: list[Row]) -> Row:
    starts_on = _day(draw)
    ends_on = starts_on + timedelta(days=draw(st.integers(0, 300)))
    return {
        "employment_ref": f"E{number}",
        "beneficiary_ref": draw(st.sampled_from(people))["beneficiary_ref"],
        "employer_ref": one(["C0", "C1", "C2"]),
        "user_company_ref": one(["", "C0"]),
        "modality": one(["embauche_directe", "mise_a_disposition", "sous_traitance"]),
        "type": one(["cdi", "cdd", "interim"]),
        "starts_on": one(["2023-06-01", starts_on.isoformat()]),
        "ends_on": one(["", "", max(ends_on, date(2023, 6, 1)).isoformat()]),
        "rome_code": "",
        "weekly_hours": one(["", "35", "24.5"]),
        "age_at_hire": one(["", "", "non_connu", "25", "26", "40", "41", "50", "51"]),
        "education_level": one(LEVELS),
        "criteria": one(CRITERIA),
        "qpv_code": one(QPV),
        "qpv_generation": one(["", "", "qp2015"]),
    }


def _hours(draw: Callable[[Any], Any], one: Callable[[list[str]], str], rows: Rows) -> list[Row]:
    contracts = {row["contract_ref"]: row for row in rows["contracts"]}
    lines: list[Row] = []
    seen: set[tuple[str, ...]] = set()
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for _ in range(draw(st.integers(0, 25))):
        employment = draw(st.sampled_from(rows["employment_contracts"]))
        lot = draw(st.sampled_from(rows["lots"]))
        contract = contracts[lot["contract_ref"]]
        first = max(employment["starts_on"][:7], (lot["starts_on"] or contract["starts_on"])[:7])
        last = min((employment["ends_on"] or "2025-12")[:7], (lot["ends_on"] or contract["ends_on"])[:7])
        months = [month for month in MONTHS if first <= month <= last]
        if not months:
            continue
        month, kind = one(months), one(["travail", "travail", "formation"])
        status = one(["validee", "validee", "validee", "controlee", "declaree", "refusee"])
        worked = one(
            ["0", "0.01", "7.5", "35", "151.67", "900"] if status == "refusee" else ["0", "0.01", "7.5", "35", "151.67"]
        )
        key = (employment["employment_ref"], lot["lot_ref"], month, kind)
        if status != "refusee":
            sums[key[0], month] += Decimal(worked)
        if key in seen or sums[key[0], month] > 744:
            continue
        seen.add(key)
        lines.append(
            dict(
                zip(
                    ("employment_ref", "lot_ref", "month", "kind", "hours", "status"),
                    (*key, worked, status),
                    strict=True,
                )
            )
        )
    return lines
