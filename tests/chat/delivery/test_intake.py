"""A bad frame is answered with what is wrong with it."""

from __future__ import annotations

import msgspec
import pytest

from chat.delivery.intake import MAX_FRAME, BadFrame, read_frame
from chat.protocol.shared import Error, Ping


class Address(msgspec.Struct, frozen=True):
    city: str


class Say(msgspec.Struct, frozen=True, tag_field="type", tag="say", forbid_unknown_fields=True):
    text: str
    client_id: str = ""
    address: Address | None = None


decoder: msgspec.json.Decoder[Say | Ping] = msgspec.json.Decoder(Say | Ping)


def refusal(text: str | None) -> Error:
    with pytest.raises(BadFrame) as refused:
        read_frame(decoder, text)  # type: ignore[arg-type]
    return refused.value.error


@pytest.mark.req("DL-07")
@pytest.mark.parametrize(
    ("text", "code", "field"),
    [
        ('{"type":"say","text":1}', "bad_field", "text"),
        ('{"type":"say"}', "bad_field", "text"),
        ('{"type":"say","text":"a","colour":1}', "bad_field", "colour"),
        ('{"type":"say","text":"a","address":{"city":null}}', "bad_field", "address.city"),
        ('{"type":"say","text":"a","address":{}}', "bad_field", "address.city"),
        ('{"type":"ping","mark":1}', "bad_field", "mark"),
        ('{"type":"shout"}', "unknown_type", "type"),
        ('{"type":7}', "unknown_type", "type"),
        ('{"text":"a"}', "unknown_type", "type"),
        ("7", "bad_frame", None),
        ("[]", "bad_frame", None),
        ("null", "bad_frame", None),
        ('{"type":', "bad_json", None),
        ("", "bad_json", None),
        ('{"type":"ping","x":' + "[" * 16_000, "bad_json", None),
        ('{"type":"no","x":' + "[" * 16_000, "unknown_type", "type"),
        ('{"type":"say","text":"\ud800"}', "bad_json", None),
        (None, "binary_frame", None),
        ("x" * (MAX_FRAME + 1), "frame_too_big", None),
        ("å" * (MAX_FRAME // 2 + 1), "frame_too_big", None),
    ],
)
def test_a_bad_frame_is_told_its_code_and_the_field(text: str | None, code: str, field: str | None) -> None:
    error = refusal(text)
    assert (error.code, error.field) == (code, field)
    assert error.text


@pytest.mark.req("DL-07")
def test_a_refusal_names_the_clients_own_id_of_the_frame() -> None:
    assert refusal('{"type":"say","text":1,"client_id":"m-1"}').client_id == "m-1"
    assert refusal('{"type":"say","text":1,"client_id":[]}').client_id is None


@pytest.mark.req("DL-07")
def test_the_largest_frame_is_taken_whole() -> None:
    frame = '{"type":"say","text":"%s"}'
    text = frame % ("a" * (MAX_FRAME - len(frame) + 2))
    assert len(text) == MAX_FRAME
    assert read_frame(decoder, text) == Say(text="a" * (MAX_FRAME - len(frame) + 2))  # type: ignore[arg-type]
