"""Builds the walls in the database after each migration, as the owner, from the registry of models. Idempotent.

For every model of ours: row-level security enabled and forced, one policy and its GRANTs per scope that the model
names, nothing for the others; for every model with a tenant: UNIQUE (tenant_id, id), and beside each foreign key to
another such model a composite one, so that a row of one structure cannot point at another's; audit triggers.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connections, models

from tenants.models.base import TenantModel
from tenants.scope import ROLE_PREFIX
from tenants.walls.access import SCOPES, Access

OUR_APPS = ("tenants", "contractors", "clauses", "beneficiaries", "reporting")
# Tables of Django itself that the application's scopes need. Sessions are read and written before any scope is known.
DJANGO_TABLES: dict[str, dict[str, str]] = {
    "django_session": {"none": "SELECT, INSERT, UPDATE, DELETE"},
    "django_content_type": {},
    "auth_permission": {},
    "auth_group": {},
    "auth_group_permissions": {},
    "django_migrations": {"none": "SELECT"},
}
FUNCTIONS = Path(__file__).with_name("functions.sql")


def our_models() -> list[type[models.Model]]:
    return [model for label in OUR_APPS for model in apps.get_app_config(label).get_models()]


def tenant_models() -> list[type[TenantModel]]:
    return [model for model in our_models() if issubclass(model, TenantModel)]


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _command_policies(access: Access) -> Iterable[tuple[str, str]]:
    """(command, clauses) pairs; a policy per command, since SELECT takes no CHECK and INSERT no USING."""
    check = access.check or access.rows
    granted = re.sub(r"\([^)]*\)", "", access.privileges)
    for command in (part.strip() for part in granted.split(",")):
        using = f"USING ({access.rows})"
        inserted = f"WITH CHECK ({access.added or check})"
        changed = f"{using} WITH CHECK ({check})"
        yield command, {"SELECT": using, "DELETE": using, "INSERT": inserted}.get(command, changed)


def table_wall(model: type[models.Model]) -> list[str]:
    """SQL of one table's row-level security and grants."""
    table = quoted(model._meta.db_table)
    # Every model of ours declares it (test).
    access: dict[str, Access] = model.access  # type: ignore[attr-defined]
    statements = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"SELECT clauseo_drop_policies('{model._meta.db_table}')",
        f"CREATE POLICY owner_all ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)",
        f"REVOKE ALL ON {table} FROM PUBLIC, {', '.join(ROLE_PREFIX + scope for scope in SCOPES)}",
    ]
    for scope, granted in access.items():
        role = ROLE_PREFIX + scope
        statements.append(f"GRANT {granted.privileges} ON {table} TO {role}")
        for command, clauses in _command_policies(granted):
            statements.append(f"CREATE POLICY {scope}_{command.lower()} ON {table} FOR {command} TO {role} {clauses}")
    return statements


def composite_keys(model: type[TenantModel]) -> list[str]:
    """SQL of a model's composite keys (wall three); constraints that exist already are left as they are."""
    table = model._meta.db_table
    statements = [
        f"SELECT clauseo_add_constraint('{table}', '{table[:40]}_tenant_id_id_key', 'UNIQUE (tenant_id, id)')",
    ]
    for field in model._meta.local_fields:
        target = field.related_model
        if (
            not isinstance(field, models.ForeignKey)
            or not isinstance(target, type)
            or not issubclass(target, TenantModel)
            # Held by a wider composite key of a migration, which a test asks for.
            or not field.db_constraint  # type: ignore[attr-defined]  # missing from the stubs
        ):
            continue
        # SET NULL by the database is not used: Django nulls the plain column, deferred checks come at commit.
        points_at = f"{quoted(target._meta.db_table)} (tenant_id, id) DEFERRABLE INITIALLY DEFERRED"
        statements.append(
            f"SELECT clauseo_add_constraint('{table}', '{table[:30]}_{field.column[:22]}_tenant_fk',"
            f" 'FOREIGN KEY (tenant_id, {quoted(field.column)}) REFERENCES {points_at}')"
        )
    return statements


def audit_triggers(model: type[TenantModel]) -> list[str]:
    return [f"SELECT clauseo_audit_table('{model._meta.db_table}', {'true' if model.audited else 'false'})"]


def wall_statements() -> list[str]:
    statements = [FUNCTIONS.read_text()]
    for table, grants in DJANGO_TABLES.items():
        roles = ", ".join(ROLE_PREFIX + scope for scope in SCOPES)
        statements.append(f"REVOKE ALL ON {quoted(table)} FROM PUBLIC, {roles}")
        statements += [f"GRANT {grant} ON {quoted(table)} TO {ROLE_PREFIX}{scope}" for scope, grant in grants.items()]
    models_with_tenant = tenant_models()
    # Every (tenant_id, id) must be unique before any composite key can point at it.
    statements += [composite_keys(model)[0] for model in models_with_tenant]
    for model in our_models():
        statements += table_wall(model)
    for model in models_with_tenant:
        statements += composite_keys(model)[1:] + audit_triggers(model)
    return statements


def build_walls(using: str = "owner", **kwargs: Any) -> None:
    """Receiver of post_migrate; does nothing while an app's tables are not all there (a partial migration)."""
    with connections[using].cursor() as cursor:
        existing = set(connections[using].introspection.table_names(cursor))
        if not {model._meta.db_table for model in our_models()} <= existing:
            return
        cursor.execute(";\n".join(wall_statements()))
