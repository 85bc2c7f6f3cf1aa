"""What happens around every view: transaction, scope, marks, frame, rights."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection, connections
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template, engines
from django.template.response import TemplateResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from clauses.models import Lot
from tenants import access, rights, scope
from tenants.backends import with_areas
from tenants.context_processors import NAVIGATION, Rights, frame
from tenants.enums import AreaKind, BuyerRole, TenantRole
from tenants.middleware import DenyUnclassifiedViews
from tenants.models import BuyerMember, Document, Member, ReadLog, Tenant
from tenants.services.documents import store_document
from tests.factories import join_account, join_structure, logged_in


def role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


def request_of(world, person: str = "alice", method: str = "GET", path: str = "/") -> HttpRequest:
    with scope.none():
        user = with_areas().get(pk=getattr(world, person).pk)
    request = RequestFactory().generic(method, path)
    request.user, request.session = user, {}
    return request


# Scope after a request, and after a nested one


@pytest.mark.parametrize("person", ["alice", "dominique", "olivier"])
def test_nothing_of_a_request_is_left_behind(world, person):
    before = role()
    client = logged_in(getattr(world, person))
    for path in ("/compte/", "/structure/", "/bailleur/compte/", "/exploitation/", "/nulle-part/"):
        client.get(path)
        assert scope.current() is None
        assert role() == before


def test_scope_is_left_when_the_view_fails(world, alice):
    alice.raise_request_exception = False
    with connections["default"].execute_wrapper(fail_on("tenants_outboxmail")):
        assert alice.get("/structure/courriels/").status_code == 500
    assert scope.current() is None
    assert alice.get("/structure/courriels/").status_code == 200


def fail_on(table: str):
    def wrapper(execute, sql, params, many, context):
        if table in sql:
            raise ZeroDivisionError
        return execute(sql, params, many, context)

    return wrapper


# Marks


def test_view_without_a_mark_is_refused():
    with pytest.raises(PermissionDenied):
        DenyUnclassifiedViews(lambda request: HttpResponse()).process_view(HttpRequest(), lambda request: None, (), {})


def test_response_rendered_late_is_rendered_within_its_scope(world):
    @access.structure("register.read")
    def view(request):
        template = engines["django"].from_string("{% for lot in lots %}{{ lot.title }}{% endfor %}")
        return TemplateResponse(request, template, {"lots": Lot.objects.all()})

    with scope.none():
        response = view(request_of(world))
    assert response.content.decode() == "Peinture"


def test_get_cannot_write_and_a_post_that_fails_leaves_nothing(world):
    @access.structure("register.read", "GET", "POST")
    def rename(request):
        Lot.objects.update(title="autre")
        if request.method == "POST" and request.GET.get("fail"):
            raise ZeroDivisionError
        return HttpResponse()

    def title() -> str:
        with scope.tenant(world.ours.tenant.pk):
            return Lot.objects.get().title

    with scope.none(), pytest.raises(Exception, match="read-only"):
        rename(request_of(world))
    with pytest.raises(ZeroDivisionError), scope.none():
        rename(request_of(world, method="POST", path="/?fail=1"))
    assert title() == "Peinture"
    with scope.none():
        rename(request_of(world, method="POST"))
    assert title() == "autre"


def test_marked_get_that_writes_may(world):
    @access.structure("person.read", get_writes=True)
    def read(request):
        ReadLog.objects.create(member_id=access.member_of(request), table="x", row_id=1, part="x")
        return HttpResponse()

    with scope.none():
        read(request_of(world))
    with scope.tenant(world.ours.tenant.pk):
        assert ReadLog.objects.count() == 1


def test_public_view_outside_the_database_enters_no_scope(world):
    @access.public()
    def view(request):
        return HttpResponse(str(scope.current()))

    assert view(RequestFactory().get("/healthz")).content == b"None"
    with scope.none():
        assert b"none" in view(RequestFactory().get("/")).content


def test_health_is_answered_without_a_transaction(db):
    assert Client().get("/healthz").json()["database"] == "ok"


def test_area_chosen_is_used_where_it_is_of_the_kind_asked(world):
    join_account(world.account, world.alice, "reader")
    join_structure(world.theirs.tenant, world.alice, "reader")
    request = request_of(world)
    areas = {(area.kind, area.id) for area in access.areas_of(request)}
    assert areas == {
        ("tenant", world.ours.tenant.pk),
        ("tenant", world.theirs.tenant.pk),
        ("buyer", world.account.pk),
    }
    request.session["area"] = ["buyer", world.account.pk]
    assert access.active_area(request).kind == "buyer"
    assert access.active_area(request, "tenant").kind == "tenant"
    request.session["area"] = ["tenant", world.theirs.tenant.pk]
    assert access.active_area(request, "tenant").id == world.theirs.tenant.pk
    assert access.active_area(request, "operator") is None


def test_document_of_people_needs_the_right_on_people(world, bob):
    with scope.tenant(world.ours.tenant.pk):
        document = store_document(content=b"%PDF-1.7 x", name="a.pdf", uploaded_by_id=None, read_action="data.import")
        assert Document.objects.get().read_action == "data.import"
    assert bob.get(f"/documents/{document.pk}/").status_code == 403
    assert logged_in(world.alice).get(f"/documents/{document.pk}/").status_code == 200


# Frame


def test_frame_of_nobody(world):
    request = RequestFactory().get("/")
    assert frame(request)["areas"] == []
    request.user = AnonymousUser()
    assert access.areas_of(request) == []
    assert frame(request)["nav"] == []
    assert Template("{% if may.register_write %}a{% else %}b{% endif %}").render(Context(frame(request))) == "b"


@pytest.mark.parametrize(("person", "kind"), [("alice", "tenant"), ("dominique", "buyer"), ("olivier", "operator")])
def test_every_entry_of_the_navigation_opens(world, person, kind):
    client = logged_in(getattr(world, person))
    nav = client.get("/compte/").context["nav"]
    assert [entry["label"] for entry in nav] == [label for label, *_ in NAVIGATION[kind]]
    for entry in nav:
        response = client.get(entry["url"])
        assert response.status_code == 200, entry
        assert [other["label"] for other in response.context["nav"] if other["active"]] == [entry["label"]]


def test_entry_without_the_right_is_not_shown(world, bob):
    assert "Données" not in [entry["label"] for entry in bob.get("/compte/").context["nav"]]


def test_banner_of_demonstration_shows_to_those_it_concerns(world, alice, charlie):
    with scope.operator():
        Tenant.objects.filter(pk=world.ours.tenant.pk).update(is_demo=True)
    shown = {
        person: logged_in(getattr(world, person)).get("/compte/").context["demo_banner"]
        for person in ("alice", "charlie", "dominique", "emma", "olivier")
    }
    assert shown == {"alice": True, "charlie": False, "dominique": True, "emma": False, "olivier": False}


def test_right_that_nobody_knows_is_an_error_in_templates_too():
    with pytest.raises(LookupError, match=r"regster\.write"):
        Template("{% if may.regster_write %}a{% endif %}").render(Context({"may": Rights(None)}))


# Rights


def test_rights_of_every_role():
    """The whole table, by what each role may do more than the one before."""
    reader, facilitator, administrator = (
        rights.granted(AreaKind.TENANT, role)
        for role in (TenantRole.READER, TenantRole.FACILITATOR, TenantRole.ADMINISTRATOR)
    )
    assert reader == {
        "register.read", "hours.read", "person.read", "bilan.read", "job.read", "document.read", "history.read",
    }  # fmt: skip
    assert facilitator - reader == {
        "data.export", "data.import", "register.write", "person.write", "hours.write", "hours.validate",
        "bilan.write", "document.write", "job.retry",
    }  # fmt: skip
    assert administrator - facilitator == {"member.manage", "structure.edit", "link.manage", "log.read"}
    assert reader < facilitator < administrator
    buyer = [rights.granted(AreaKind.BUYER, role) for role in (BuyerRole.READER, BuyerRole.VALIDATOR)]
    assert buyer == [{"dashboard.read", "bilan.read"}, {"dashboard.read", "bilan.read", "bilan.decide"}]
    assert rights.granted(AreaKind.BUYER, BuyerRole.ADMINISTRATOR) - buyer[1] == {"member.manage", "link.manage"}
    assert rights.granted(AreaKind.OPERATOR, "operator") == {"organisation.manage"}


def test_unknown_action_raises():
    with pytest.raises(ValueError, match="unknown action"):
        rights.may(AreaKind.TENANT, TenantRole.ADMINISTRATOR, "register.red")


# Scope


def test_no_structure_and_no_reason_without_a_scope(db):
    for ask in (scope.current_tenant_id, lambda: scope.give_reason("x")):
        with pytest.raises(scope.ScopeError):
            ask()
    with scope.operator(), pytest.raises(scope.ScopeError):
        scope.current_tenant_id()


def test_reason_ends_with_the_scope(world):
    with scope.tenant(world.ours.tenant.pk):
        scope.give_reason("premier")
    with scope.tenant(world.ours.tenant.pk), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('clauseo.why')")
        assert cursor.fetchone()[0] == ""


def test_rows_take_the_structure_that_is_open(world):
    with scope.tenant(world.ours.tenant.pk):
        member = Member.objects.get(name="Bob")
        ReadLog.objects.bulk_create([ReadLog(member=member, table="x", row_id=1, part="x")])
        row = ReadLog(member=member, table="x", row_id=1, part="x")
        row.save()
        assert set(ReadLog.objects.values_list("tenant_id", flat=True)) == {world.ours.tenant.pk}
        given = ReadLog(tenant_id=world.ours.tenant.pk, member=member, table="x", row_id=2, part="x")
        assert ReadLog.objects.bulk_create([given])[0].tenant_id == world.ours.tenant.pk


def test_ended_memberships_and_closed_accounts_open_nothing(world):
    with scope.buyer(world.account.pk):
        BuyerMember.objects.update(ended_at=timezone.now())
    assert logged_in(world.dominique).get("/bailleur/compte/").status_code == 404
