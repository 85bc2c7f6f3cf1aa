"""What each scope's role may do with a model's table: declared on the model, turned into GRANTs and policies."""

from dataclasses import dataclass

SCOPES = ("none", "user", "tenant", "buyer", "operator", "worker")


def setting(name: str) -> str:
    """SQL of a scope's setting as a bigint. The sub-select is evaluated once a statement, not once a row."""
    return f"(SELECT nullif(current_setting('clauseo.{name}', true), '')::bigint)"


TENANT_ROWS = f"tenant_id = {setting('tenant')}"
BUYER_ROWS = f"buyer_account_id = {setting('buyer_account')}"
ACCOUNT_ROWS = f"account_id = {setting('buyer_account')}"
NO_TENANT_ROWS = "tenant_id IS NULL"
ALL_ROWS = "true"


@dataclass(frozen=True)
class Access:
    """`privileges` as in GRANT (columns allowed: ``SELECT (id, name)``); `rows` and `check` are SQL predicates.

    `check` bears on rows written, by default the same as `rows`; `added` on rows inserted, by default that same check.
    """

    privileges: str
    rows: str
    check: str | None = None
    added: str | None = None


EVERYTHING = "SELECT, INSERT, UPDATE, DELETE"
MEMBERS_WRITE = Access(EVERYTHING, TENANT_ROWS)
MEMBERS_READ = Access("SELECT", TENANT_ROWS)
BUYER_READS = Access("SELECT", BUYER_ROWS)
