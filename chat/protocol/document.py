"""The wire protocol as a document, written from the frame types: code and document can't differ (DL-09).

What to do with the frames is told in ``narrative.md`` beside this module; its ``$names`` are filled in here.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Template
from typing import Any, get_args

import msgspec
from msgspec import inspect as shapes

from chat.protocol import PROTOCOL_VERSION
from chat.protocol.agent import AgentClientFrame, AgentServerFrame
from chat.protocol.examples import EXAMPLES, FORMATTED
from chat.protocol.visitor import VisitorClientFrame, VisitorServerFrame

NARRATIVE = Path(__file__).with_name("narrative.md")
# Characters of a line of JSON.
WIDTH = 96

_SPEC_IDS = re.compile(r"\s*\((?:[A-Z]{1,2}-?\d+(?:, | to )?)+\)")
_MEMBER = re.compile(r"^    (\w+): ")

Frames = tuple[type[msgspec.Struct], ...]


def write_document(facts: Mapping[str, str]) -> str:
    """Return the whole document; ``facts`` are the limits and tables that only outer layers know.

    Raises KeyError for a name in the narrative that nobody gives.
    """
    text = Template(NARRATIVE.read_text(encoding="utf-8")).substitute(
        facts,
        version=PROTOCOL_VERSION,
        parts=_write_parts(),
        formatted=_write_formatted(),
        **_write_directions(),
    )
    return text.rstrip() + "\n"


def list_frames(union: Any) -> Frames:
    """Return the frame types of one direction, in the order of the union."""
    found: Frames = get_args(union)
    return found


def _write_directions() -> dict[str, str]:
    """The frames by who sends them; what both sockets have in common is told once."""
    to_server = list_frames(VisitorClientFrame), list_frames(AgentClientFrame)
    to_client = list_frames(VisitorServerFrame), list_frames(AgentServerFrame)
    return {
        "shared_client": _write_frames(_both(*to_server)),
        "shared_server": _write_frames(_both(*to_client)),
        "visitor_client": _write_frames(_without(*to_server)),
        "visitor_server": _write_frames(_without(*to_client)),
        "agent_client": _write_frames(_without(*reversed(to_server))),
        "agent_server": _write_frames(_without(*reversed(to_client))),
    }


def _both(one: Frames, other: Frames) -> Frames:
    return tuple(frame for frame in one if frame in other)


def _without(one: Frames, other: Frames) -> Frames:
    return tuple(frame for frame in one if frame not in other)


def _write_frames(frames: Frames) -> str:
    return "\n\n".join(_write_frame(frame) for frame in frames)


def _write_frame(frame: type[msgspec.Struct]) -> str:
    heading = f"#### `{_get_shape(frame).tag}`"
    return "\n\n".join([heading, _describe(frame), _write_members(frame), _write_example(frame)])


def _write_example(frame: type[msgspec.Struct]) -> str:
    return f"```json\n{_lay_out(msgspec.to_builtins(EXAMPLES[frame]))}\n```"


def _lay_out(plain: Any, indent: str = "") -> str:
    """JSON that a person can read: on one line where it fits, else a member a line."""
    line = json.dumps(plain, ensure_ascii=False)
    if len(indent) + len(line) <= WIDTH or not isinstance(plain, dict | list):
        return line
    deeper = indent + "  "
    if isinstance(plain, list):
        return _enclose("[]", [_lay_out(item, deeper) for item in plain], indent)
    members = [f"{json.dumps(name)}: {_lay_out(value, deeper)}" for name, value in plain.items()]
    return _enclose("{}", members, indent)


def _enclose(brackets: str, parts: list[str], indent: str) -> str:
    inside = ",\n".join(f"{indent}  {part}" for part in parts)
    return f"{brackets[0]}\n{inside}\n{indent}{brackets[1]}"


def _write_parts() -> str:
    """The objects inside frames, each told once."""
    parts = dict.fromkeys(part for frame in EXAMPLES for part in _list_parts(frame))
    return "\n\n".join(
        "\n\n".join([f"#### {part.__name__}", _describe(part), _write_members(part)])
        for part in parts
        if part not in EXAMPLES and not _is_node(part)
    )


def _write_formatted() -> str:
    return f"```json\n{_lay_out(msgspec.to_builtins(FORMATTED))}\n```"


def _list_parts(struct: type[msgspec.Struct], seen: tuple[type, ...] = ()) -> Iterable[type[msgspec.Struct]]:
    for field in _get_shape(struct).fields:
        for part in _find_structs(field.type):
            if part not in seen and not _is_node(part):
                yield part
                yield from _list_parts(part, (*seen, part))


def _find_structs(shape: shapes.Type) -> Iterable[type[msgspec.Struct]]:
    match shape:
        case shapes.StructType(cls=found):
            yield found
        case shapes.ListType(item_type=item):
            yield from _find_structs(item)
        case shapes.UnionType(types=choices):
            for choice in choices:
                yield from _find_structs(choice)


def _is_node(struct: type) -> bool:
    """A piece of formatted text: they contain each other, and the narrative tells them together."""
    return struct.__module__ == "config.lib.richtext"


def _write_members(struct: type[msgspec.Struct]) -> str:
    shape, notes = _get_shape(struct), _read_notes(struct)
    if not shape.fields:
        return "It has no members."
    rows = [
        f"| `{field.encode_name}` | {_name_type(field.type)} | {_name_default(field)} | "
        f"{notes.get(field.name, '')} |"
        for field in shape.fields
    ]
    return "\n".join(["| Member | Type | Default | |", "| --- | --- | --- | --- |", *rows])


def _get_shape(struct: type[msgspec.Struct]) -> shapes.StructType:
    shape = shapes.type_info(struct)
    assert isinstance(shape, shapes.StructType)  # noqa: S101 - for the type checker
    return shape


def _describe(struct: type[msgspec.Struct]) -> str:
    paragraphs = (inspect.getdoc(struct) or "").split("\n\n")
    return "\n\n".join(_tidy(" ".join(paragraph.split())) for paragraph in paragraphs)


def _tidy(text: str) -> str:
    return _SPEC_IDS.sub("", text.replace("``", "`"))


def _read_notes(struct: type[msgspec.Struct]) -> dict[str, str]:
    """The comments above members, by member: the types' own words, as their authors read them."""
    notes: dict[str, str] = {}
    held: list[str] = []
    for line in inspect.getsource(struct).splitlines():
        member = _MEMBER.match(line)
        if line.strip().startswith("#"):
            held.append(line.strip().removeprefix("#").strip())
            continue
        if member and held:
            notes[member[1]] = _tidy(" ".join(held))
        held = []
    return notes


def _name_default(field: shapes.Field) -> str:
    if field.required:
        return "required"
    if field.default is msgspec.NODEFAULT:
        made = field.default_factory() if callable(field.default_factory) else ""
        return f"`{json.dumps(msgspec.to_builtins(made))}`"
    return f"`{json.dumps(msgspec.to_builtins(field.default))}`"


def _name_type(shape: shapes.Type) -> str:
    match shape:
        case shapes.StrType():
            return _name_text(shape)
        case shapes.IntType():
            return "whole number" + _name_range(shape.ge, shape.le)
        case shapes.BoolType():
            return "true or false"
        case shapes.DateTimeType():
            return "time"
        case shapes.LiteralType(values=values):
            return "one of " + ", ".join(f"`{value}`" for value in values)
        case shapes.ListType(item_type=item):
            return f"list of {_name_type(item)}"
        case shapes.DictType():
            most = f", at most {shape.max_length}" if shape.max_length else ""
            return f"object: {_name_type(shape.key_type)} → {_name_type(shape.value_type)}{most}"
        case shapes.StructType(cls=struct):
            return _name_struct(struct)
        case shapes.UnionType(types=choices):
            return _name_union(choices)
    raise TypeError(f"the document has no words for {type(shape).__name__}")


def _name_text(shape: shapes.StrType) -> str:
    pattern = f", `{shape.pattern}`" if shape.pattern else ""
    limits = _name_range(shape.min_length, shape.max_length)
    return f"text{f'{limits} characters' if limits else ''}{pattern}"


def _name_range(least: int | None, most: int | None) -> str:
    if most is None:
        return ""
    return f", {least:,} to {most:,}" if least is not None else f", at most {most:,}"


def _name_struct(struct: type) -> str:
    if _is_node(struct):
        return "[formatted text](#formatted-text)"
    if struct in EXAMPLES:
        tag = _get_shape(struct).tag
        return f"[`{tag}`](#{tag})"
    return f"[{struct.__name__}](#{struct.__name__.lower()})"


def _name_union(choices: tuple[shapes.Type, ...]) -> str:
    if all(isinstance(choice, shapes.StructType) and _is_node(choice.cls) for choice in choices):
        return "[formatted text](#formatted-text)"
    named = [_name_type(choice) for choice in choices if not isinstance(choice, shapes.NoneType)]
    return " or ".join(named) + (", or null" if len(named) < len(choices) else "")
