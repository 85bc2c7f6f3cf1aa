"""What a view is for: each one is marked by exactly one of these decorators, which enters its scope.

A view without a mark is refused by tenants.middleware.DenyUnclassifiedViews: nothing is open by omission.
Stranger (no organisation of that kind) → 404; member without the right → 403; nobody logged in → login page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.middleware.csrf import rotate_token
from django.template.response import SimpleTemplateResponse

from tenants import rights, scope
from tenants.enums import AreaKind, BuyerRole, TenantRole
from tenants.models import User

View = Callable[..., HttpResponseBase]
SAFE_METHODS = frozenset({"GET", "HEAD"})
AREA_SESSION_KEY = "area"


@dataclass(frozen=True)
class Mark:
    """How a view is classified: the kind of scope, the action of rights.py (None: any member), the methods."""

    kind: str
    action: str | None
    methods: tuple[str, ...]
    get_writes: bool = False


@dataclass(frozen=True)
class Area:
    """The organisation that a person acts for in this request, as ``clauseo_areas`` tells it."""

    kind: str
    id: int
    name: str
    role: str
    member_id: int
    member_name: str
    is_demo: bool
    slug: str = ""

    @property
    def role_label(self) -> str:
        if self.kind == AreaKind.OPERATOR:
            return "exploitation"
        return str((TenantRole if self.kind == AreaKind.TENANT else BuyerRole)(self.role).label)

    def may(self, action: str) -> bool:
        return rights.may(self.kind, self.role, action)


def areas_of(request: HttpRequest) -> list[Area]:
    if not request.user.is_authenticated:
        return []
    areas = [Area(**area) for area in getattr(request.user, "areas", [])]
    if request.user.is_operator:
        areas.append(Area("operator", 0, "Exploitation", "operator", 0, request.user.name, False))
    return areas


def active_area(request: HttpRequest, kind: str | None = None) -> Area | None:
    """The organisation chosen in this session if it is of `kind` and still open to the person, else the first."""
    areas = [area for area in areas_of(request) if kind in (None, area.kind)]
    chosen = request.session.get(AREA_SESSION_KEY)
    return next((area for area in areas if [area.kind, area.id] == chosen), areas[0] if areas else None)


def choose_area(request: HttpRequest, kind: str, organisation_id: int) -> None:
    """Act for this organisation from here on. A form opened for another one is then refused: its token is renewed."""
    request.session[AREA_SESSION_KEY] = [str(kind), organisation_id]
    rotate_token(request)


def _answer(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """The view's response, rendered before its scope ends."""
    response = view(request, *args, **kwargs)
    return response.render() if isinstance(response, SimpleTemplateResponse) else response


def _reads(request: HttpRequest) -> bool:
    return request.method in SAFE_METHODS


def _enter(request: HttpRequest, area: Area, read_only: bool) -> Any:
    user_id = request.user.pk
    if area.kind == AreaKind.TENANT:
        return scope.tenant(area.id, user_id, read_only=read_only)
    if area.kind == AreaKind.BUYER:
        return scope.buyer(area.id, user_id, read_only=read_only)
    return scope.operator(user_id, read_only=read_only)


def _classified(view: View, mark: Mark, run: View) -> View:
    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in mark.methods:
            return HttpResponseNotAllowed(mark.methods)
        return run(request, *args, **kwargs)

    # Read by the middleware and by the access matrix.
    marked.access = mark  # type: ignore[attr-defined]
    return marked


def _methods(methods: tuple[str, ...]) -> tuple[str, ...]:
    return (*methods, "HEAD") if "GET" in methods else methods


def public(*methods: str) -> Callable[[View], View]:
    """Open to anyone, in scope `none`: login, reset, links, health (which runs outside any: middleware.py)."""

    def decorate(view: View) -> View:
        def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if scope.current() is None:
                return _answer(view, request, *args, **kwargs)
            with scope.none(read_only=_reads(request)):
                return _answer(view, request, *args, **kwargs)

        return _classified(view, Mark("public", None, _methods(methods or ("GET",))), run)

    return decorate


def signed_in(*methods: str) -> Callable[[View], View]:
    """For a person who is logged in, in the scope of that person alone: account, choice of organisation."""

    def decorate(view: View) -> View:
        def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            with scope.user(request.user.pk, read_only=_reads(request)):
                return _answer(view, request, *args, **kwargs)

        return _classified(view, Mark("user", None, _methods(methods or ("GET",))), run)

    return decorate


def _in_area(kind: str, action: str | None, methods: tuple[str, ...], get_writes: bool) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            area = active_area(request, kind)
            if area is None:
                raise Http404
            if action is not None and not area.may(action):
                raise PermissionDenied
            request.area = area  # type: ignore[attr-defined]
            with _enter(request, area, read_only=_reads(request) and not get_writes):
                response = _answer(view, request, *args, **kwargs)
            if get_writes:
                # Each reading is logged: a copy that the browser keeps would be read again without a trace.
                response.headers["Cache-Control"] = "private, no-store"
            return response

        return _classified(view, Mark(kind, action, _methods(methods or ("GET",)), get_writes), run)

    return decorate


def structure(action: str | None, *methods: str, get_writes: bool = False) -> Callable[[View], View]:
    """For the members of a structure whose role may do `action`. `get_writes`: the read log, nothing else."""
    return _in_area(AreaKind.TENANT, action, methods, get_writes)


def bailleur(action: str | None, *methods: str) -> Callable[[View], View]:
    """For the members of a buyer account, across the structures linked to it."""
    return _in_area(AreaKind.BUYER, action, methods, False)


def operator(action: str | None, *methods: str) -> Callable[[View], View]:
    """For the platform's operator, who sees organisations and no person."""
    return _in_area(AreaKind.OPERATOR, action, methods, False)


def user_of(request: HttpRequest) -> User:
    """The person logged in; only within a view that is not `public`."""
    assert isinstance(request.user, User)
    return request.user


def area_of(request: HttpRequest) -> Area:
    """The organisation acted for; only within a view marked by `structure`, `bailleur` or `operator`."""
    area: Area = request.area  # type: ignore[attr-defined]
    return area


def member_of(request: HttpRequest) -> int:
    """Id of the acting person's Member row; only within a view marked by `structure`."""
    return area_of(request).member_id


__all__ = [
    "Area",
    "Mark",
    "active_area",
    "area_of",
    "areas_of",
    "bailleur",
    "choose_area",
    "member_of",
    "operator",
    "public",
    "signed_in",
    "structure",
    "user_of",
]
