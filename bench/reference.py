"""The lightest page there can be for a member of a structure: the frame and one query. Served by the benches alone."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from tenants.access import structure
from tenants.models import Tenant

PATH = "/mesure/"
PAGE = engines["django"].from_string('{% extends "base.html" %}{% block content %}{{ structure }}{% endblock %}')


@structure(None)
def reference(request: HttpRequest) -> HttpResponse:
    context = {"title": "Mesure", "structure": Tenant.objects.get(pk=request.area.id)}  # type: ignore[attr-defined]
    return HttpResponse(PAGE.render(context, request))


urlpatterns = [path(PATH.strip("/") + "/", reference), path("", include("config.urls"))]
