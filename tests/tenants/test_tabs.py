"""Tabs of an object: those whose page exists."""

from tenants.tabs import Tab, build_tabs

TABS = (
    Tab("page", "Fiche", "contractors:company_page"),
    Tab("later", "Plus tard", "nowhere:page"),
    Tab("people", "Personnes", "clauses:contract_list", parameter="buyer"),
)


def test_tab_without_a_page_is_not_shown():
    assert build_tabs(TABS, 7, "page", {"people": 3}) == [
        {"label": "Fiche", "url": "/entreprises/7/", "count": None, "active": True},
        {"label": "Personnes", "url": "/marches/?buyer=7", "count": 3, "active": False},
    ]
