"""What the commands that bring data into a structure share."""

import io
import sys
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from tenants import scope
from tenants.models import Tenant

DONE, REFUSED, WRONG_USE = 0, 1, 2


def tenant_of(slug: str, *, create_as: str | None = None) -> Tenant:
    """The structure of this slug, made under the name `create_as` where there is none; without either, wrong use."""
    with scope.operator():
        tenant = Tenant.objects.filter(slug=slug).first()
        if tenant is None and create_as is not None:
            tenant = Tenant(slug=slug, name=create_as.strip())
            try:
                tenant.full_clean()
            except ValidationError as error:
                raise CommandError(" ".join(error.messages), returncode=WRONG_USE) from error
            tenant.save()
    if tenant is None:
        raise CommandError(f"Aucune structure «\u202f{slug}\u202f».", returncode=WRONG_USE)
    return tenant


def tolerate_any_terminal() -> None:
    """A terminal without accents shows « ? », instead of failing once the work is committed."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def cleaned(form: forms.Form) -> dict[str, Any]:
    """What the form read, the same rules as in the browser; wrong use, with its messages, when it refuses."""
    if not form.is_valid():
        parts = [
            f"{form.fields[name].label}\u202f: {' '.join(map(str, errors))}" for name, errors in form.errors.items()
        ]
        raise CommandError(" ".join(parts), returncode=WRONG_USE)
    return form.cleaned_data
