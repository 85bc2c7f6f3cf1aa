"""What a person does with the account: password, forgotten password, name."""

import time

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db import connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from tenants.models import User
from tenants.services import throttle
from tenants.services.mail import queue_mail

# One mail in that many seconds for an address, however often the form is sent.
RESET_MAIL_EVERY = 5 * 60


def absolute_url(route: str, **kwargs: object) -> str:
    """For mails: settings.SITE_URL, never the Host of a request, which its sender chooses."""
    return settings.SITE_URL.rstrip("/") + reverse(route, kwargs=kwargs)


def request_password_reset(*, email: str) -> None:
    """Mail a link to the person, if there is one with that address. In scope `none`."""
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        return
    link = absolute_url(
        "tenants:password_reset_confirm",
        uidb64=urlsafe_base64_encode(force_bytes(user.pk)),
        token=default_token_generator.make_token(user),
    )
    queue_mail(
        to=user.email,
        subject="Votre mot de passe Clauséo",
        body=render_to_string("tenants/mails/password_reset.txt", {"name": user.name, "link": link}),
        dedup_key=f"password-reset:{user.pk}:{int(time.time()) // RESET_MAIL_EVERY}",
    )


def set_password(*, user: User, password: str) -> None:
    """The password was validated by the form. Every other session of the person ends: Django binds them to its hash."""
    user.set_password(password)
    user.save(update_fields=["password"])


def reset_password(*, user: User, password: str) -> None:
    """By a mailed link, in scope `none`: opens the door again to whoever had forgotten the password."""
    set_password(user=user, password=password)
    throttle.forget_failures(address=user.email)


def rename_me(*, name: str) -> None:
    """In scope `user`: changes the name in the account and in every organisation that the person belongs to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clauseo_rename_me(%s)", [name])
