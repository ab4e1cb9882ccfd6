"""manage.py protocol_document: the page about the wire protocol, written from the code."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from agents.services import presence
from chat.delivery import intake, outbox
from chat.delivery.close_codes import CloseCode
from chat.delivery.socket import FrameSocket
from chat.polling import app as polling
from chat.polling import exchange
from chat.protocol.document import write_document
from chat.selectors.messages import PAGE
from chat.services.visitors import TOKEN_LIFE
from routing.services.requests import DELIVER_WITHIN

PATH = Path(settings.BASE_DIR) / "docs" / "protocol.md"


class Command(BaseCommand):
    """Writes the document anew, or checks that it says what the code says (DL-09)."""

    help = (
        "Writes docs/protocol.md from the frame types. Run it when a frame, a limit or a close code changes."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="Only say whether the document is up to date."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        text = get_document()
        if options["check"]:
            if not PATH.is_file() or PATH.read_text(encoding="utf-8") != text:
                raise CommandError("docs/protocol.md is out of date. Run: manage.py protocol_document")
            return
        PATH.parent.mkdir(exist_ok=True)
        PATH.write_text(text, encoding="utf-8")
        self.stdout.write("docs/protocol.md is up to date.")


def get_document() -> str:
    """Return the document as the code has it now."""
    return write_document({**_get_socket_limits(), **_get_other_limits(), "close_codes": _list_close_codes()})


def _get_socket_limits() -> dict[str, str]:
    youngest, oldest = FrameSocket.max_age
    numbers = {
        "hello_within": FrameSocket.hello_within,
        "idle_after": FrameSocket.idle_after,
        "frame_rate": FrameSocket.frame_rate,
        "frame_burst": FrameSocket.frame_burst,
        "flood_rate": FrameSocket.flood_rate,
        "flood_burst": FrameSocket.flood_burst,
    }
    named = {name: f"{number:,g}" for name, number in numbers.items()}
    return {**named, "max_age": f"{youngest / 3600:g} to {oldest / 3600:g}"}


def _get_other_limits() -> dict[str, str]:
    numbers = {
        "max_frame": intake.MAX_FRAME,
        "soft_frames": outbox.SOFT_FRAMES,
        "soft_bytes": outbox.SOFT_BYTES,
        "hard_factor": outbox.HARD_FACTOR,
        "marks_kept": outbox.MARKS_KEPT,
        "patience": int(outbox.PATIENCE),
        "page": PAGE,
        "token_days": TOKEN_LIFE.days,
        "deliver_within": int(DELIVER_WITHIN.total_seconds()),
        "poll_wait": int(exchange.WAIT),
        "poll_frames": exchange.MOST_FRAMES,
        "poll_bytes": polling.BODY_LIMIT,
        "presence": int(presence.LIFETIME.total_seconds()),
        "presence_grace": int(presence.GRACE.total_seconds()),
    }
    return {name: f"{number:,}" for name, number in numbers.items()}


def _list_close_codes() -> str:
    rows = [f"| {code.value} | {code.meaning} | {'yes' if code.may_retry else 'no'} |" for code in CloseCode]
    return "\n".join(["| Code | Meaning | Reconnect |", "| --- | --- | --- |", *rows])
