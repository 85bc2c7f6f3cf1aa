"""Mails of a structure, and the local mailbox that `make run` shows."""

from ipaddress import ip_address

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lib.numbers import NNBSP
from tenants.access import area_of, public, structure
from tenants.models import LocalMail, OutboxMail
from tenants.services.mail import retry_mail
from tenants.views.spaces import space_context

ROWS_A_PAGE = 50
# The columns that a structure may read: the text, which may hold someone's link, is not one.
COLUMNS = ("id", "state", "to", "subject", "attempts", "error", "created_at", "sent_at")


@structure("member.manage")
def mail_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(OutboxMail.objects.order_by("-pk").values(*COLUMNS), ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = space_context(request, "tenants:mail_list") | {"title": area_of(request).name, "page": page}
    return render(request, "tenants/mail_list.html", context)


@structure("member.manage", "POST")
def mail_retry(request: HttpRequest, pk: int) -> HttpResponse:
    if not OutboxMail.objects.filter(pk=pk).exists():
        raise Http404
    if retry_mail(mail_id=pk):
        messages.success(request, "Le message repart.")
    else:
        messages.info(request, f"Ce message n'est plus en échec ni incertain{NNBSP}: il n'y a rien à renvoyer.")
    return redirect("tenants:mail_list")


def _comes_from_this_machine(request: HttpRequest) -> bool:
    """Not what a proxy of this machine forwards: whoever asked may be anywhere."""
    if any(name in request.META for name in ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


@public("GET")
def local_mailbox(request: HttpRequest) -> HttpResponse:
    """For whoever sits at this machine: these mails hold links that open accounts. Others get 404."""
    if not (settings.LOCAL_MAILBOX and _comes_from_this_machine(request)):
        raise Http404
    mails = LocalMail.objects.order_by("-pk")[:ROWS_A_PAGE]
    return render(request, "tenants/local_mailbox.html", {"title": "Courriels de cette installation", "mails": mails})
