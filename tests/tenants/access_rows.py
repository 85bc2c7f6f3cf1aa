from django.contrib.auth.tokens import default_token_generator
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from reporting.models import Bilan
from tenants import scope
from tenants.models import BuyerMember, Job, Member, OutboxMail
from tenants.services import jobs, links
from tenants.services.documents import store_document
from tenants.services.mail import queue_mail
from tests.access import (
    BUYER_OBJECT,
    BUYER_PAGE,
    OBJECT,
    OPERATOR_PAGE,
    OPERATOR_WRITE,
    PAGE,
    PERSON,
    PUBLIC,
    WRITE,
    Row,
)
from tests.factories import PASSWORD, UserFactory, World

EVERYONE_IN = {"alice": 302, "bob": 302, "charlie": 302, "dominique": 302, "emma": 302, "olivier": 302}
SENT = PUBLIC.but(anonymous=302, **EVERYONE_IN)
# What a person alone decides: whoever is logged in may send it.
PERSON_SENT = PERSON.but(**EVERYONE_IN)


def reset_link(world: World) -> dict[str, str]:
    return {
        "uidb64": urlsafe_base64_encode(force_bytes(world.alice.pk)),
        "token": default_token_generator.make_token(world.alice),
    }


ACCOUNTS = [
    Row("tenants:home", PERSON_SENT),
    Row("tenants:accessibility", PUBLIC),
    Row("tenants:login", PUBLIC.but(**EVERYONE_IN)),
    Row("tenants:login", SENT, "POST", data=lambda w: {"email": w.alice.email, "password": PASSWORD}),
    Row("tenants:logout", PUBLIC.but(anonymous="login", **dict.fromkeys(EVERYONE_IN, "login")), "POST"),
    Row("tenants:password_reset", PUBLIC),
    Row("tenants:password_reset", SENT, "POST", data=lambda w: {"email": w.alice.email}),
    Row("tenants:password_reset_done", PUBLIC),
    # The first stores the token and redirects; for those after Alice's own login, the link has expired.
    Row("tenants:password_reset_confirm", PUBLIC.but(anonymous=302), kwargs=reset_link),
    Row("tenants:password_reset_confirm", PUBLIC.but(anonymous=302), "POST", kwargs=reset_link),
    Row("tenants:account", PERSON),
    Row("tenants:account", PERSON_SENT, "POST", data=lambda w: {"name": "Camille"}),
    Row("tenants:password_change", PERSON),
    Row("tenants:password_change", PERSON.but(**dict.fromkeys(EVERYONE_IN, 422)), "POST"),
    Row("tenants:area_select", PERSON_SENT, "POST", data=lambda w: {"area": f"tenant:{w.ours.tenant.pk}"}),
]


def colleague(world: World) -> dict[str, int]:
    with scope.tenant(world.ours.tenant.pk):
        return {"pk": Member.objects.get(user_id=world.bob.pk).pk}


def buyer_colleague(world: World) -> dict[str, int]:
    with scope.none():
        user = UserFactory()
    with scope.buyer(world.account.pk):
        return {"pk": BuyerMember.objects.create(account=world.account, user=user, role="reader", name="Léo").pk}


def _issue(world: World, purpose: str, **organisation: int) -> tuple[int, str]:
    enter = scope.tenant if purpose == "tenant_invitation" else scope.buyer
    with enter(next(iter(organisation.values()))):
        link, token = links.issue_link(purpose=purpose, email="z@exemple.test", role="reader", **organisation)
    return link.pk, token


def pending(world: World) -> dict[str, int]:
    return {"pk": _issue(world, "tenant_invitation", tenant_id=world.ours.tenant.pk)[0]}


def pending_in_account(world: World) -> dict[str, int]:
    return {"pk": _issue(world, "buyer_invitation", account_id=world.account.pk)[0]}


def invited_newcomer(world: World) -> dict[str, str]:
    return {"token": _issue(world, "tenant_invitation", tenant_id=world.ours.tenant.pk)[1]}


INVITED = PUBLIC.but(**dict.fromkeys(EVERYONE_IN, 409))
ADMINISTRATOR = PAGE.but(bob=403)
# Whoever administers sends it about one's own organisation; a stranger's id is simply not there.
SENT_BY_ADMINISTRATOR = ADMINISTRATOR.but(alice=302, charlie=302)
BUYER_SENT = BUYER_PAGE.but(dominique=302, emma=302)

TEAMS = [
    Row("tenants:invitation", INVITED, kwargs=invited_newcomer),
    Row("tenants:invitation", INVITED.but(anonymous=422), "POST", kwargs=invited_newcomer),
    Row("tenants:member_list", PAGE),
    Row("tenants:member_invite", ADMINISTRATOR),
    Row(
        "tenants:member_invite",
        SENT_BY_ADMINISTRATOR,
        "POST",
        data=lambda w: {"email": "zoe@exemple.test", "role": "reader"},
    ),
    Row("tenants:member_role", OBJECT.but(bob=403), kwargs=colleague),
    Row("tenants:member_role", WRITE, "POST", kwargs=colleague, data=lambda w: {"role": "facilitator"}),
    Row("tenants:member_end", OBJECT.but(bob=403), kwargs=colleague),
    Row("tenants:member_end", WRITE, "POST", kwargs=colleague),
    Row("tenants:invitation_revoke", WRITE, "POST", kwargs=pending),
    Row("tenants:buyer_member_list", BUYER_PAGE),
    Row("tenants:buyer_member_invite", BUYER_PAGE),
    Row(
        "tenants:buyer_member_invite",
        BUYER_SENT,
        "POST",
        data=lambda w: {"email": "zoe@exemple.test", "role": "reader"},
    ),
    Row("tenants:buyer_member_role", BUYER_OBJECT, kwargs=buyer_colleague),
    Row(
        "tenants:buyer_member_role",
        BUYER_OBJECT.but(dominique=302),
        "POST",
        kwargs=buyer_colleague,
        data=lambda w: {"role": "validator"},
    ),
    Row("tenants:buyer_member_end", BUYER_OBJECT, kwargs=buyer_colleague),
    Row("tenants:buyer_member_end", BUYER_OBJECT.but(dominique=302), "POST", kwargs=buyer_colleague),
    Row("tenants:buyer_invitation_revoke", BUYER_OBJECT.but(dominique=302), "POST", kwargs=pending_in_account),
]


def document(world: World) -> dict[str, int]:
    with scope.tenant(world.ours.tenant.pk):
        return {"pk": store_document(content=b"%PDF-1.7 x", name="a.pdf", uploaded_by_id=None).pk}


def bilan_document(world: World) -> dict[str, int]:
    found = document(world)
    with scope.tenant(world.ours.tenant.pk):
        Bilan.objects.create(
            scope_kind="buyer",
            scope_id=world.ours.buyer.pk,
            buyer=world.ours.buyer,
            scope_label="x",
            period_from="2026-01-01",
            period_to="2026-12-31",
            state="submitted",
            pdf_id=found["pk"],
            xlsx_id=found["pk"],
        )
    return found


DOCUMENTS = [
    Row("tenants:document_download", OBJECT, kwargs=document, writes=("tenants_readlog",)),
    Row("tenants:buyer_document_download", BUYER_OBJECT, kwargs=bilan_document),
]


def job(world: World) -> dict[str, int]:
    with scope.tenant(world.ours.tenant.pk):
        kind = next(iter(jobs.registered()))
        return {"pk": Job.objects.create(kind=kind, state="failed", params={"name": "a.json"}).pk}


def failed_mail(world: World) -> dict[str, int]:
    with scope.tenant(world.ours.tenant.pk):
        queue_mail(to="z@exemple.test", subject="x", body="x")
    with scope.worker():
        mail = OutboxMail.objects.get()
        OutboxMail.objects.update(state="failed")
    return {"pk": mail.pk}


STRUCTURE = [
    Row("tenants:structure", PAGE),
    Row("tenants:structure_edit", ADMINISTRATOR),
    Row(
        "tenants:structure_edit",
        SENT_BY_ADMINISTRATOR,
        "POST",
        data=lambda w: {"name": "Nouveau nom", "etp_divisor": "1820"},
    ),
    Row("tenants:job_list", PAGE),
    Row("tenants:job_page", OBJECT, kwargs=job),
    Row("tenants:job_status", OBJECT, kwargs=job),
    Row("tenants:job_retry", WRITE, "POST", kwargs=job),
    Row("tenants:mail_list", ADMINISTRATOR),
    Row("tenants:read_log_list", ADMINISTRATOR),
    Row("tenants:mail_retry", WRITE, "POST", kwargs=failed_mail),
    Row("tenants:buyer_account", BUYER_PAGE),
    Row("tenants:local_mailbox", PUBLIC),
]


def ours(world: World) -> dict[str, int]:
    return {"pk": world.ours.tenant.pk}


def our_account(world: World) -> dict[str, int]:
    return {"pk": world.account.pk}


def left_by_all(world: World) -> dict[str, int]:
    with scope.tenant(world.ours.tenant.pk):
        Member.objects.filter(role="administrator").update(role="facilitator")
    with scope.buyer(world.account.pk):
        BuyerMember.objects.update(role="reader")
    return ours(world)


def account_left_by_all(world: World) -> dict[str, int]:
    left_by_all(world)
    return our_account(world)


def named(world: World) -> dict[str, str]:
    return {"name": "Habitat", "administrator_email": "z@exemple.test"}


OPERATOR = [
    Row("tenants:operator_home", OPERATOR_PAGE),
    Row("tenants:tenant_create", OPERATOR_PAGE),
    Row("tenants:tenant_create", OPERATOR_WRITE, "POST", data=named),
    Row("tenants:tenant_invite", OPERATOR_PAGE, kwargs=ours),
    Row("tenants:tenant_invite", OPERATOR_WRITE, "POST", kwargs=left_by_all, data=named),
    Row("tenants:tenant_close", OPERATOR_WRITE, "POST", kwargs=ours),
    Row("tenants:tenant_reopen", OPERATOR_WRITE, "POST", kwargs=ours),
    Row("tenants:account_create", OPERATOR_PAGE),
    Row("tenants:account_create", OPERATOR_WRITE, "POST", data=named),
    Row("tenants:account_invite", OPERATOR_PAGE, kwargs=our_account),
    Row("tenants:account_invite", OPERATOR_WRITE, "POST", kwargs=account_left_by_all, data=named),
    Row("tenants:account_close", OPERATOR_WRITE, "POST", kwargs=our_account),
    Row("tenants:account_reopen", OPERATOR_WRITE, "POST", kwargs=our_account),
]

ROWS = [*ACCOUNTS, *TEAMS, *DOCUMENTS, *STRUCTURE, *OPERATOR]
