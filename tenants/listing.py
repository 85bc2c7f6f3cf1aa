"""List pages: search, sort, filter, pages and export, the same for every register.

    LOTS = Listing(
        noun="lot",
        columns=[Column("Intitulé", "title", text("title")), Column("Dues (h)", "due", "progress__due", numeric=True)],
        filters=LotFilter,
        default_sort="title",
        resource=LotResource,
    )

    @structure("register.read")
    def lot_list(request):
        return LOTS.respond(request, lots_with_progress(), "clauses/lot_list.html", {"title": "Lots"})

The template extends tenants/list.html and receives `list` (a ListPage) beside the given context. Query string: q, the
names of the filters, sort (« name » or « -name »), page, size, panel (open: the fields of the filters are drawn),
export (csv, xlsx). A value that cannot be read is left out, and a message says so.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import TextIOWrapper
from tempfile import TemporaryFile
from typing import IO, Any, ClassVar

import django_filters
from django import forms
from django.contrib import messages
from django.contrib.postgres.lookups import Unaccent
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Expression, F, Model, Q, QuerySet
from django.db.models.functions import Lower
from django.http import FileResponse, HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property
from import_export.resources import Resource

from lib.dates import date_fr, today_paris
from lib.numbers import NNBSP, number_fr
from lib.tables import CSV_TYPE, XLSX_TYPE, Sheet, write_csv, write_xlsx
from lib.tables import Column as SheetColumn

SIZES = (25, 50, 100)
EXPORTS = ("csv", "xlsx")
# Of templates/tenants/list.html, unless the view says otherwise.
_GIVEN = {"base_template": "base.html", "tick": False}
MOST_EXPORTED = 50_000
MOST_TICKED = 1_000
_MOST_WORDS = 8
_LONGEST_SEARCH = 200


def text(name: str) -> Expression:
    """Alphabetical order of a French text, whatever the database's collation: « École » before « Zone »."""
    return Unaccent(Lower(name))


@dataclass(frozen=True)
class Column:
    """`key`: its value of ?sort=, empty where it does not sort. `order`: what it sorts on, `key` by default."""

    label: str
    key: str = ""
    order: str | Expression | tuple[str | Expression, ...] = ()
    numeric: bool = False
    hidden: bool = False

    def ordering(self, *, descending: bool) -> list[Any]:
        """Empty values stay last in both directions."""
        parts = self.order if isinstance(self.order, tuple) else (self.order,)
        expressions = [F(part) if isinstance(part, str) else part for part in parts or (self.key,)]
        return [part.desc(nulls_last=True) if descending else part.asc(nulls_last=True) for part in expressions]


@dataclass(frozen=True)
class Chip:
    """A ready-made filter: the parameters that one click sets, or takes away when they are all set."""

    label: str
    parameters: Mapping[str, str]
    count: int | None = None


class ListFilter(django_filters.FilterSet):
    """Base of the filters of a list. `search_fields`: where each word of « q » is looked for, without accents."""

    search_fields: ClassVar[tuple[str, ...]] = ()

    q = django_filters.CharFilter(
        method="search",
        label="Rechercher",
        max_length=_LONGEST_SEARCH,
        widget=forms.TextInput(attrs={"type": "search"}),
    )

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        for word in value.split()[:_MOST_WORDS]:
            anywhere = Q()
            for searched in self.search_fields:
                anywhere |= Q(**{f"{searched}__unaccent__icontains": word})
            queryset = queryset.filter(anywhere)
        return queryset

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        """A parameter that the form refused counts as absent."""
        for name, one in self.filters.items():
            queryset = one.filter(queryset, self.form.cleaned_data.get(name))
        return queryset


class ArchivedFilter(django_filters.ChoiceFilter):
    """Hides what is archived unless it is asked for."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("oui", "archivés"), ("tous", "tous")]
        super().__init__(choices=choices, label="Archivés", empty_label="non archivés", **kwargs)

    def filter(self, qs: QuerySet, value: str | None) -> QuerySet:
        return qs if value == "tous" else qs.filter(archived_at__isnull=value != "oui")


def _as_is(found: QuerySet) -> QuerySet:
    return found


class _CountedPaginator(Paginator):
    """Counts a plainer queryset than the one that it cuts: sums of other tables change no count."""

    def __init__(self, found: QuerySet, size: int, total: QuerySet) -> None:
        super().__init__(found, size)
        self.total = total

    @cached_property
    def count(self) -> int:
        return self.total.count()


@dataclass(frozen=True)
class ListPage:
    """What a list template draws. `rows`: the objects of the page, or what `present` made of them.

    `panel_url`: where the fields of the filters are drawn, empty when it is here: hundreds of choices, seldom opened.
    `carried`: names and values of the filters that apply, for the search to keep them meanwhile.
    """

    page: Page
    rows: Sequence[Any]
    columns: Sequence[Column]
    sort: str
    form: forms.Form
    chips: list[dict[str, Any]]
    applied: list[dict[str, str]]
    panel_url: str
    carried: list[tuple[str, str]]
    noun: str
    plural: str
    reset_url: str
    csv_url: str
    excel_url: str
    sizes: list[dict[str, Any]]

    @property
    def count(self) -> int:
        return self.page.paginator.count


@dataclass(frozen=True)
class Listing:
    """The list of one kind of object. `default_sort` is a value of ?sort=; `plural` is `noun` + « s » by default."""

    noun: str
    columns: Sequence[Column]
    filters: type[ListFilter]
    default_sort: str
    resource: type[Resource] | None = None
    plural: str = ""
    size: int = SIZES[0]
    by_key: dict[str, Column] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_key", {column.key: column for column in self.columns if column.key})
        if self.default_sort.removeprefix("-") not in self.by_key:
            raise ValueError(f"no column sorts on {self.default_sort}")

    def respond(
        self,
        request: HttpRequest,
        queryset: QuerySet,
        template: str,
        context: Mapping[str, Any] | None = None,
        *,
        chips: Iterable[Chip] = (),
        annotate: Callable[[QuerySet], QuerySet] = _as_is,
        narrow: Callable[[QuerySet], QuerySet] = _as_is,
        present: Callable[[list[Any]], Sequence[Any]] | None = None,
    ) -> HttpResponseBase:
        """The page, or the file when ?export= asks for one. Within a view marked by tenants.access.

        `annotate` adds what columns sort on and rows show; the count of the rows found does without it. `narrow` leaves
        out, in a page, what its rows do not show: all that is read is sorted, and a wide row costs as much as ten.
        """
        found, form, sort = self.find(request, queryset)
        total = found
        found = self.ordered(annotate(found), sort)
        kind = request.GET.get("export", "")
        if self.resource and kind in EXPORTS:
            if not _may_export(request):
                raise PermissionDenied
            if total.order_by("pk")[MOST_EXPORTED : MOST_EXPORTED + 1].exists():
                messages.error(request, _too_long())
            else:
                return self._file(found, kind)
        pages = _CountedPaginator(narrow(found), _size(request.GET.get("size", ""), self.size), total)
        shown = self._page(request, pages, form, sort, chips, present)
        return render(request, template, {**_GIVEN, **(context or {}), "list": shown})

    def find(self, request: HttpRequest, queryset: QuerySet) -> tuple[QuerySet, forms.Form, str]:
        """The rows asked for, the bound form of the filters, and the sort that applies."""
        filters = self.filters(request.GET, queryset=queryset, request=request)
        for name, errors in filters.form.errors.items():
            label = filters.form.fields[name].label if name in filters.form.fields else name
            messages.warning(request, f"Filtre ignoré{NNBSP}: {label}. {' '.join(str(error) for error in errors)}")
        sort = request.GET.get("sort", "")
        if sort.removeprefix("-") not in self.by_key or sort.startswith("--"):
            sort = self.default_sort
        return filters.qs, filters.form, sort

    def ordered(self, found: QuerySet, sort: str) -> QuerySet:
        column = self.by_key[sort.removeprefix("-")]
        return found.order_by(*column.ordering(descending=sort.startswith("-")), "pk")

    def _page(
        self,
        request: HttpRequest,
        pages: Paginator,
        form: forms.Form,
        sort: str,
        chips: Iterable[Chip],
        present: Callable[[list[Any]], Sequence[Any]] | None,
    ) -> ListPage:
        size = pages.per_page
        page = pages.get_page(request.GET.get("page"))
        objects = list(page.object_list)
        page.object_list = objects
        may_export = bool(self.resource and objects and _may_export(request))
        return ListPage(
            page=page,
            rows=present(objects) if present else objects,
            columns=self.columns,
            sort=sort,
            form=form,
            chips=[_chip(request.GET, chip) for chip in chips],
            applied=_applied(request.GET, form),
            panel_url="" if form.errors or request.GET.get("panel") == "open" else _url(request.GET, panel="open"),
            carried=[(name, one) for name in _narrowing(form) if name != "q" for one in request.GET.getlist(name)],
            noun=self.noun,
            plural=self.plural or f"{self.noun}s",
            reset_url=request.path,
            csv_url=_url(request.GET, export="csv", page=None, size=None) if may_export else "",
            excel_url=_url(request.GET, export="xlsx", page=None, size=None) if may_export else "",
            sizes=[
                {"size": choice, "url": _url(request.GET, size=str(choice), page=None), "active": choice == size}
                for choice in SIZES
                if page.paginator.count > SIZES[0]
            ],
        )

    def _file(self, found: QuerySet, kind: str) -> FileResponse:
        """Written whole before it is answered: the scope of the view ends with it, a stream would find nothing."""
        assert self.resource is not None
        resource = self.resource()
        rows = (resource.export_resource(row, force_native_type=True) for row in _iterate(found))
        name = self.plural or f"{self.noun}s"
        file, content_type = _written(kind, name, resource.get_export_headers(), rows)
        return FileResponse(
            file, as_attachment=True, filename=f"{name}-{today_paris():%Y-%m-%d}.{kind}", content_type=content_type
        )


def ticked(data: QueryDict, queryset: QuerySet[Model]) -> QuerySet[Model]:
    """The rows of `queryset` ticked in a list (boxes named « selected »); what is no id is left out."""
    values = data.getlist("selected")[:MOST_TICKED]
    return queryset.filter(pk__in={int(value) for value in values if value.isascii() and value.isdecimal()})


def _written(kind: str, name: str, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> tuple[IO[bytes], str]:
    file = TemporaryFile()  # noqa: SIM115 -- the answer closes it once it is sent
    if kind == "csv":
        lines = TextIOWrapper(file, encoding="utf-8", newline="")
        write_csv(lines, headers, rows, for_spreadsheet=True)
        lines.detach()  # flushes, and leaves the file open
    else:
        sheet = Sheet(name.capitalize(), [SheetColumn(header) for header in headers], rows)
        write_xlsx(file, [sheet], source_date=timezone.now())
    file.seek(0)
    return file, CSV_TYPE if kind == "csv" else XLSX_TYPE


def _iterate(found: QuerySet) -> Iterable[Any]:
    return found.iterator(chunk_size=2_000)


def _may_export(request: HttpRequest) -> bool:
    return bool(request.area.kind == "tenant" and request.area.may("data.export"))  # type: ignore[attr-defined]


def _too_long() -> str:
    return (
        f"Cette liste compte plus de {number_fr(MOST_EXPORTED)} lignes{NNBSP}: filtrez-la avant de l'exporter, "
        "ou exportez tout le portefeuille depuis la page Données."
    )


def _size(asked: str, default: int) -> int:
    return next((size for size in SIZES if str(size) == asked), default)


def _url(query: QueryDict, **changes: str | None) -> str:
    changed = query.copy()
    changed.pop("export", None)
    changed.pop("panel", None)
    for key, value in changes.items():
        changed.pop(key, None)
        if value:
            changed[key] = value
    return f"?{changed.urlencode()}"


def _chip(query: QueryDict, chip: Chip) -> dict[str, Any]:
    active = all(query.get(key) == value for key, value in chip.parameters.items())
    changes = {key: None if active else value for key, value in chip.parameters.items()}
    return {"label": chip.label, "count": chip.count, "active": active, "url": _url(query, page=None, **changes)}


def _narrowing(form: forms.Form) -> dict[str, Any]:
    return {name: value for name, value in form.cleaned_data.items() if value not in (None, "", [], ())}


def _applied(query: QueryDict, form: forms.Form) -> list[dict[str, str]]:
    return [
        {
            "label": f"{form.fields[name].label}{NNBSP}: {_shown(form.fields[name], value)}",
            "url": _url(query, page=None, **{name: None}),
        }
        for name, value in _narrowing(form).items()
    ]


def _shown(one: forms.Field, value: Any) -> str:
    if isinstance(value, Model):
        return str(value)
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, date):
        return date_fr(value)
    if isinstance(one, forms.ChoiceField) and not isinstance(value, list):
        labels: dict[Any, Any] = dict(one.choices)  # type: ignore[arg-type]  # filters have plain choices, no groups
        return str(labels.get(value, value))
    return str(value)
