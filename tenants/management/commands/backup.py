from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.services import backups
from tenants.services.backup_archive import BackupError


class Command(BaseCommand):
    # Also for an installation that is in trouble.
    requires_system_checks = []
    help = "Enregistre la base et les documents dans un fichier, sans les clés des documents."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            manifest = backups.save(file)
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Sauvegarde écrite : {file} (documents : {len(manifest.documents)}, octets : {file.stat().st_size})."
        )
        self.stdout.write(
            "Elle ne contient pas les clés des documents (CLAUSEO_DOCUMENT_KEYS, ou secrets.env du dossier de "
            "données) : gardez-les ailleurs, sans elles les documents sont illisibles."
        )
