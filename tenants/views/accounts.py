"""Login and logout, forgotten password, the person's own account, choice of organisation."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from tenants import scope
from tenants.access import active_area, areas_of, choose_area, public, signed_in, user_of
from tenants.enums import AreaKind
from tenants.forms.accounts import LoginForm, NameForm, NewPasswordForm, PasswordChangeForm, ResetRequestForm
from tenants.forms.sent import sent
from tenants.redirects import next_path
from tenants.services import accounts, throttle

# Where each kind of organisation begins.
HOMES: dict[str, str] = {
    AreaKind.TENANT: "reporting:home",
    AreaKind.BUYER: "reporting:buyer_dashboard",
    AreaKind.OPERATOR: "tenants:operator_home",
}

_TOO_MANY = (
    "Trop de mots de passe refusés. Attendez un quart d'heure, ou choisissez-en un nouveau "
    "par «\u202fMot de passe oublié\u202f»."
)


def client_origin(request: HttpRequest) -> str:
    """The address that our own outermost proxy saw; what stands before it in the header was written by the client."""
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if 0 < settings.PROXY_COUNT <= len(forwarded):
        return forwarded[-settings.PROXY_COUNT]
    return str(request.META.get("REMOTE_ADDR", ""))


@sensitive_post_parameters("password")
@never_cache
def _login(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(next_path(request) or "tenants:home")
    form = LoginForm(sent(request))
    status = 200
    if request.method == "POST":
        status = _try_login(request, form) if form.is_valid() else 422
        if status == 302:
            return redirect(next_path(request) or "tenants:home")
    return render(request, "registration/login.html", {"form": form, "next": next_path(request)}, status=status)


def _try_login(request: HttpRequest, form: LoginForm) -> int:
    """302 when the person is in, else the status of the form shown again with its reason."""
    email, origin = form.cleaned_data["email"], client_origin(request)
    if throttle.is_closed(address=email, origin=origin):
        form.add_error(None, _TOO_MANY)
        return 429
    user = authenticate(request, username=email, password=form.cleaned_data["password"])
    if user is None:
        throttle.note_failure(address=email, origin=origin)
        form.add_error(None, "Adresse ou mot de passe incorrect. Vérifiez les deux, majuscules comprises.")
        return 422
    throttle.forget_failures(address=email)
    login(request, user)
    return 302


login_page = public("GET", "POST")(_login)


@public("POST")
def logout_page(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.success(request, "Vous êtes déconnecté·e.")
    return redirect("tenants:login")


@public("GET", "POST")
def password_reset(request: HttpRequest) -> HttpResponse:
    form = ResetRequestForm(sent(request))
    if request.method == "POST" and form.is_valid():
        accounts.request_password_reset(email=form.cleaned_data["email"])
        return redirect("tenants:password_reset_done")
    status = 422 if request.method == "POST" else 200
    return render(request, "registration/password_reset.html", {"form": form}, status=status)


@public("GET")
def password_reset_done(request: HttpRequest) -> HttpResponse:
    return render(request, "registration/password_reset_done.html", {"local_mailbox": settings.LOCAL_MAILBOX})


class _PasswordResetConfirm(auth_views.PasswordResetConfirmView):
    form_class = NewPasswordForm
    template_name = "registration/password_reset_confirm.html"
    success_url = reverse_lazy("tenants:login")

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        messages.success(self.request, "Votre mot de passe est changé. Connectez-vous.")
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


_confirm = _PasswordResetConfirm.as_view()


@public("GET", "POST")
def password_reset_confirm(request: HttpRequest, uidb64: str, token: str) -> HttpResponseBase:
    return _confirm(request, uidb64=uidb64, token=token)


@signed_in("GET")
def home(request: HttpRequest) -> HttpResponse:
    """To where the work is; a page that explains, for who belongs to no organisation any more."""
    area = active_area(request)
    if area:
        return redirect(HOMES[area.kind])
    return render(request, "tenants/home_empty.html", {"title": "Aucune organisation"})


@signed_in("GET", "POST")
def account(request: HttpRequest) -> HttpResponse:
    form = NameForm(sent(request), initial={"name": user_of(request).name})
    if request.method == "POST" and form.is_valid():
        accounts.rename_me(name=form.cleaned_data["name"])
        messages.success(request, f"Vous apparaissez désormais sous le nom de {form.cleaned_data['name']}.")
        return redirect("tenants:account")
    context = {"title": "Mon compte", "form": form, "organisations": areas_of(request)}
    return render(request, "tenants/account_page.html", context, status=422 if request.method == "POST" else 200)


@sensitive_post_parameters()
def _password_change(request: HttpRequest) -> HttpResponse:
    form = PasswordChangeForm(user_of(request), sent(request))
    status = _try_change(request, form) if request.method == "POST" else 200
    if status == 302:
        messages.success(request, "Votre mot de passe est changé. Vos autres sessions sont fermées.")
        return redirect("tenants:account")
    if status == 429:
        # Empty again: what was typed is not even looked at.
        form = PasswordChangeForm(user_of(request))
        messages.error(request, _TOO_MANY)
    context = {
        "title": "Changer de mot de passe",
        "form": form,
        "crumbs": [{"label": "Mon compte", "url": reverse("tenants:account")}, {"label": "Mot de passe"}],
    }
    return render(request, "tenants/password_change.html", context, status=status)


def _try_change(request: HttpRequest, form: PasswordChangeForm) -> int:
    """302 when it is done. The present password is guessed here no faster than at the login."""
    address, origin = user_of(request).email, client_origin(request)
    # Refused logins and sessions are read and written in that scope alone.
    with scope.none():
        if throttle.is_closed(address=address, origin=origin):
            return 429
        if not form.is_valid():
            if "old_password" in form.errors:
                throttle.note_failure(address=address, origin=origin)
            return 422
    user = form.save()
    with scope.none():
        # This session survives the change, the others end.
        update_session_auth_hash(request, user)
    return 302


password_change = signed_in("GET", "POST")(_password_change)


@signed_in("POST")
def area_select(request: HttpRequest) -> HttpResponse:
    """Act for another organisation from here on."""
    chosen = next((area for area in areas_of(request) if f"{area.kind}:{area.id}" == request.POST.get("area")), None)
    if chosen is None:
        messages.error(request, "Vous n'avez pas accès à cette organisation.")
    else:
        choose_area(request, chosen.kind, chosen.id)
    return redirect("tenants:home")
