"""``manage.py export_config``: the whole configuration as YAML (LC-60, RP-08)."""

import os
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.configuration.policy.files import write_file
from config.configuration.selectors.export import read_configuration


class Command(BaseCommand):
    help = (
        "Write the whole configuration as YAML: settings, profiles, people's hours, teams, rules, accounts, "
        "canned replies, dialogues and flows. No secret, no visitor and no lead is in it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--output", metavar="FILE", help="where to; without it, to the terminal")

    def handle(self, *args: Any, **options: Any) -> None:
        written = write_file(read_configuration())
        if not options["output"]:
            sys.stdout.buffer.write(written.encode())
            sys.stdout.flush()
            return
        _write_whole(Path(options["output"]), written)
        self.stderr.write(f"Written to {options['output']}.")


def _write_whole(path: Path, text: str) -> None:
    """Half a file would be taken for a smaller configuration."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise CommandError(f"{path} can't be written: {error.strerror}.") from error
