from typing import Any


class OwnerMigrates:
    """Only the owner's connection changes the schema: `manage.py migrate --database owner` (Makefile, conftest)."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return "default"

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return "default"
