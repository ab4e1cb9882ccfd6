"""``manage.py import_config``: bring in a configuration file, after saying what it changes (LC-60, RP-08)."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.configuration.policy.differences import Difference
from config.configuration.policy.files import MOST_BYTES
from config.configuration.services.imports import Plan, import_configuration, plan_import
from config.lib.errors import DomainError

_SIGNS = {"added": "+", "changed": "~", "removed": "-"}


class Command(BaseCommand):
    help = (
        "Bring in a file that export_config wrote: all of it, or with one fault nothing. Says what it adds, "
        "changes and removes, and asks before it does so. What the file lacks stays, unless --prune is given."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the YAML file; - reads it from standard input")
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")
        parser.add_argument(
            "--prune",
            action="store_true",
            help="remove what a section of the file lacks; sections that aren't in it stay as they are, "
            "people always do",
        )
        parser.add_argument("--yes", action="store_true", help="don't ask")

    def handle(self, *args: Any, **options: Any) -> None:
        file = _read(options["file"])
        try:
            self._run(file, options)
        except DomainError as error:
            raise CommandError(f"{error}\nNothing was changed.") from error

    def _run(self, file: bytes, options: dict[str, Any]) -> None:
        plan = plan_import(file=file, prune=options["prune"])
        for difference in plan.differences:
            self._say(difference)
        if not plan.differences:
            self.stdout.write("Nothing changes.")
            return
        counts = (
            f"{plan.count('added')} added, {plan.count('changed')} changed, {plan.count('removed')} removed"
        )
        if options["dry_run"]:
            self.stdout.write(f"Would be: {counts}. This was a dry run: nothing was changed.")
        elif options["yes"] or self._ask(counts, options["file"]):
            self._import(file, plan, options)
            self.stdout.write(f"Done: {counts}.")

    def _import(self, file: bytes, plan: Plan, options: dict[str, Any]) -> None:
        import_configuration(file=file, shown=plan, by=None, prune=options["prune"])

    def _ask(self, counts: str, name: str) -> bool:
        if name == "-" or not sys.stdin.isatty():
            raise CommandError(f"Would be: {counts}. Nobody is there to ask: add --yes, or --dry-run.")
        if input(f"Will be: {counts}. Do it? [y/N] ").strip().lower() in ("y", "yes"):
            return True
        self.stdout.write("Nothing was changed.")
        return False

    def _say(self, difference: Difference) -> None:
        name = f" “{difference.name}”" if difference.name else ""
        self.stdout.write(f"{_SIGNS[difference.kind]} {difference.section}{name}")
        if difference.kind == "removed":
            return
        for line in difference.lines:
            if difference.kind == "added":
                self.stdout.write(f"    {line.place}: {_show(line.after)}")
            else:
                self.stdout.write(f"    {line.place}: {_show(line.before)} → {_show(line.after)}")


def _show(value: str | None) -> str:
    """On one line, whatever is in it: a terminal would follow what a file's signs tell it."""
    text = "–" if value in (None, "") else str(value)
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)


def _read(name: str) -> bytes:
    try:
        if name == "-":
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        with Path(name).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{name} can't be read: {error.strerror}.") from error
