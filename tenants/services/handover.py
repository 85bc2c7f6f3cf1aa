"""What a member leaves to another: the rows whose model names a key to Member in `handed_over`."""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import Model, QuerySet

from tenants.models import Member, TenantModel


def _left_by(member: Member) -> Iterator[tuple[str, QuerySet[Model]]]:
    for model in apps.get_models():
        if issubclass(model, TenantModel):
            for name in model.handed_over:
                yield name, model._default_manager.filter(**{name: member})


def counts(member: Member) -> list[tuple[str, int]]:
    """(« marchés », 3) for each kind of object that the member has, in French, nothing for those without any."""
    found = [(rows.model._meta, rows.count()) for _, rows in _left_by(member)]
    return [
        (str(meta.verbose_name_plural if count > 1 else meta.verbose_name), count) for meta, count in found if count
    ]


def hand_over(*, member: Member, successor: Member | None) -> int:
    """Give everything to `successor`; how many rows. Without one, only counts."""
    if successor is None:
        return sum(count for _, count in counts(member))
    return sum(rows.update(**{name: successor}) for name, rows in _left_by(member))
