"""What a page tells, and what it is told: JSON, as text/plain, so that browsers ask no permission first."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chat.protocol.visitor import Identity, Page

# Bytes of a request's body. The largest that a page may need is half of it.
BODY_LIMIT = 16 * 1024

SessionId = Annotated[str, Meta(min_length=16, max_length=64, pattern=r"^[A-Za-z0-9_-]+\Z")]
Token = Annotated[str, Meta(max_length=400)]


class Visit(msgspec.Struct, frozen=True):
    """A page was loaded, or a single-page app has moved. Members that aren't known are passed over, so that a
    snippet which is newer than the server works too. ``language`` is the browser's, ``ui`` the chat's own.
    """

    session: SessionId
    token: Token = ""
    page: Page = Page()
    language: Annotated[str, Meta(max_length=35)] = ""
    ui: Annotated[str, Meta(max_length=35)] = ""
    time_zone: Annotated[str, Meta(max_length=64)] = ""
    device: Literal["", "desktop", "mobile", "tablet"] = ""
    attributes: dict[str, str] = {}
    identity: Identity = ""


class ShownNow(msgspec.Struct, frozen=True):
    """A dialogue's events have happened, so it is shown; ``version`` is the ``id`` in the visit's reply."""

    session: SessionId
    version: Annotated[str, Meta(max_length=60)]
    token: Token = ""
    page: Page = Page()


class DialogueDue(msgspec.Struct, frozen=True):
    """The dialogue that is due on the page; it is shown once its ``events`` have happened, each "more than".

    ``id`` names the version: its dialogue's id, a dot, and a number. ``poke`` is empty where none is wanted.
    """

    id: str
    name: str
    kind: str
    language: str
    poke: str
    events: dict[str, int]


class FlowHere(msgspec.Struct, frozen=True):
    """A flow that can be started on the page, and by what."""

    slug: str
    start_on: str
    selector: str
    look: str


class Reply(msgspec.Struct, frozen=True):
    """What there is for this visitor on this page. ``conversation``: one that runs, or one to read.

    ``words`` are those of the button, in the chat's language.
    """

    dialogue: DialogueDue | None = None
    conversation: bool = False
    flows: tuple[FlowHere, ...] = ()
    words: tuple[str, ...] = ()


class Refusal(msgspec.Struct, frozen=True):
    """Why a request wasn't taken."""

    code: str


decode_visit = msgspec.json.Decoder(Visit).decode
decode_shown = msgspec.json.Decoder(ShownNow).decode
encode = msgspec.json.Encoder().encode
