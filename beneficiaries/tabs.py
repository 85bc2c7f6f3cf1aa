"""The pages of one person and of one work contract."""

from collections.abc import Mapping
from typing import Any

from beneficiaries.models import Beneficiary, EmploymentContract
from tenants.tabs import Tab, build_tabs

PERSON_TABS = (
    Tab("page", "Fiche", "beneficiaries:beneficiary_page"),
    Tab("hours", "Heures", "beneficiaries:beneficiary_hours"),
    Tab("documents", "Documents", "beneficiaries:beneficiary_documents"),
    Tab("history", "Journal", "beneficiaries:beneficiary_history"),
)
EMPLOYMENT_TABS = (
    Tab("page", "Fiche", "beneficiaries:employment_page"),
    Tab("history", "Journal", "beneficiaries:employment_history"),
)


def person_tabs(person: Beneficiary, active: str, counts: Mapping[str, int] | None = None) -> list[dict[str, Any]]:
    return build_tabs(PERSON_TABS, person.pk, active, counts)


def employment_tabs(employment: EmploymentContract, active: str) -> list[dict[str, Any]]:
    return build_tabs(EMPLOYMENT_TABS, employment.pk, active)
