"""The transaction and the first scope of each request; refusal of views that nobody classified."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from tenants import scope

# Answered without the database being up: the health page says so itself, static files never need it.
WITHOUT_DATABASE = frozenset({"/healthz"})


def request_transaction(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """One transaction a request, in scope `none`: session and login are read there, then the view enters its own scope.

    The scope of the view is a savepoint, rolled back when the view fails; what Django writes after it (session) stays.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path in WITHOUT_DATABASE:
            return get_response(request)
        with scope.none():
            return get_response(request)

    return middleware


class DenyUnclassifiedViews:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        if not hasattr(view, "access"):
            raise PermissionDenied("This view carries no mark of tenants.access.")
