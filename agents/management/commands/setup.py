"""manage.py setup: what a new installation needs besides its tables."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from agents.errors import PermissionsMissing
from agents.services.profiles import setup_profiles
from config.installation.models import Installation
from config.installation.selectors import get_installation


class Command(BaseCommand):
    """Repeatable: what is there already is left as it is (LC-06)."""

    help = "Makes the permission profiles and the settings of a new installation. Run it after migrate."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be made.")

    def handle(self, *args: Any, **options: Any) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError(str(PermissionsMissing()))
        with transaction.atomic():
            made = self._make()
            transaction.set_rollback(options["dry_run"])
        for line in made or ["Nothing to do: everything is there already."]:
            self.stdout.write(f"Would make {line}." if made and options["dry_run"] else line)

    def _make(self) -> list[str]:
        made = [f"permission profile “{name}”" for name in setup_profiles()]
        if not Installation.objects.exists():
            get_installation()
            made.append("settings and limits, with their defaults")
        return made
