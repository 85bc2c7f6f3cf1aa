"""Login, password and name."""

from typing import Any

from django import forms
from django.contrib.auth import forms as auth_forms

from tenants.models import User
from tenants.services import accounts


class LoginForm(forms.Form):
    email = forms.EmailField(
        label="adresse électronique", widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(
        label="mot de passe",
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ResetRequestForm(forms.Form):
    email = forms.EmailField(
        label="adresse électronique", widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )


class NewPasswordForm(auth_forms.SetPasswordForm):
    """After a mailed link. Saves the password column alone: no scope may write the others of an account."""

    def save(self, commit: bool = True) -> User:
        accounts.reset_password(user=self.user, password=self.cleaned_data["new_password1"])
        user: User = self.user
        return user


class PasswordChangeForm(auth_forms.PasswordChangeForm):
    def save(self, commit: bool = True) -> User:
        accounts.set_password(user=self.user, password=self.cleaned_data["new_password1"])
        user: User = self.user
        return user


class NameForm(forms.Form):
    name = forms.CharField(
        label="nom affiché",
        max_length=150,
        help_text="Vos collègues le voient dans l'historique et les listes.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def clean_name(self) -> Any:
        return " ".join(self.cleaned_data["name"].split())
