from beneficiaries.portfolio.columns import FILES, Kind

CODES = """
buyers.kind: oph, esh, coop, sem, commune, epci, departement, region, etat, autre
programmes.kind: pnru, npnru, hors_anru
companies.kind: entreprise, ei, aci, ai, etti, eiti, geiq, ea, eatt, esat, regie_quartier, ett
operations.kind: travaux, ingenierie, gup, relogement, autre
contracts.nature: travaux, services, fournitures, prestations_intellectuelles
contracts.mechanism: execution, execution_critere, insertion, reserve_ea_esat, reserve_siae, reserve_mixte, reserve_ess
lots.rule: fixed, share_of_labour, none
beneficiaries.sex: F, M
beneficiaries.education_level: infra3, 3, 4, 5, 6, 7, 8
beneficiaries.qpv_generation: zus, qp2015, qp2024
employment_contracts.modality: embauche_directe, mise_a_disposition, sous_traitance
employment_contracts.type: cdi, cdd, cddi, interim, contrat_pro, apprentissage, autre
employment_contracts.education_level: infra3, 3, 4, 5, 6, 7, 8
employment_contracts.qpv_generation: zus, qp2015, qp2024
hours.kind: travail, formation
hours.status: declaree, controlee, validee, refusee
"""


def test_codes_are_those_of_the_format():
    """Version 1 never changes: a choice added to a register must not enter the files unnoticed."""
    listed = [
        f"{file.name}.{column.name}: {', '.join(column.codes)}"
        for file in FILES
        for column in file.columns
        if column.kind is Kind.CODE
    ]
    assert listed == CODES.strip().splitlines()


def test_references_go_to_files_already_read():
    seen = set()
    for file in FILES:
        assert {column.target for column in file.columns if column.kind is Kind.LINK} <= seen
        seen.add(file.name)
