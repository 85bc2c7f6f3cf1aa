"""What the application says of itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tenants.access import public


@public("GET")
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "tenants/accessibility.html", {"title": "Accessibilité"})
