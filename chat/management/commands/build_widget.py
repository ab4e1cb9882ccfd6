"""``manage.py build_widget``: write what the widget's sources become, with short names."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from chat.widget import BUILT, ENTRIES, join_part, make_head
from chat.widget_compaction import compact


class Command(BaseCommand):
    help = "Write chat/widget_built from the widget's sources. Needs the developers' packages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="Write nothing; fail where it is not up to date."
        )

    def handle(self, *args: Any, check: bool = False, **options: Any) -> None:
        for part in ENTRIES:
            built = BUILT / f"{part}.js"
            code = build(part)
            if not check:
                built.write_text(code, encoding="utf-8")
            elif not built.exists() or built.read_text(encoding="utf-8") != code:
                raise CommandError(f"{built.name} is not what its sources say: run manage.py build_widget.")


def build(part: str) -> str:
    """Return a part as it is committed: a line that names its sources, and the script."""
    # Only developers have it: a running server needs what was written, not the writer.
    import minify  # type: ignore[import-not-found, import-untyped, unused-ignore]

    source = join_part(part)
    # Compacted first: style sheets in templates are only understood there.
    code: str = minify.string("application/javascript", compact(source))
    return f"{make_head(source)}\n{code}\n"
