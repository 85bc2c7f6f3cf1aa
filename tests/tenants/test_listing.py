"""Lists: what the query string can ask, and what it cannot break."""

import csv
import io

import django_filters
import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.session import SessionStorage
from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.test import RequestFactory
from import_export import fields, resources
from openpyxl import load_workbook

from contractors.models import Company
from tenants import scope
from tenants.access import Area
from tenants.listing import ArchivedFilter, Chip, Column, ListFilter, Listing, text, ticked
from tests.factories import CompanyFactory


class CompanyFilter(ListFilter):
    search_fields = ("name", "siret")
    kind = django_filters.ChoiceFilter(choices=[("ei", "entreprise d'insertion")], label="Nature", empty_label="toutes")
    since = django_filters.DateFilter("created_at__date", "gte", label="Depuis")
    located = django_filters.BooleanFilter("city", lookup_expr="isnull", exclude=True, label="Située")
    archived = ArchivedFilter()


class CompanyResource(resources.Resource):
    name = fields.Field("name", "Nom")
    siret = fields.Field("siret", "SIRET")


COMPANIES = Listing(
    noun="entreprise",
    columns=[Column("Nom", "name", text("name")), Column("Ville", "city"), Column("SIRET")],
    filters=CompanyFilter,
    default_sort="name",
    resource=CompanyResource,
)


@pytest.fixture
def structure(world):
    with scope.tenant(world.ours.tenant.pk, world.alice.pk):
        Company.objects.filter(pk=world.ours.company.pk).update(name="Zingueries du Tarn")
        yield world


@pytest.fixture
def ask(structure, monkeypatch):
    """Runs the listing on a query string as a member of `role`; gives the ListPage (or the file) and the messages."""

    def run(query="", role="facilitator", **options):
        request = RequestFactory().get(f"/entreprises/?{query}")
        request.area = Area("tenant", structure.ours.tenant.pk, "Structure", role, 1, "Alice", False)
        request.session = {}
        request._messages = SessionStorage(request)
        shown = {}
        monkeypatch.setattr("tenants.listing.render", lambda request, template, context: shown.update(context))
        answer = COMPANIES.respond(request, Company.objects.all(), "x.html", {"title": "x"}, **options)
        return answer or shown["list"], [str(message) for message in get_messages(request)]

    return run


def names(shown):
    return [row.name for row in shown.rows]


def test_list_shows_the_structures_own_rows_in_french_order(ask):
    for name in ("École du bâtiment", "abri", "Étanchéité"):
        CompanyFactory(name=name)
    shown, said = ask()
    assert names(shown) == ["abri", "École du bâtiment", "Étanchéité", "Zingueries du Tarn"]
    assert (shown.count, shown.noun, shown.plural, said) == (4, "entreprise", "entreprises", [])


def test_search_forgets_accents_and_wants_every_word(ask):
    CompanyFactory(name="Étanchéité d'Œuvre", siret="35600000012305")
    assert names(ask("q=ETANCHEITE+oeuvre")[0]) == ["Étanchéité d'Œuvre"]
    assert names(ask("q=etancheite+tarn")[0]) == []
    assert names(ask("q=123+œuvre")[0]) == ["Étanchéité d'Œuvre"]


def test_percent_sign_is_a_character_not_a_pattern(ask):
    assert names(ask("q=%25")[0]) == []


def test_sort_both_ways_and_empty_values_last(ask):
    CompanyFactory(name="Avec", city="Toulouse")
    Company.objects.filter(name="Zingueries du Tarn").update(city="Albi")
    assert names(ask("sort=city")[0]) == ["Zingueries du Tarn", "Avec"]
    shown, _ = ask("sort=-city")
    assert (names(shown), shown.sort) == (["Avec", "Zingueries du Tarn"], "-city")


@pytest.mark.parametrize("sort", ["", "created_at", "--name", "-", "name;drop", "%00"])
def test_unknown_sort_is_the_default_one(ask, sort):
    assert ask(f"sort={sort}")[0].sort == "name"


@pytest.mark.parametrize(
    ("query", "label"),
    [
        ("kind=pirate", "Nature"),
        ("since=hier", "Depuis"),
        ("archived=1", "Archivés"),
        ("q=%00", "Rechercher"),
        ("q=" + "x" * 201, "Rechercher"),
    ],
)
def test_bad_filter_is_left_out_and_said(ask, query, label):
    shown, said = ask(query)
    assert names(shown) == ["Zingueries du Tarn"]
    assert len(said) == 1
    assert said[0].startswith(f"Filtre ignoré\u202f: {label}. ")


def test_archived_rows_show_only_when_asked(ask):
    CompanyFactory(name="Ancienne", archived_at="2026-01-01T00:00:00Z")
    assert names(ask()[0]) == ["Zingueries du Tarn"]
    assert names(ask("archived=oui")[0]) == ["Ancienne"]
    assert names(ask("archived=tous")[0]) == ["Ancienne", "Zingueries du Tarn"]


def test_applied_filters_are_named_and_taken_away_one_by_one(ask):
    assert ask("located=true")[0].applied == [{"label": "Située\u202f: oui", "url": "?"}]
    shown, _ = ask("q=tarn&kind=ei&since=2026-01-02&sort=city&page=3")
    assert [(chip["label"], QueryDict(chip["url"][1:]).dict()) for chip in shown.applied] == [
        ("Rechercher\u202f: tarn", {"kind": "ei", "since": "2026-01-02", "sort": "city"}),
        ("Nature\u202f: entreprise d'insertion", {"q": "tarn", "since": "2026-01-02", "sort": "city"}),
        ("Depuis\u202f: 02/01/2026", {"q": "tarn", "kind": "ei", "sort": "city"}),
    ]


def test_filters_wait_for_their_panel_and_what_applies_meanwhile_is_kept(ask):
    shown, _ = ask("q=tarn&kind=ei&since=2026-01-02&sort=city&page=2")
    asked = {"q": "tarn", "kind": "ei", "since": "2026-01-02", "sort": "city", "page": "2", "panel": "open"}
    assert QueryDict(shown.panel_url[1:]).dict() == asked
    assert shown.carried == [("kind", "ei"), ("since", "2026-01-02")]


@pytest.mark.parametrize("query", ["panel=open", "kind=pirate"])
def test_panel_is_drawn_when_it_is_asked_for_or_holds_a_fault(ask, query):
    assert ask(query)[0].panel_url == ""


def test_chip_sets_its_parameters_and_takes_them_away(ask):
    chip = Chip("EI", {"kind": "ei"}, 2)
    assert ask("q=a&page=2", chips=[chip])[0].chips == [
        {"label": "EI", "count": 2, "active": False, "url": "?q=a&kind=ei"}
    ]
    assert ask("kind=ei&q=a", chips=[chip])[0].chips[0] | {"label": ""} == {
        "label": "", "count": 2, "active": True, "url": "?q=a"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "number", "rows"),
    [
        ("", 1, 25),
        ("page=2", 2, 6),
        ("page=99", 2, 6),
        ("page=-1", 2, 6),
        ("page=x", 1, 25),
        ("size=50", 1, 31),
        ("size=7", 1, 25),
    ],
)
def test_pages(ask, query, number, rows):
    CompanyFactory.create_batch(30)
    shown, _ = ask(query)
    assert (shown.page.number, len(shown.rows), shown.count) == (number, rows, 31)
    assert [size["size"] for size in shown.sizes] == [25, 50, 100]


def test_present_turns_the_rows_of_the_page(ask):
    shown, _ = ask(present=lambda rows: [row.name.upper() for row in rows])
    assert shown.rows == ["ZINGUERIES DU TARN"]


def body(answer):
    return b"".join(answer.streaming_content)


def test_export_csv_gives_every_row_found_in_the_order_shown(ask):
    CompanyFactory.create_batch(30, kind="ei", siret="35600000012305")
    answer, _ = ask("export=csv&kind=ei&sort=-name&page=2")
    rows = list(csv.reader(io.StringIO(body(answer).decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows[0] == ["Nom", "SIRET"]
    expected = list(Company.objects.filter(kind="ei").order_by("-name").values_list("name", flat=True))
    assert [row[0] for row in rows[1:]] == expected
    assert "entreprises-" in answer["Content-Disposition"]
    assert answer["Content-Type"] == "text/csv; charset=utf-8"


def test_export_xlsx(ask):
    answer, _ = ask("export=xlsx")
    sheet = load_workbook(io.BytesIO(body(answer))).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["Nom", "SIRET"],
        ["Zingueries du Tarn", "35600000012305"],
    ]


def test_export_needs_its_right_and_is_not_offered_without(ask):
    with pytest.raises(PermissionDenied):
        ask("export=csv", role="reader")
    shown, _ = ask(role="reader")
    assert (shown.csv_url, shown.excel_url) == ("", "")
    shown, _ = ask("q=tarn&page=1&size=50")
    assert (shown.csv_url, shown.excel_url) == ("?q=tarn&export=csv", "?q=tarn&export=xlsx")


def test_unknown_export_is_the_page(ask):
    assert names(ask("export=pdf")[0]) == ["Zingueries du Tarn"]


def test_export_too_long_is_refused_with_the_way_out(ask, monkeypatch):
    monkeypatch.setattr("tenants.listing.MOST_EXPORTED", 1)
    CompanyFactory()
    shown, said = ask("export=csv")
    assert len(shown.rows) == 2
    assert "filtrez-la" in said[0]


def test_ticked_rows_are_those_of_the_structure(structure):
    mine, other = structure.ours.company.pk, structure.theirs.company.pk
    data = QueryDict(f"selected={mine}&selected={other}&selected=x&selected=-1&selected=²&selected=" + "9" * 40)
    assert [row.pk for row in ticked(data, Company.objects.all())] == [mine]


def test_default_sort_must_exist():
    with pytest.raises(ValueError, match="no column"):
        Listing(noun="lot", columns=[Column("Lot")], filters=ListFilter, default_sort="title")
