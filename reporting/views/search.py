"""The search of the top bar."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from reporting.selectors.search import search
from tenants.access import structure

LONGEST = 200


class SearchForm(forms.Form):
    q = forms.CharField(label="rechercher", required=False, max_length=LONGEST)


@structure("register.read")
def search_page(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    context = {
        "title": f"Recherche de «\u202f{text}\u202f»" if text else "Recherche",
        "search_query": text,
        "groups": search(request, text) if text else [],
        "error": " ".join(form.errors.get("q", [])),
    }
    return render(request, "reporting/search_page.html", context, status=422 if form.errors else 200)
