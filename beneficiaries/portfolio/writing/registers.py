"""Where each file's rows go: the one upsert that keeps a register equal to its file, and touches nothing that is."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import connection

from beneficiaries.models import Beneficiary, EmploymentContract
from beneficiaries.portfolio.writing.staging import staged
from clauses.models import Buyer, Lot, Operation, Programme, PublicContract
from contractors.models import Company
from tenants.models import RegisterModel


@dataclass(frozen=True, slots=True)
class Outcome:
    created: int
    updated: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Register:
    """`columns`: SQL over the staged row `i` for each column kept equal; `at_creation`: what a new row has besides.

    `links`: column of the register → (column of the file, file that it refers to).
    """

    file: str
    key: str
    model: type[RegisterModel]
    columns: Mapping[str, str]
    links: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    at_creation: Mapping[str, str] = field(default_factory=dict)


def _text(*names: str) -> dict[str, str]:
    return {name: f"coalesce(i.{name}, '')" for name in names}


def _same(*names: str) -> dict[str, str]:
    return {name: f"i.{name}" for name in names}


BUYERS = Register(
    "buyers",
    "buyer_ref",
    Buyer,
    {**_same("name"), **_text("siret"), "kind": "coalesce(i.kind, 'autre')"},
    at_creation={"notes": "''"},
)
PROGRAMMES = Register(
    "programmes",
    "programme_ref",
    Programme,
    {**_same("name", "kind", "starts_on", "ends_on"), **_text("number", "city")},
)
COMPANIES = Register(
    "companies",
    "company_ref",
    Company,
    {**_same("name", "kind"), **_text("siret")},
    at_creation=dict.fromkeys(("foreign_id", "address", "postcode", "city", "notes"), "''"),
)
OPERATIONS = Register(
    "operations",
    "operation_ref",
    Operation,
    {**_same("name", "kind", "total_hours_worked"), **_text("qpv_code")},
    {"buyer_id": ("buyer_ref", BUYERS.file), "programme_id": ("programme_ref", PROGRAMMES.file)},
)
CONTRACTS = Register(
    "contracts",
    "contract_ref",
    PublicContract,
    _same("title", "nature", "mechanism", "notified_on", "starts_on", "ends_on", "amount_ht"),
    {"buyer_id": ("buyer_ref", BUYERS.file), "operation_id": ("operation_ref", OPERATIONS.file)},
    at_creation=dict.fromkeys(("number", "cpv", "social_considerations", "notes"), "''"),
)
LOTS = Register(
    "lots",
    "lot_ref",
    Lot,
    _same("number", "title", "amount_ht", "starts_on", "ends_on"),
    {"contract_id": ("contract_ref", CONTRACTS.file)},
    at_creation={"capacity_fte": "2"},
)
BENEFICIARIES = Register(
    "beneficiaries",
    "beneficiary_ref",
    Beneficiary,
    {
        "person_key": "i.identity",
        **_same("birth_date", "sex", "sort_key"),
        **_text("last_name", "first_name", "postcode", "city", "education_level", "qpv_code", "qpv_generation"),
    },
    at_creation={"email": "''", "phone": "''"},
)
EMPLOYMENTS = Register(
    "employment_contracts",
    "employment_ref",
    EmploymentContract,
    {
        "person_key": "i.identity",
        "age_at_hire": "i.frozen_age",
        "education_level": "coalesce(i.frozen_level, '')",
        "criteria": "coalesce(string_to_array(i.frozen_criteria, ';'), '{}')",
        "qpv_code": "coalesce(i.frozen_qpv, '')",
        "qpv_generation": "coalesce(i.frozen_generation, '')",
        **_same("modality", "type", "starts_on", "ends_on", "weekly_hours"),
        **_text("rome_code"),
    },
    {
        "beneficiary_id": ("beneficiary_ref", BENEFICIARIES.file),
        "employer_id": ("employer_ref", COMPANIES.file),
        "user_company_id": ("user_company_ref", COMPANIES.file),
    },
)

REGISTERS = (BUYERS, PROGRAMMES, COMPANIES, OPERATIONS, CONTRACTS, LOTS, BENEFICIARIES, EMPLOYMENTS)


def upsert(register: Register, tenant_id: int) -> Outcome:
    """Make the register equal to the staged file, row by row where they differ, and keep the ids beside the file."""
    table, source = register.model._meta.db_table, staged(register.file)
    with connection.cursor() as cursor:
        cursor.execute(_upsert_sql(register, table, source), {"tenant": tenant_id})
        created, written, read = cursor.fetchone()
        cursor.execute(
            f"UPDATE {source} i SET id = t.id FROM {table} t"  # noqa: S608 -- names of our own, nothing from a file
            f" WHERE t.tenant_id = %s AND t.external_ref = i.{register.key}",
            [tenant_id],
        )
    return Outcome(created, written - created, read - written)


def _upsert_sql(register: Register, table: str, source: str) -> str:
    links = {
        column: (f"l{rank}", f"LEFT JOIN {staged(file)} l{rank} ON l{rank}.{_key_of(file)} = i.{link}")
        for rank, (column, (link, file)) in enumerate(register.links.items())
    }
    kept = {**register.columns, **{column: f"{alias}.id" for column, (alias, _) in links.items()}}
    every = {
        "tenant_id": "%(tenant)s",
        "external_ref": f"i.{register.key}",
        "created_at": "now()",
        **kept,
        **register.at_creation,
    }
    return f"""
        WITH written AS (
          INSERT INTO {table} AS t ({", ".join(every)})
          SELECT {", ".join(every.values())} FROM {source} i {" ".join(join for _, join in links.values())}
          ORDER BY i.position
          ON CONFLICT (tenant_id, external_ref) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in kept)}
          WHERE ({", ".join(f"t.{name}" for name in kept)}) IS DISTINCT FROM
                ({", ".join(f"excluded.{name}" for name in kept)})
          RETURNING xmax = 0 AS is_new
        )
        SELECT count(*) FILTER (WHERE is_new), count(*), (SELECT count(*) FROM {source}) FROM written
        """  # noqa: S608 -- names of our own, nothing from a file


def _key_of(file: str) -> str:
    return next(register.key for register in REGISTERS if register.file == file)
