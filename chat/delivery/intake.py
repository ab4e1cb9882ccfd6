"""From what a client sent to a typed frame, or to an error frame that says what is wrong with it (DL-07)."""

from __future__ import annotations

import re

import msgspec
from django.utils.translation import gettext as _

from chat.protocol.shared import Error

# Bytes of UTF-8.
MAX_FRAME = 16 * 1024
# What the server before us must let through. Daphne has one limit for both directions, and closes a socket
# that is sent more: what was missed of a long chat, or an inbox of ten, is far larger than what clients send.
SERVER_LIMIT = 1024 * 1024

# msgspec's two ways to name a member: by path at the end, or
# in backticks where the member itself is missing or unknown.
_PATH = re.compile(r" - at (?:`key` in )?`\$\.?([^`]*)`$")
_MEMBER = re.compile(r"(?:missing required|contains unknown) field `([^`]+)`")


class _Reference(msgspec.Struct):
    client_id: str | None = None


_reference = msgspec.json.Decoder(_Reference)


class BadFrame(Exception):
    """The frame was refused; `error` says why."""

    def __init__(self, error: Error) -> None:
        super().__init__(error.code)
        self.error = error


def read_frame(decoder: msgspec.json.Decoder[msgspec.Struct], text: str | None) -> msgspec.Struct:
    """One frame of the decoder's union. `text` is None for a binary frame. Raises BadFrame."""
    if text is None:
        raise BadFrame(Error("binary_frame", _("Frames must be text.")))
    if _is_too_big(text):
        raise BadFrame(Error("frame_too_big", _("This is too long to send at once.")))
    try:
        return decoder.decode(text)
    except msgspec.ValidationError as error:
        raise BadFrame(_explain(str(error), text)) from error
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        raise BadFrame(Error("bad_json", _("The frame isn't valid JSON."))) from error


def _is_too_big(text: str) -> bool:
    # Counting characters is free; only a frame that could be too big in UTF-8 is encoded to see.
    return len(text) > MAX_FRAME or (
        len(text) * 4 > MAX_FRAME and len(text.encode("utf-8", "replace")) > MAX_FRAME
    )


def _explain(problem: str, text: str) -> Error:
    field = _field(problem)
    if field == "type":
        return Error("unknown_type", _("There is no frame of this type."), field, _client_id(text))
    if not field:
        return Error("bad_frame", _("A frame is a JSON object."))
    return Error(
        "bad_field", _("“%(field)s” is missing or not valid.") % {"field": field}, field, _client_id(text)
    )


def _field(problem: str) -> str:
    path = _PATH.search(problem)
    member = _MEMBER.search(problem)
    parts = [path.group(1) if path else "", member.group(1) if member else ""]
    return ".".join(part for part in parts if part)[:100]


def _client_id(text: str) -> str | None:
    """The refused frame's own id, so that the client knows which of its messages it was."""
    try:
        client_id = _reference.decode(text).client_id
    except (msgspec.DecodeError, RecursionError):
        return None
    return client_id[:100] if client_id else None
