"""What every register does with its objects once they are no longer wanted."""

from collections import Counter

from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from lib.numbers import NNBSP, number_fr
from tenants.models import RegisterModel


class InUseError(Exception):
    """Something hangs on the object: it cannot be deleted. The message is a French sentence that names what."""


def archive(*, row: RegisterModel) -> bool:
    """Out of the lists; whether it was still in them."""
    return _set_archived(row, archived=True)


def restore(*, row: RegisterModel) -> bool:
    """Back in the lists; whether it was archived."""
    return _set_archived(row, archived=False)


def delete(*, row: RegisterModel) -> None:
    """Delete `row` and what is part of it. Raises InUseError when something else points at it."""
    name, pk = str(row), row.pk
    try:
        with transaction.atomic():
            row.delete()
            # Composite keys are checked at commit, too late to say it: check them now.
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except ProtectedError as error:
        raise InUseError(f"{_REFUSED} {_attached(error)} à «\u202f{name}\u202f». {_ADVICE}") from error
    except IntegrityError as error:
        row.pk = pk  # Django takes it away before the database has its say
        raise InUseError(f"{_REFUSED} «\u202f{name}\u202f» vient d'être utilisé ailleurs. {_ADVICE}") from error


_REFUSED = f"Suppression impossible{NNBSP}:"
_ADVICE = "L'archivage suffit à retirer une ligne des listes."


def _set_archived(row: RegisterModel, *, archived: bool) -> bool:
    rows = type(row)._default_manager.filter(pk=row.pk, archived_at__isnull=archived)
    return rows.update(archived_at=timezone.now() if archived else None) == 1


def _attached(error: ProtectedError) -> str:
    """« 3 lots et 2 contrats de travail se rattachent », most numerous first."""
    counts = Counter(type(row) for row in error.protected_objects)
    parts = [
        f"{number_fr(count)}{NNBSP}{kind._meta.verbose_name_plural if count > 1 else kind._meta.verbose_name}"
        for kind, count in counts.most_common()
    ]
    listed = " et ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
    return f"{listed} {'se rattachent' if counts.total() > 1 else 'se rattache'}"
