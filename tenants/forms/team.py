"""Invitation, role, departure, acceptance."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation

from tenants.forms.accounts import NameForm
from tenants.models import User
from tenants.services.team import Team


class InviteForm(forms.Form):
    email = forms.EmailField(
        label="adresse électronique",
        help_text="Un lien valable sept jours y sera envoyé.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label="rôle")

    def __init__(self, team: Team, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)
        role.choices = team.roles.choices
        role.initial = team.usual_role


class RoleForm(forms.Form):
    role = forms.ChoiceField(label="rôle")

    def __init__(self, team: Team, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)
        role.choices = team.roles.choices


class DepartureForm(forms.Form):
    """`leaves_something`: someone must take over what the member followed."""

    successor: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label="repris par", empty_label="Choisir une personne", required=False
    )

    def __init__(self, team: Team, member: Any, leaves_something: bool, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not leaves_something:
            del self.fields["successor"]
            return
        successor = self.fields["successor"]
        assert isinstance(successor, forms.ModelChoiceField)
        successor.queryset = team.members().exclude(pk=member.pk)
        successor.required = True


class NewcomerForm(NameForm):
    """Name and password of someone invited at `email` who has no account yet."""

    password = forms.CharField(
        label="mot de passe",
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_validation.password_validators_help_text_html(),
    )
    password_again = forms.CharField(
        label="le même mot de passe",
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, email: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> None:
        password, again = self.cleaned_data.get("password"), self.cleaned_data.get("password_again")
        if password is None:
            return
        if again is not None and password != again:
            self.add_error("password_again", "Les deux saisies diffèrent.")
        try:
            password_validation.validate_password(password, User(email=self.email, name=self.data.get("name", "")))
        except forms.ValidationError as error:
            self.add_error("password", error)
