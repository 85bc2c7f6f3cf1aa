"""Web and workers refuse to run with a database login that row-level security does not hold.

Called when they start (config/wsgi.py, config/celery.py) and again before the first scope of each process, in case the
database did not answer at the start.
"""

import logging
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connections

from lib.numbers import NNBSP

logger = logging.getLogger(__name__)

_FACTS = """
SELECT rolname, rolsuper, rolbypassrls,
  EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
          AND pg_has_role(session_user, c.relowner, 'MEMBER'))
  OR EXISTS (SELECT FROM pg_database WHERE datname = current_database() AND pg_has_role(session_user, datdba, 'MEMBER'))
FROM pg_roles WHERE rolname = session_user
"""
_verified = False


@dataclass(frozen=True)
class Login:
    name: str
    is_superuser: bool
    bypasses_rls: bool
    owns_tables: bool

    def fault(self) -> str:
        """Why it may not serve, in French; empty when it may."""
        reasons = {
            "est superutilisateur": self.is_superuser,
            "passe outre les règles d'accès aux lignes (BYPASSRLS)": self.bypasses_rls,
            "possède la base ou ses tables, ou peut prendre le rôle qui les possède": self.owns_tables,
        }
        found = next((reason for reason, holds in reasons.items() if holds), "")
        return f"le rôle de base de données «\u202f{self.name}\u202f» {found}" if found else ""


def read_login(connection: Any) -> Login:
    with connection.cursor() as cursor:
        cursor.execute(_FACTS)
        return Login(*cursor.fetchone())


def verify_login() -> None:
    """Raises ImproperlyConfigured; asks the database once per process."""
    global _verified
    if _verified:
        return
    if fault := read_login(connections["default"]).fault():
        raise ImproperlyConfigured(
            f"Clauséo refuse de démarrer{NNBSP}: {fault}. "
            "DATABASE_URL doit porter le rôle de l'application, clauseo_app (deploy/roles.sql)."
        )
    _verified = True


def refuse_unsafe_start() -> None:
    """For web and workers, at their start. Raises ImproperlyConfigured."""
    if settings.SERVES_WITHOUT_OWNER and "owner" in settings.DATABASES:
        raise ImproperlyConfigured(
            f"Clauséo refuse de démarrer{NNBSP}: DATABASE_OWNER_URL est donnée. Le propriétaire des tables sert aux "
            f"migrations et aux sauvegardes{NNBSP}; retirez cette variable de l'environnement du web et des workers."
        )
    try:
        verify_login()
    except OperationalError:
        logger.warning("Database unreachable: its login will be verified before it is first used")
    finally:
        # Opened before gunicorn or Celery fork, a connection would be shared by their children.
        connections["default"].close()
