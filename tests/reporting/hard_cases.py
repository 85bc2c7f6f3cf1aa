"""One portfolio with every boundary of the indicators at once; its period of interest is March to May 2024."""

from tests.beneficiaries.folders import Rows, employment, hours, lot, sound_rows

PERIOD = ("2024-03", "2024-05")
OPERATIONS = [
    # (ref, programme, kind, total hours worked)
    ("O1", "P1", "travaux", ""),
    ("O2", "P1", "ingenierie", "1000"),
    ("O3", "P1", "gup", "800"),
    ("O4", "P2", "gup", "700"),
    ("O5", "P2", "travaux", "0"),
    ("O6", "P3", "travaux", "600"),
    ("O7", "", "relogement", "500"),
    ("O8", "P1", "autre", "400"),
]
# Last day before, first day, last day, day after the period: lots without a line in it.
EXECUTIONS = [
    ("2024-02-01", "2024-02-29"),
    ("2024-02-01", "2024-03-01"),
    ("2024-05-31", "2024-08-01"),
    ("2024-06-01", "2024-08-01"),
]
AGES = ["25", "26", "40", "41", "50", "51", "non_connu"]


def rows() -> Rows:
    rows = sound_rows()
    rows["buyers"].append({"buyer_ref": "B2", "name": "Ville", "siret": "", "kind": ""})
    rows["programmes"] += [
        {"programme_ref": ref, "name": ref, "kind": kind, "starts_on": "", "ends_on": ""}
        for ref, kind in (("P2", "pnru"), ("P3", "hors_anru"))
    ]
    rows["companies"] += [
        {"company_ref": f"S{n}", "name": kind, "siret": "", "kind": kind}
        for n, kind in enumerate(("ei", "ai", "etti", "eiti", "geiq", "ea"))
    ]
    operation, contract = rows["operations"][0], rows["contracts"][0]
    rows["operations"] = [
        operation | {"operation_ref": ref, "programme_ref": programme, "kind": kind, "total_hours_worked": total}
        for ref, programme, kind, total in OPERATIONS
    ]
    # Each operation's marché, the second being another buyer's, and one that is of no operation.
    rows["contracts"] = [
        contract | {"contract_ref": f"M{n}", "operation_ref": ref, "buyer_ref": "B2" if n == 2 else "B1"}
        for n, (ref, *_) in enumerate([*OPERATIONS, ("",)], start=1)
    ]
    rows["contracts"].append(contract | {"contract_ref": "M10", "buyer_ref": "B2"})
    rows["lots"] = [lot(f"L{n}", contract_ref=f"M{n}", offered_hours="900" if n == 3 else "") for n in range(1, 11)]
    rows["lots"].append(lot("L11", rule="fixed", fixed_hours="10.25", amount_ht="", starts_on="2024-03-01"))
    # Without a labour share, of an operation whose hours are declared: its hours count all the same.
    rows["lots"].append(lot("L12", contract_ref="M2", rule="none", holder_ref=""))
    rows["lots"] += [
        lot(f"X{n}", starts_on=first, ends_on=last, holder_ref="C2") for n, (first, last) in enumerate(EXECUTIONS)
    ]
    _add_people(rows)
    return rows


def _add_people(rows: Rows) -> None:
    person = rows["beneficiaries"][0]
    rows["beneficiaries"] += [
        # The first person written otherwise, as a man; another who only looks like it; and once more.
        person | {"beneficiary_ref": "D3", "last_name": "EXEMPLE", "first_name": "Àna", "sex": "M", "qpv_code": ""},
        person | {"beneficiary_ref": "D4", "last_name": "Exemplea", "first_name": "na"},
        person | {"beneficiary_ref": "D5", "last_name": "Exempleʹ", "first_name": "ana"},
        *(
            person | {"beneficiary_ref": f"A{age}", "last_name": f"Âge {age}", "birth_date": "1984-01-01"}
            for age in AGES
        ),
    ]
    contracts = [
        employment("E1", starts_on="2023-01-02", age_at_hire="non_connu"),
        employment("E2", beneficiary_ref="D2", age_at_hire="52", modality="mise_a_disposition", type="interim"),
        # The same day as E1: of two ages, the one that is known.
        employment("E3", beneficiary_ref="D3", starts_on="2023-01-02", age_at_hire="33", employer_ref="S0"),
        employment("E4", beneficiary_ref="D4", qpv_code="hors_qpv", employer_ref="S4"),
        employment("E5", beneficiary_ref="D5", starts_on="2023-01-01", age_at_hire="60", criteria="non_connu"),
        *(
            employment(f"EA{age}", beneficiary_ref=f"A{age}", age_at_hire=age, employer_ref=f"S{n % 6}", type="cdi")
            for n, age in enumerate(AGES)
        ),
    ]
    rows["employment_contracts"] = contracts
    lines = [hours(f"EA{age}", f"L{n + 1}", "2024-03", f"{n + 1}.5") for n, age in enumerate(AGES)]
    lines += [hours("E1", f"L{n}", "2024-04", "12.25") for n in range(1, 13)]
    lines += [
        # Known before the period by another lot, after it, and by hours that do not count.
        hours("E2", "L9", "2024-02", "7"),
        hours("E2", "L1", "2024-05", "8"),
        hours("E3", "L1", "2024-06", "9"),
        hours("E3", "L2", "2024-03", "10"),
        hours("E4", "L10", "2024-02", "0"),
        hours("E4", "L10", "2024-03", "11", kind="formation"),
        hours("E4", "L11", "2024-03", "11", status="refusee"),
        hours("E5", "L5", "2024-02", "5", status="declaree"),
        hours("E5", "L5", "2024-03", "0"),
        hours("E5", "L6", "2024-04", "3", status="controlee"),
        hours("E5", "X3", "2024-06", "1"),
    ]
    rows["hours"] = lines
