"""Who acts for whom: the database scope of every request, task and command.

A scope is a PostgreSQL role and a few settings, both local to the transaction, entered in one round trip and put back
on the way out. Row-level security (tenants/walls) reads them; without a scope the application's login sees nothing.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connection, transaction

from tenants.startup import verify_login

ROLE_PREFIX = "clauseo_"


class ScopeError(RuntimeError):
    """A tenant's rows were asked for outside any scope, or from one that has no right to them."""


@dataclass(frozen=True)
class Scope:
    """`kind` names the database role; the ids are those that the policies compare."""

    kind: str
    tenant_id: int | None = None
    account_id: int | None = None
    user_id: int | None = None


Entered = AbstractContextManager[Scope]
NONE = Scope("none")
_current: ContextVar[Scope | None] = ContextVar("clauseo_scope", default=None)
_why: ContextVar[str] = ContextVar("clauseo_why", default="")

_SET = (
    "SELECT set_config('role', %s, true), set_config('clauseo.tenant', %s, true),"
    " set_config('clauseo.buyer_account', %s, true), set_config('clauseo.user', %s, true),"
    " set_config('clauseo.why', %s, true)"
)


def current() -> Scope | None:
    return _current.get()


def current_tenant_id() -> int:
    scope = _current.get()
    if scope is None or scope.tenant_id is None:
        raise ScopeError("Aucune structure n'est ouverte\u202f: entrez dans scope.tenant(…).")
    return scope.tenant_id


def _apply(scope: Scope | None, why: str = "", *, read_only: bool = False) -> None:
    values = [
        "none" if scope is None else ROLE_PREFIX + scope.kind,
        *(
            "" if scope is None or value is None else str(value)
            for value in (
                scope and scope.tenant_id,
                scope and scope.account_id,
                scope and scope.user_id,
            )
        ),
        why,
    ]
    statement = _SET + (", set_config('transaction_read_only', 'on', true)" if read_only else "")
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@contextmanager
def enter(scope: Scope, *, read_only: bool = False, consistent: bool = False) -> Iterator[Scope]:
    """Enter `scope` for the length of the block, in a transaction of its own or a savepoint of the one that is open.

    `consistent`: every statement reads the same state of the database (only where no transaction is open yet).

    The end of a transaction of its own, or an exception, puts role and settings back by itself. `read_only` refuses
    every write and always rolls back: nothing that a GET did can stay.
    """
    previous, why = _current.get(), _why.get()
    outermost = not connection.in_atomic_block
    verify_login()
    with transaction.atomic():
        if consistent and outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        _apply(scope, read_only=read_only)
        entered, reasoned = _current.set(scope), _why.set("")
        try:
            yield scope
        finally:
            _current.reset(entered)
            _why.reset(reasoned)
        if read_only:
            transaction.set_rollback(True)
        elif not (outermost or connection.needs_rollback):
            _apply(previous, why)


def none(*, read_only: bool = False) -> Entered:
    return enter(NONE, read_only=read_only)


def user(user_id: int, *, read_only: bool = False) -> Entered:
    return enter(Scope("user", user_id=user_id), read_only=read_only)


def tenant(tenant_id: int, user_id: int | None = None, *, read_only: bool = False, consistent: bool = False) -> Entered:
    return enter(Scope("tenant", tenant_id=tenant_id, user_id=user_id), read_only=read_only, consistent=consistent)


def buyer(account_id: int, user_id: int | None = None, *, read_only: bool = False) -> Entered:
    return enter(Scope("buyer", account_id=account_id, user_id=user_id), read_only=read_only)


def operator(user_id: int | None = None, *, read_only: bool = False) -> Entered:
    return enter(Scope("operator", user_id=user_id), read_only=read_only)


def worker() -> Entered:
    return enter(Scope("worker"))


def give_reason(why: str) -> None:
    """Write `why` beside every change made in this scope from here on (audit, reopening of hours)."""
    if _current.get() is None:
        raise ScopeError("Un motif n'a de sens que dans une portée ouverte.")
    _why.set(why)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('clauseo.why', %s, true)", [why])
