"""docs/protocol.md says what the code does, and each of its examples is read by the server's own decoders."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.core.management import CommandError, call_command

import chat.errors
import chat.streams.errors
import routing.errors
from agents.consumers import AgentSocket
from chat.consumers import VisitorSocket
from chat.delivery import writer
from chat.delivery.close_codes import CloseCode
from chat.management.commands import protocol_document
from chat.protocol.agent import AgentServerFrame
from chat.protocol.document import list_frames, write_document
from chat.protocol.examples import EXAMPLES
from chat.protocol.visitor import VisitorClientFrame, VisitorServerFrame
from chat.services.documents import DocumentNotShown
from chat.services.live_chats import VisitorWrote
from chat.services.mentions import MentionRefused, MentionsTooMany
from config.lib.errors import ConflictError, DomainError, NotAllowed
from tests.meta.source_tree import ROOT, list_files

pytestmark = pytest.mark.req("DL-09")

DOCUMENT = ROOT / "docs" / "protocol.md"
TO_VISITOR = msgspec.json.Decoder(VisitorServerFrame)
TO_AGENT = msgspec.json.Decoder(AgentServerFrame)
# Each direction's decoders: what both sockets share is read by both.
DECODERS: dict[tuple[str, str], list[msgspec.json.Decoder[Any]]] = {
    ("Frames of both sockets", "To the server"): [VisitorSocket.decoder, AgentSocket.decoder],
    ("Frames of both sockets", "To the client"): [TO_VISITOR, TO_AGENT],
    ("The visitor's socket", "From the visitor"): [VisitorSocket.decoder],
    ("The visitor's socket", "To the visitor"): [TO_VISITOR],
    ("The agent's socket", "From the agent"): [AgentSocket.decoder],
    ("The agent's socket", "To the agent"): [TO_AGENT],
}


def list_sections() -> dict[tuple[str, str], str]:
    """The text under each heading of the second and third level, by both."""
    sections: dict[tuple[str, str], str] = {}
    chapter = section = ""
    for line in DOCUMENT.read_text().splitlines():
        if line.startswith("## "):
            chapter, section = line.removeprefix("## "), ""
        elif line.startswith("### "):
            section = line.removeprefix("### ")
        sections[chapter, section] = sections.get((chapter, section), "") + line + "\n"
    return sections


def list_examples(section: str) -> list[tuple[str, str]]:
    """The frames of a section: the name in the heading, and the JSON under it."""
    return re.findall(r"^#### `(\w+)`$.*?^```json\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


def test_document_says_what_the_code_says() -> None:
    call_command("protocol_document", check=True)


def test_outdated_document_is_noticed_and_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "protocol.md"
    monkeypatch.setattr(protocol_document, "PATH", page)
    page.write_text(DOCUMENT.read_text().replace("4429", "4430"))
    with pytest.raises(CommandError, match="out of date"):
        call_command("protocol_document", check=True)
    call_command("protocol_document")
    assert page.read_text() == DOCUMENT.read_text()
    assert "up to date" in capsys.readouterr().out


@pytest.mark.parametrize("direction", DECODERS)
def test_every_example_is_read_by_the_decoders_of_its_direction(direction: tuple[str, str]) -> None:
    examples = list_examples(list_sections()[direction])
    assert examples
    for name, text in examples:
        for decoder in DECODERS[direction]:
            frame = decoder.decode(text)
            assert json_of(frame)["type"] == name
            assert frame == EXAMPLES[type(frame)]


def json_of(frame: msgspec.Struct) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(frame)
    return plain


@pytest.mark.parametrize("union", [VisitorClientFrame, VisitorServerFrame, AgentServerFrame])
def test_every_frame_is_in_the_document(union: Any) -> None:
    told = {name for section in list_sections().values() for name, _text in list_examples(section)}
    assert {str(json_of(EXAMPLES[frame])["type"]) for frame in list_frames(union)} <= told


def test_member_that_the_document_does_not_name_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        VisitorSocket.decoder.decode('{"type": "cancel", "conversation": "x", "reason": "y"}')


def test_every_close_code_is_in_the_document() -> None:
    text = DOCUMENT.read_text()
    assert [code for code in CloseCode if f"| {code.value} | {code.meaning} |" not in text] == []


# Refusals that are not with the others: of what every app may say, and of one service alone.
BESIDE = (
    writer.Busy,
    ConflictError,
    NotAllowed,
    DocumentNotShown,
    MentionRefused,
    MentionsTooMany,
    VisitorWrote,
)


def list_error_codes() -> set[str]:
    """Every code that a client can get: those of the sockets, and those of what is refused to both sides."""
    found = {
        code
        for path in list_files("chat/delivery", "chat", "agents")
        if path.parent.name == "delivery" or path.stem.endswith(("socket", "consumers"))
        for code in re.findall(r'\bError\(\s*"(\w+)"', path.read_text())
    }
    for path in list_files("chat/streams"):
        if path.stem in {"answers", "question", "capture"}:
            found |= set(re.findall(r'code="(\w+)"', path.read_text()))
    return found | {refusal.code for refusal in list_refusals()}


def list_refusals() -> list[type[DomainError]]:
    named = [
        refusal
        for module in (chat.errors, chat.streams.errors, routing.errors)
        for refusal in vars(module).values()
        if isinstance(refusal, type) and refusal.__module__ == module.__name__
    ]
    # Not sent: a stream is read in the admin, and a settled offer is answered by `offer_settled`.
    unsent = {chat.streams.errors.StreamInvalid, routing.errors.OfferGone}
    return [*(each for each in named if each not in unsent), *BESIDE]


def test_every_error_code_is_in_the_document_and_no_other() -> None:
    errors = list_sections()["A client, step by step", "10. Errors"]
    rows = [line for line in errors.splitlines() if line.startswith("| `") and "| What" not in line]
    told = {code for row in rows for code in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert told == list_error_codes()


def test_every_notice_is_in_the_document() -> None:
    code = "\n".join(path.read_text() for path in list_files("chat/services"))
    written = set(re.findall(r'say_notice\(conversation, "(\w+)"', code))
    showing = list_sections()["A client, step by step", "2. Showing a conversation"]
    assert written
    assert {notice for notice in written if f"`{notice}`" not in showing} == set()


def test_limit_that_nobody_gives_is_noticed() -> None:
    with pytest.raises(KeyError):
        write_document({})
