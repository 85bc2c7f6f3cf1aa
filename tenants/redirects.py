"""Where a page goes once its form is done."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def next_path(request: HttpRequest, default: str = "") -> str:
    """The path of ours given as `next` in the form or the address, else `default`: never another site's."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    return asked if asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else default


def with_parameters(path: str, **parameters: object) -> str:
    """`path` with these query parameters added or replaced."""
    parts = urlsplit(path)
    query = dict(parse_qsl(parts.query, keep_blank_values=True)) | {
        key: str(value) for key, value in parameters.items()
    }
    return urlunsplit(parts._replace(query=urlencode(query)))
