"""The person who logs in. What the person may do hangs on memberships (members.py), never on this row."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from tenants.walls.access import ALL_ROWS, Access, setting


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Read by the login pages (`none`) and by its own scope; a structure sees its members, never this table."""

    email = models.EmailField("adresse électronique", unique=True)
    name = models.CharField("nom affiché", max_length=150)
    is_active = models.BooleanField("actif", default=True)
    is_operator = models.BooleanField("exploitant de la plateforme", default=False)
    created_at = models.DateTimeField("créé le", auto_now_add=True)

    access: ClassVar[dict[str, Access]] = {
        # No scope may make an operator, nor change an address.
        "none": Access(
            "SELECT, INSERT, UPDATE (password, last_login, name, is_active)", ALL_ROWS, added="NOT is_operator"
        ),
        "user": Access("SELECT, UPDATE (password)", f"id = {setting('user')}"),
    }

    objects = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = "utilisateur"
        constraints = [models.UniqueConstraint(Lower("email"), name="user_unique_email")]

    def __str__(self) -> str:
        return self.name or self.email


class LoginFailure(models.Model):
    """One refused login; counted over the last minutes to slow down guessing. The address is kept as a digest."""

    address_digest = models.CharField(max_length=64)
    origin_digest = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)

    access: ClassVar[dict[str, Access]] = {"none": Access("SELECT, INSERT, DELETE", ALL_ROWS)}

    class Meta:
        verbose_name = "connexion refusée"
        indexes = [
            models.Index(fields=["address_digest", "at"], name="login_failure_address"),
            models.Index(fields=["origin_digest", "at"], name="login_failure_origin"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%d/%m/%Y %H:%M}"
