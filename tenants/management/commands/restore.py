from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.services import backups
from tenants.services.backup_archive import BackupError


class Command(BaseCommand):
    # Also for an installation that is in trouble.
    requires_system_checks = []
    help = "Remet en place une sauvegarde, dans une installation vide ou à la place de ses données."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="remplace les données de cette installation")

    def handle(self, *args: Any, file: Path, replace: bool, **options: Any) -> None:
        try:
            manifest, missing_keys = backups.restore(file, replace=replace)
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Sauvegarde du {manifest.created_at} restaurée (documents : {len(manifest.documents)}).")
        if missing_keys:
            self.stderr.write(
                "Ses documents sont chiffrés par une clé que cette installation n'a pas : ajoutez-la à la fin de "
                "CLAUSEO_DOCUMENT_KEYS pour pouvoir les lire."
            )
