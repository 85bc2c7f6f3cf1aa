"""The nine files of a portfolio and their columns: the one declaration that reader, exporter and resources share."""

from dataclasses import dataclass
from enum import Enum, auto

from django.db.models import TextChoices

from beneficiaries.enums import (
    HORS_QPV,
    NON_CONNU,
    EducationLevel,
    EmploymentType,
    HourKind,
    HourStatus,
    Modality,
    QpvGeneration,
    Sex,
)
from clauses.enums import BuyerKind, ContractNature, Mechanism, ObligationRule, OperationKind, ProgrammeKind
from contractors.enums import CompanyKind

TO_BE_CALIBRATED = "À calibrer"
# Far beyond what people write; names are sorted by an index, whose entries are short.
LONGEST_TEXT = 200
LONGEST_NAME = 500
LONGEST_REASON = 1_000
LONGEST_TITLE = 10_000


class Kind(Enum):
    KEY = auto()
    LINK = auto()
    TEXT = auto()
    CODE = auto()
    DATE = auto()
    MONTH = auto()
    AMOUNT = auto()
    COST = auto()
    SHARE = auto()
    HOURS = auto()
    AGE = auto()
    SIRET = auto()
    PERSON_KEY = auto()
    CRITERIA = auto()
    QPV = auto()


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    codes: tuple[str, ...] = ()
    target: str = ""
    """Name of the file whose key a LINK holds."""
    longest: int = LONGEST_TEXT
    unknown: str = ""
    """The word that, as the whole cell, says « known to be absent »."""


def is_searched_for_nir(name: str) -> bool:
    """SIRET, person keys and senders' keys are long numbers of their own; all else, known or not, is searched."""
    return name not in ("siret", "person_key") and not name.endswith("_ref")


@dataclass(frozen=True, slots=True)
class File:
    name: str
    columns: tuple[Column, ...]

    @property
    def filename(self) -> str:
        return f"{self.name}.csv"

    @property
    def key(self) -> Column | None:
        return next((column for column in self.columns if column.kind is Kind.KEY), None)

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def _key(name: str) -> Column:
    return Column(name, Kind.KEY, required=True)


def _link(name: str, target: str, *, required: bool = False) -> Column:
    return Column(name, Kind.LINK, required, target=target)


def _code(name: str, choices: type[TextChoices], *, required: bool = False, unknown: str = "") -> Column:
    return Column(name, Kind.CODE, required, tuple(choices.values), unknown=unknown)


_FROZEN_OF_THE_PERSON = (
    _code("education_level", EducationLevel, unknown=NON_CONNU),
    Column("criteria", Kind.CRITERIA, longest=LONGEST_REASON, unknown=NON_CONNU),
    Column("qpv_code", Kind.QPV, unknown=HORS_QPV),
    _code("qpv_generation", QpvGeneration),
)
_LEVEL, _CRITERIA, _QPV, _GENERATION = _FROZEN_OF_THE_PERSON

BUYERS = File(
    "buyers",
    (
        _key("buyer_ref"),
        Column("name", required=True, longest=LONGEST_NAME),
        Column("siret", Kind.SIRET),
        _code("kind", BuyerKind),
    ),
)
PROGRAMMES = File(
    "programmes",
    (
        _key("programme_ref"),
        Column("name", required=True, longest=LONGEST_NAME),
        _code("kind", ProgrammeKind, required=True),
        Column("number"),
        Column("city"),
        Column("starts_on", Kind.DATE),
        Column("ends_on", Kind.DATE),
    ),
)
COMPANIES = File(
    "companies",
    (
        _key("company_ref"),
        Column("name", required=True, longest=LONGEST_NAME),
        Column("siret", Kind.SIRET),
        _code("kind", CompanyKind, required=True),
    ),
)
OPERATIONS = File(
    "operations",
    (
        _key("operation_ref"),
        _link("buyer_ref", "buyers", required=True),
        _link("programme_ref", "programmes"),
        Column("name", required=True, longest=LONGEST_NAME),
        _code("kind", OperationKind, required=True),
        Column("qpv_code", Kind.QPV, unknown=HORS_QPV),
        Column("total_hours_worked", Kind.HOURS),
    ),
)
CONTRACTS = File(
    "contracts",
    (
        _key("contract_ref"),
        _link("buyer_ref", "buyers", required=True),
        _link("operation_ref", "operations"),
        Column("title", required=True, longest=LONGEST_TITLE),
        _code("nature", ContractNature, required=True),
        _code("mechanism", Mechanism, required=True),
        Column("notified_on", Kind.DATE),
        Column("starts_on", Kind.DATE, required=True),
        Column("ends_on", Kind.DATE, required=True),
        Column("amount_ht", Kind.AMOUNT),
    ),
)
LOTS = File(
    "lots",
    (
        _key("lot_ref"),
        _link("contract_ref", "contracts", required=True),
        Column("number", required=True),
        Column("title", required=True, longest=LONGEST_TITLE),
        Column("amount_ht", Kind.AMOUNT),
        _link("holder_ref", "companies"),
        _code("rule", ObligationRule, required=True),
        Column("fixed_hours", Kind.HOURS),
        Column("labour_share", Kind.SHARE),
        Column("hourly_cost", Kind.COST),
        Column("rate", Kind.SHARE),
        Column("offered_hours", Kind.HOURS),
        Column("exempt_reason", longest=LONGEST_REASON),
        Column("starts_on", Kind.DATE),
        Column("ends_on", Kind.DATE),
    ),
)
BENEFICIARIES = File(
    "beneficiaries",
    (
        _key("beneficiary_ref"),
        Column("last_name"),
        Column("first_name"),
        Column("birth_date", Kind.DATE),
        Column("person_key", Kind.PERSON_KEY),
        _code("sex", Sex, required=True),
        Column("postcode"),
        Column("city"),
        _LEVEL,
        _QPV,
        _GENERATION,
        _CRITERIA,
        Column("eligibility_verified_on", Kind.DATE),
    ),
)
EMPLOYMENTS = File(
    "employment_contracts",
    (
        _key("employment_ref"),
        _link("beneficiary_ref", "beneficiaries", required=True),
        _link("employer_ref", "companies", required=True),
        _link("user_company_ref", "companies"),
        _code("modality", Modality, required=True),
        _code("type", EmploymentType, required=True),
        Column("starts_on", Kind.DATE, required=True),
        Column("ends_on", Kind.DATE),
        Column("rome_code"),
        Column("weekly_hours", Kind.HOURS),
        Column("age_at_hire", Kind.AGE, unknown=NON_CONNU),
        _LEVEL,
        _CRITERIA,
        _QPV,
        _GENERATION,
    ),
)
HOURS = File(
    "hours",
    (
        _link("employment_ref", "employment_contracts", required=True),
        _link("lot_ref", "lots", required=True),
        Column("month", Kind.MONTH, required=True),
        _code("kind", HourKind, required=True),
        Column("hours", Kind.HOURS, required=True, longest=len("999999.99")),
        _code("status", HourStatus, required=True),
    ),
)

FILES = (BUYERS, PROGRAMMES, COMPANIES, OPERATIONS, CONTRACTS, LOTS, BENEFICIARIES, EMPLOYMENTS, HOURS)
"""In the order in which each refers only to those before it."""
