"""manage.py demo: the whole product in one process, with an example company to try it on."""

from __future__ import annotations

import os
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from config.demo.apps import DemoConfig
from config.demo.beat import BeatThread
from config.demo.claim import claim
from config.demo.greeting import get_shown_host, list_lines
from config.demo.links import list_links
from config.demo.loading import load_demo_data, refuse_other_databases, set_accept_seconds
from config.demo.ports import choose_ports
from config.demo.server import by_port, serve
from config.demo.staticfiles import collect_static
from config.demo.website import Website
from config.lib.errors import DomainError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
# Seconds that the sweep which is running may take to end.
STOP_WITHIN = 1.5


class Command(BaseCommand):
    """A second run finds everything as the first one left it."""

    help = "Runs the whole product with example data in one process. Ctrl-C stops it; the data stay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="The product's port (8000).")
        parser.add_argument(
            "--host", default="127.0.0.1", help="The address to listen on (127.0.0.1: this machine only)."
        )
        parser.add_argument(
            "--accept-seconds",
            type=int,
            help="How long an agent may take to accept a chat, 5 to 600; kept for later runs.",
        )
        parser.add_argument(
            "--without-past",
            action="store_true",
            help="Begin with a company that nobody has chatted with yet; for the first run on a folder.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._with_past = not options["without_past"]
            self._run(options["host"], options["port"], options["accept_seconds"])
        except DomainError as error:
            raise CommandError(str(error)) from None
        except ValidationError as error:
            raise CommandError("--accept-seconds: " + " ".join(error.messages)) from None
        except KeyboardInterrupt:
            raise CommandError("Stopped before it was ready. Start it again at any time.") from None

    def _run(self, host: str, port: int, accept_seconds: int | None) -> None:
        refuse_other_databases()
        if not 1 <= port <= 65_535:
            raise CommandError("--port: a port is a number from 1 to 65535.")
        ports = choose_ports(host, port)
        with claim(Path(settings.DATA_DIR)):
            self._prepare(accept_seconds)
            self._settle_addresses(host, *ports)
            self._serve(host, *ports)

    def _prepare(self, accept_seconds: int | None) -> None:
        self._say("Preparing the database …")
        call_command("migrate", interactive=False, verbosity=0)
        if load_demo_data(with_past=self._with_past):
            self._say("Made the example company" + (" and its past." if self._with_past else "."))
        if accept_seconds is not None:
            set_accept_seconds(accept_seconds)
        call_command("setup", stdout=StringIO())
        if collect_static():
            self._say("Collected the static files.")

    def _settle_addresses(self, host: str, port: int, website_port: int) -> None:
        """The port is an option, so what depends on it can't come from the environment as elsewhere."""
        if "PUBLIC_URL" not in os.environ:
            settings.PUBLIC_URL = f"http://{get_shown_host(host)}:{port}"
        if host in LOOPBACK and "ALLOWED_HOSTS" not in os.environ:
            # A page elsewhere whose name was made to point here must not read the links (DNS rebinding).
            settings.ALLOWED_HOSTS = ["localhost", ".localhost", "127.0.0.1", "[::1]"]
        DemoConfig.website_port = website_port

    def _serve(self, host: str, port: int, website_port: int) -> None:
        # Only now: the middleware looks at the collected files and the settings once, when it is made.
        from config.asgi import application

        self._links = list_links()
        connections.close_all()
        beat = BeatThread()
        beat.start()
        served = serve(
            by_port(website_port, Website(port), application),
            host=host,
            ports=(port, website_port),
            on_ready=lambda: self._show_addresses(host, port, website_port),
        )
        beat.stop(within=STOP_WITHIN)
        if not served:
            raise CommandError(f"Port {port} or {website_port} was taken in the last moment. Try again.")
        self._say("Stopped. The data stay for the next time.")

    def _show_addresses(self, host: str, port: int, website_port: int) -> None:
        shown = get_shown_host(host)
        lines = list_lines(
            product=f"http://{shown}:{port}",
            website=f"http://{shown}:{website_port}",
            links=self._links,
            data_dir=Path(settings.DATA_DIR),
            is_open=host not in LOOPBACK,
        )
        for line in lines:
            self._say(line.text, line.style)

    def _say(self, text: str, style: str = "") -> None:
        paint = getattr(self.style, style) if style else str
        self.stdout.write(paint(text))
        self.stdout.flush()
