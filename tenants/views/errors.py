"""Pages for what cannot be answered."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is too old or cookies are refused; what was typed is still in the browser's page behind."""
    return render(request, "403_csrf.html", status=403)
