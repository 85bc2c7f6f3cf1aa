"""Login by e-mail address; the person's organisations are read in the same query."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.db.models import F, Func, JSONField
from django.http import HttpRequest

from tenants.models import User


def with_areas() -> Any:
    """Users annotated with `areas`: a list of dicts as ``clauseo_areas`` returns them (walls/functions.sql)."""
    return User.objects.annotate(areas=Func(F("id"), function="clauseo_areas", output_field=JSONField()))


class EmailBackend(BaseBackend):
    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **credentials: Any
    ) -> User | None:
        user = User.objects.filter(email=(username or "").strip().lower()).first()
        if user is None:
            # The same work as for a known address, so that the time of the answer tells nothing.
            make_password(password)
            return None
        # In this order: a closed account takes as long to refuse as any other.
        return user if check_password(password, user.password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        user: User | None = with_areas().filter(pk=user_id, is_active=True).first()
        return user
