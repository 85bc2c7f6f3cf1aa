"""Eligibilities, and what an employment contract froze at hire."""

from django.db import connection

from beneficiaries.portfolio.derived import frozen_at_hire, identities, parents
from beneficiaries.portfolio.tables import Portfolio, Table
from beneficiaries.portfolio.writing.staging import stage_file
from lib.identity import sort_key


def stage_people(portfolio: Portfolio) -> None:
    people, employments = portfolio["beneficiaries"], portfolio["employment_contracts"]
    keys = identities(people)
    stage_file(people, identity=("text", keys), sort_key=("text", _sort_keys(people)))
    frozen = list(frozen_at_hire(portfolio))
    hired = parents(employments, "beneficiary_ref", people)
    stage_file(
        employments,
        identity=("text", [keys[at] for at in hired if at is not None]),
        frozen_age=("integer", [it.age for it in frozen]),
        frozen_level=("text", [it.education_level for it in frozen]),
        frozen_criteria=("text", [it.criteria for it in frozen]),
        frozen_qpv=("text", [it.qpv_code for it in frozen]),
        frozen_generation=("text", [it.qpv_generation for it in frozen]),
        has_age=("boolean", _given(employments, "age_at_hire")),
        has_level=("boolean", _given(employments, "education_level")),
        has_criteria=("boolean", _given(employments, "criteria")),
        has_qpv=("boolean", _given(employments, "qpv_code")),
    )


def _sort_keys(people: Table) -> list[str]:
    names = zip(people.values["last_name"], people.values["first_name"], strict=True)
    return [sort_key(f"{last_name} {first_name}") if last_name else "" for last_name, first_name in names]


def _given(employments: Table, name: str) -> list[bool]:
    return [value is not None for value in employments.values[name]]


def keep_what_was_frozen(tenant_id: int) -> None:
    """An employment that is known keeps what was frozen at its hire, where its own cells are empty.

    Its row is held from here on, in the order that every writer of hours takes.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT FROM beneficiaries_employmentcontract e
            WHERE e.tenant_id = %(tenant)s
              AND e.external_ref IN (SELECT employment_ref FROM import_employment_contracts)
            ORDER BY e.id FOR NO KEY UPDATE;

            UPDATE import_employment_contracts i SET
              frozen_age = CASE WHEN i.has_age OR i.starts_on <> e.starts_on THEN i.frozen_age ELSE e.age_at_hire END,
              frozen_level = CASE WHEN i.has_level THEN i.frozen_level ELSE e.education_level END,
              frozen_criteria = CASE WHEN i.has_criteria THEN i.frozen_criteria
                                ELSE nullif(array_to_string(e.criteria, ';'), '') END,
              frozen_qpv = CASE WHEN i.has_qpv THEN i.frozen_qpv ELSE e.qpv_code END,
              frozen_generation = CASE WHEN i.has_qpv THEN i.frozen_generation ELSE e.qpv_generation END
            FROM beneficiaries_employmentcontract e
            WHERE e.tenant_id = %(tenant)s AND e.external_ref = i.employment_ref
            """,
            {"tenant": tenant_id},
        )


def import_eligibilities(tenant_id: int) -> None:
    """A verification that is not known yet is added; those that are stay, with the proofs that they received here."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO beneficiaries_eligibility
              (tenant_id, beneficiary_id, criteria, proof_kind, verified_on, list_version, created_at)
            SELECT %(tenant)s, i.id, w.criteria, '', i.eligibility_verified_on, '', now()
            FROM import_beneficiaries i
            CROSS JOIN LATERAL (SELECT coalesce(string_to_array(i.criteria, ';'), '{}')::varchar[] AS criteria) w
            WHERE (i.criteria IS NOT NULL OR i.eligibility_verified_on IS NOT NULL)
              AND NOT EXISTS (
                SELECT FROM beneficiaries_eligibility e
                WHERE e.beneficiary_id = i.id AND e.criteria = w.criteria
                  AND e.verified_on IS NOT DISTINCT FROM i.eligibility_verified_on)
            ORDER BY i.position
            """,
            {"tenant": tenant_id},
        )


def follow_identities(tenant_id: int) -> None:
    """Employments that the folder does not hold follow the corrected identity of a person whom it does."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE beneficiaries_employmentcontract e SET person_key = i.identity FROM import_beneficiaries i
            WHERE e.tenant_id = %(tenant)s AND e.beneficiary_id = i.id AND e.person_key <> i.identity
            """,
            {"tenant": tenant_id},
        )
