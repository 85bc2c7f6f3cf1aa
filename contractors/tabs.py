"""The pages of one company."""

from collections.abc import Mapping
from typing import Any

from contractors.models import Company
from tenants.tabs import Tab, build_tabs

COMPANY_TABS = (
    Tab("page", "Fiche", "contractors:company_page"),
    Tab("lots", "Lots", "clauses:company_lots"),
    Tab("people", "Personnes employées", "beneficiaries:employment_list", parameter="employer"),
    Tab("documents", "Documents", "contractors:company_documents"),
    Tab("history", "Journal", "contractors:company_history"),
)


def company_tabs(company: Company, active: str, counts: Mapping[str, int] | None = None) -> list[dict[str, Any]]:
    """For templates/contractors/_company_head.html, in the pages of this app and of those above."""
    return build_tabs(COMPANY_TABS, company.pk, active, counts)
