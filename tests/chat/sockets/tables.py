"""What is said about every frame type, in rows: what a good one looks like and how each member can be bad."""

from __future__ import annotations

import types
from dataclasses import dataclass, field
from typing import Any, get_args

from tests.chat.sockets.tabs import Frame

TOO_LONG = "x" * 37
CLIENT_ID = "k3J9-xQ2mZt7"
# For members that hold a sequence number, an id of the sender's, and text.
BAD_SEQS = [-1, 2**31, 10**30, 1.5, "1", None, True, [1]]
BAD_CLIENT_IDS = ["", "short", "x" * 65, "with space", "ünïcödé-", 12345678, None]
BAD_TEXTS = ["", "x" * 4001, "😀" * 4001, 5, None, ["a"]]
BAD_IDS = [TOO_LONG, 7, None, {}]


@dataclass(frozen=True)
class Row:
    """A frame type: the members of a good frame, and bad values by member."""

    good: Frame = field(default_factory=dict)
    bad: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def is_about_a_chat(self) -> bool:
        return "conversation" in self.bad


def list_types(union: types.UnionType) -> set[str]:
    """The `type` of every member of a union of frames."""
    return {member.__struct_config__.tag for member in get_args(union)}


def list_bad_frames(rows: dict[str, Row], given: Frame) -> list[tuple[Frame, str, str]]:
    """Every bad frame of every row, with its type and the member to blame; `given` completes them."""
    found: list[tuple[Frame, str, str]] = []
    for kind, row in rows.items():
        good = {"type": kind, **{key: given.get(key, value) for key, value in row.good.items()}}
        for name, values in row.bad.items():
            member, _, inner = name.partition(".")
            for value in values:
                found.append(({**good, member: {inner: value} if inner else value}, kind, name))
            if name in row.good:
                found.append(({key: value for key, value in good.items() if key != name}, kind, name))
    return found
