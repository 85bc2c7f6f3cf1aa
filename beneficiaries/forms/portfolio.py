"""The archive of a portfolio, and what narrows the list of its faults."""

from collections.abc import Iterable
from typing import Any

from django import forms

from beneficiaries.portfolio.columns import FILES
from beneficiaries.portfolio.issues import Issue, Severity
from lib.filetype import FileKind
from tenants.forms.documents import DocumentField

_FILENAMES = [file.filename for file in FILES]


class ArchiveForm(forms.Form):
    archive = DocumentField(label="archive des neuf fichiers", allowed=(FileKind.ZIP,))


class IssueFilter(forms.Form):
    """Bound to the query string; a value that no list knows narrows nothing."""

    q = forms.CharField(label="chercher dans les colonnes, valeurs et raisons", required=False, max_length=100)
    gravite = forms.ChoiceField(
        label="gravité", required=False, choices=[("", "toutes"), *((it.value, it.value) for it in Severity)]
    )
    fichier = forms.ChoiceField(
        label="fichier", required=False, choices=[("", "tous"), *((it, it) for it in _FILENAMES)]
    )

    def wanted(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def narrow(self, issues: Iterable[Issue]) -> list[Issue]:
        wanted = self.wanted()
        text = wanted.get("q", "").casefold()
        return [
            issue
            for issue in issues
            if wanted.get("gravite", issue.severity) == issue.severity
            and wanted.get("fichier", issue.file) == issue.file
            and text in f"{issue.column} {issue.value} {issue.reason}".casefold()
        ]
