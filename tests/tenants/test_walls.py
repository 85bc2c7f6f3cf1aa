"""Walls two and three, tried by raw SQL as the application's login."""

import re
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, connections, models, transaction
from django.db.utils import ProgrammingError

from clauses.models import Buyer, BuyerLink, Operation
from tenants import scope
from tenants.models import (
    AuditEntry,
    BuyerAccount,
    BuyerMember,
    LocalMail,
    LoginFailure,
    Member,
    OutboxMail,
    SignedLink,
    User,
)
from tenants.models.base import TenantModel
from tenants.services.mail import queue_mail
from tenants.walls.access import SCOPES
from tenants.walls.build import build_walls, our_models, tenant_models
from tests.factories import World
from tests.tenants.rows import fill_every_table

PEOPLE = [model for model in tenant_models() if model._meta.app_label == "beneficiaries"]


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        return int(cursor.fetchone()[0])


def refused(table: str) -> bool:
    try:
        with transaction.atomic():
            count(table)
    except ProgrammingError as error:
        return "permission denied" in str(error)
    return False


@pytest.mark.parametrize("model", our_models(), ids=lambda m: m._meta.db_table)
def test_login_without_scope_reads_nothing(world, model):
    assert refused(model._meta.db_table)


@pytest.mark.parametrize("model", our_models(), ids=lambda m: m._meta.db_table)
def test_every_table_has_forced_security_and_declares_its_access(world, model):
    assert set(model.access) <= set(SCOPES)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = %s", [model._meta.db_table]
        )
        assert cursor.fetchone() == (True, True)


@pytest.fixture
def full(world) -> World:
    """No table is empty, in either structure."""
    for house in (world.ours, world.theirs):
        fill_every_table(house.tenant.pk)
    return world


def structures_seen(table: str) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT DISTINCT tenant_id FROM "{table}"')
        return {row[0] for row in cursor.fetchall()}


def test_structure_sees_its_rows_and_no_other_in_every_table(full):
    for house in (full.ours, full.theirs):
        with scope.tenant(house.tenant.pk):
            seen = {model._meta.db_table: structures_seen(model._meta.db_table) for model in tenant_models()}
        assert seen == {model._meta.db_table: {house.tenant.pk} for model in tenant_models()}


def test_control_without_policies_every_table_shows_the_other_structure(transactional_db):
    """Row-level security off, the test above would see the stranger's rows, table by table; on again, it does not."""
    world = World.build()
    ours = world.ours.tenant.pk
    both = {ours, world.theirs.tenant.pk}
    for house in (world.ours, world.theirs):
        fill_every_table(house.tenant.pk)
    tables = [model._meta.db_table for model in tenant_models()]
    try:
        with connections["owner"].cursor() as owner:
            for table in tables:
                owner.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
        with scope.tenant(ours):
            assert {table: structures_seen(table) for table in tables} == dict.fromkeys(tables, both)
    finally:
        build_walls()
    with scope.tenant(ours):
        assert {table: structures_seen(table) for table in tables} == {table: {ours} for table in tables}


@pytest.mark.parametrize("model", tenant_models(), ids=lambda m: m._meta.db_table)
def test_structure_neither_gives_nor_takes_nor_touches_rows_of_another(full, model):
    table, theirs = model._meta.db_table, full.theirs.tenant.pk
    privileges = model.access["tenant"].privileges
    columns = [f'"{field.column}"' for field in model._meta.local_fields if not field.primary_key]
    given_away = ["%s" if column == '"tenant_id"' else column for column in columns]
    copy = f'INSERT INTO "{table}" ({", ".join(columns)}) SELECT {", ".join(given_away)} FROM "{table}" LIMIT 1'
    with scope.tenant(theirs):
        stranger = model.objects.order_by("pk").values_list("pk", flat=True).first()
    with scope.tenant(full.ours.tenant.pk), connection.cursor() as cursor:
        scope.give_reason("essai")
        for command, statement in (("INSERT", copy), ("UPDATE", f'UPDATE "{table}" SET tenant_id = %s')):
            message = "row-level security" if command in privileges else "permission denied"
            with pytest.raises(ProgrammingError, match=message), transaction.atomic():
                cursor.execute(statement, [theirs])
        if "UPDATE" in privileges:
            cursor.execute(f'UPDATE "{table}" SET tenant_id = tenant_id WHERE id = %s', [stranger])
            assert cursor.rowcount == 0
        if "DELETE" in privileges:
            cursor.execute(f'DELETE FROM "{table}" WHERE id = %s', [stranger])
            assert cursor.rowcount == 0


def test_structure_sees_none_of_the_others_organisations(full):
    """Tables without a structure of their own: the structures, their mails and their history."""
    with scope.tenant(full.theirs.tenant.pk):
        queue_mail(to="z@exemple.test", subject="x", body="x")
    with scope.tenant(full.ours.tenant.pk), connection.cursor() as cursor:
        for statement in (
            "SELECT array_agg(DISTINCT id) FROM tenants_tenant",
            "SELECT array_agg(DISTINCT tenant_id) FROM tenants_auditentry",
        ):
            cursor.execute(statement)
            assert cursor.fetchone()[0] == [full.ours.tenant.pk]
        cursor.execute("SELECT count(id) FROM tenants_outboxmail")
        assert cursor.fetchone()[0] == 0
        for table in ("tenants_user", "tenants_buyeraccount", "tenants_buyermember", "django_session"):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                cursor.execute(f"SELECT count(*) FROM {table}")


def test_buyer_sees_rows_of_its_structures_alone_in_every_table(full):
    tables = [model._meta.db_table for model in tenant_models() if "buyer" in model.access]
    with scope.buyer(full.account.pk):
        seen = {table: structures_seen(table) for table in tables}
    assert {table for table in tables if seen[table] - {full.ours.tenant.pk}} == set()
    assert {"clauses_publiccontract", "clauses_lot", "clauses_obligation", "clauses_buyerlink"} <= {
        table for table in tables if seen[table]
    }


@pytest.mark.parametrize("model", PEOPLE, ids=lambda m: m._meta.db_table)
def test_buyer_has_no_right_on_tables_about_people(world, model):
    with scope.buyer(world.account.pk):
        assert refused(model._meta.db_table)


def test_buyer_sees_its_marches_only(world):
    with scope.buyer(world.account.pk), connection.cursor() as cursor:
        for table in (
            "clauses_publiccontract",
            "clauses_lot",
            "clauses_obligation",
            "clauses_operation",
            "clauses_buyer",
        ):
            cursor.execute(f'SELECT array_agg(DISTINCT tenant_id) FROM "{table}"')
            assert cursor.fetchone()[0] == [world.ours.tenant.pk], table


def test_buyer_sees_nothing_once_the_link_is_ended(world):
    with scope.buyer(world.account.pk):
        assert BuyerLink.objects.update(state="ended") == 1
        assert count("clauses_publiccontract") == 0
        assert count("clauses_lot") == 0


STAMPED = [model for model in tenant_models() if "buyer_account_id" in {f.column for f in model._meta.local_fields}]


@pytest.mark.parametrize("model", [m for m in STAMPED if m is not BuyerLink], ids=lambda m: m._meta.db_table)
def test_structure_shows_no_row_to_an_account_that_did_not_accept(full, model):
    table = model._meta.db_table
    with scope.buyer(full.other_account.pk):
        before = count(table)
    with scope.tenant(full.ours.tenant.pk), connection.cursor() as cursor:
        scope.give_reason("essai")
        cursor.execute(f'UPDATE "{table}" SET buyer_account_id = %s', [full.other_account.pk])
        assert cursor.rowcount > 0
    with scope.buyer(full.other_account.pk):
        assert count(table) == before


def test_form_saved_after_the_link_ended_does_not_bring_the_account_back(world):
    with scope.tenant(world.ours.tenant.pk):
        opened = Buyer.objects.get(pk=world.ours.buyer.pk)
        assert opened.buyer_account_id == world.account.pk
    with scope.buyer(world.account.pk):
        BuyerLink.objects.update(state="ended")
    with scope.tenant(world.ours.tenant.pk):
        opened.save()
    with scope.buyer(world.account.pk):
        assert count("clauses_buyer") == count("clauses_publiccontract") == 0


def test_link_deleted_ends_what_the_account_sees(world):
    with scope.tenant(world.ours.tenant.pk):
        BuyerLink.objects.all().delete()
    with scope.buyer(world.account.pk):
        assert count("clauses_publiccontract") == count("clauses_lotprogress") == 0


def test_composite_key_beside_every_foreign_key_between_structures(world):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f'"
        )
        definitions = {(table.strip('"'), definition) for table, definition in cursor.fetchall()}
    for model in tenant_models():
        for field in model._meta.local_fields:
            if isinstance(field, models.ForeignKey) and issubclass(field.related_model, TenantModel):
                target = field.related_model._meta.db_table
                key = rf"\(tenant_id, {field.column}\) REFERENCES {target}\(tenant_id, id\)"
                if not field.db_constraint:
                    key = rf"\(tenant_id, [^)]*\b{field.column}\b[^)]*\) REFERENCES \w+\(tenant_id, "
                assert any(t == model._meta.db_table and re.match(f"FOREIGN KEY {key}", d) for t, d in definitions), (
                    model,
                    field.name,
                )


def test_row_cannot_point_at_another_structure(world):
    with pytest.raises(IntegrityError, match="tenant_fk"), scope.tenant(world.ours.tenant.pk):
        Operation.objects.create(name="x", buyer_id=world.theirs.buyer.pk)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_refused_row_is_not_quoted_in_the_error_that_logs_show(world):
    """PostgreSQL keeps values out of its messages where row-level security applies."""
    with pytest.raises(IntegrityError, match="member_unique_user") as refusal, scope.tenant(world.ours.tenant.pk):
        Member.objects.create(user=world.alice, role="reader", name="Personne Secrète", email="x@exemple.test")
    assert "DETAIL" not in str(refusal.value)
    with pytest.raises(IntegrityError, match="not-null") as refusal, scope.tenant(world.ours.tenant.pk):
        Member.objects.create(user=None, role="reader", name="Personne Secrète", email="x@exemple.test")
    assert "Secrète" not in str(refusal.value)


def test_manager_raises_without_scope(world):
    with pytest.raises(scope.ScopeError):
        Operation.objects.count()


def test_scope_restores_what_was_before(world):
    def state() -> tuple:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_user, current_setting('clauseo.tenant', true), current_setting('clauseo.user', true)"
            )
            return cursor.fetchone()

    before = state()
    with scope.tenant(world.ours.tenant.pk, 7):
        inside = state()
        with scope.buyer(world.account.pk):
            assert state()[0] == "clauseo_buyer"
        assert state() == inside
        with pytest.raises(ZeroDivisionError), scope.operator():
            raise ZeroDivisionError
        assert state() == inside
    assert state()[0] == before[0]
    assert scope.current() is None


def test_reason_is_of_its_scope_and_comes_back_after_a_nested_one(world):
    def reason() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('clauseo.why', true)")
            return cursor.fetchone()[0]

    with scope.tenant(world.ours.tenant.pk):
        scope.give_reason("erreur de saisie")
        with scope.tenant(world.ours.tenant.pk):
            assert reason() == ""
            scope.give_reason("autre")
        with scope.none(read_only=True):
            assert reason() == ""
        with pytest.raises(ZeroDivisionError), scope.operator():
            raise ZeroDivisionError
        assert reason() == "erreur de saisie"
        world.ours.lot.title = "Peinture et sols"
        world.ours.lot.save()
    with scope.tenant(world.ours.tenant.pk):
        assert reason() == ""
        assert AuditEntry.objects.filter(table="clauses_lot").latest("pk").why == "erreur de saisie"


def test_read_only_scope_refuses_writes(world):
    reading = scope.tenant(world.ours.tenant.pk, read_only=True)
    with reading, pytest.raises(Exception, match="read-only"), transaction.atomic():
        world.ours.buyer.save()
    with scope.tenant(world.ours.tenant.pk):
        world.ours.buyer.save()


def test_walls_wait_until_every_table_is_there(transactional_db):
    """A partial migration: no error, and nothing is built by halves."""
    with connections["owner"].cursor() as owner:
        owner.execute("ALTER TABLE reporting_bilan RENAME TO elsewhere")
        owner.execute("SELECT clauseo_drop_policies('clauses_lot')")
        try:
            build_walls()
            owner.execute("SELECT count(*) FROM pg_policies WHERE tablename = 'clauses_lot'")
            assert owner.fetchone()[0] == 0
        finally:
            owner.execute("ALTER TABLE elsewhere RENAME TO reporting_bilan")
            build_walls()
        owner.execute("SELECT count(*) FROM pg_policies WHERE tablename = 'clauses_lot'")
        assert owner.fetchone()[0] > 0


def test_every_row_has_words(full):
    """`__str__` is what messages, choices and history show."""
    with scope.tenant(full.ours.tenant.pk):
        words = {model: str(model.objects.order_by("pk").first()) for model in tenant_models() if has_words(model)}
    assert all(text and " object (" not in text for text in words.values())
    assert Member in words


def has_words(model: type[models.Model]) -> bool:
    return model.__str__ is not models.Model.__str__


def test_rows_outside_structures_have_words():
    assert str(BuyerMember(name="Léo")) == "Léo"
    assert str(BuyerAccount(name="Toit")) == "Toit"
    assert str(SignedLink(purpose="tenant_invitation")) == "invitation dans une structure"
    assert str(AuditEntry(action="U", table="clauses_lot", row_id=3)) == "modification clauses_lot 3"
    assert str(OutboxMail(subject="Rappel")) == str(LocalMail(subject="Rappel")) == "Rappel"
    assert str(LoginFailure(at=datetime(2026, 5, 12, 10, 42, tzinfo=UTC))) == "12/05/2026 10:42"
    assert str(User(email="a@exemple.test")) == "a@exemple.test"
