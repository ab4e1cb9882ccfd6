"""What differs between two configurations, in lines that people read (RP-08)."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

Configuration = Mapping[str, Any]
Kind = Literal["added", "changed", "removed"]

# What tells the items of a section apart; a list of names is one key of several parts.
KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "profiles": ("name",),
    "people": ("username",),
    "teams": ("name",),
    "lists": ("name",),
    "rules": ("name",),
    "accounts": ("domain", "name"),
    "canned_replies": ("code",),
    "flows": ("name",),
    "dialogues": ("name",),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One place that is another: what it was and what it will be, as text; None where there is nothing."""

    place: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One item of a section that comes, goes or changes."""

    section: str
    name: str
    kind: Kind
    lines: tuple[Line, ...]


def make_key(section: str, item: Mapping[str, Any]) -> str:
    """Return what an item is found by: an account's domain, or its name where it has none."""
    if section == "accounts":
        domain = item.get("domain")
        return str(domain) if domain else " ".join(str(item.get("name") or "").split()).casefold()
    return "/".join(str(item.get(name) or "") for name in KEYS[section])


def name_item(section: str, item: Mapping[str, Any]) -> str:
    """Return what people call an item."""
    name = str(item.get(KEYS[section][-1]) or "")
    return f"{name} ({item['domain']})" if section == "accounts" and item.get("domain") else name


def digest(configuration: Configuration) -> str:
    """Return what tells two configurations apart, as 64 hexadecimal digits."""
    written = json.dumps(configuration, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def compare(before: Configuration, after: Configuration) -> list[Difference]:
    """Return what is added, changed and removed, in the order of the file."""
    found = []
    lines = tuple(_compare(before["settings"], after["settings"], ""))
    if lines:
        found.append(Difference("settings", "", "changed", lines))
    for section in KEYS:
        found += _compare_section(section, before[section], after[section])
    return found


def _compare_section(section: str, before: Any, after: Any) -> Iterator[Difference]:
    old = {make_key(section, item): item for item in before}
    new = {make_key(section, item): item for item in after}
    for key in dict.fromkeys((*new, *old)):
        was, becomes = old.get(key), new.get(key)
        kind: Kind = "changed" if was and becomes else "added" if becomes else "removed"
        lines = tuple(_compare(was or {}, becomes or {}, ""))
        if lines:
            yield Difference(section, name_item(section, becomes or was or {}), kind, lines)


def _compare(before: Any, after: Any, place: str) -> Iterator[Line]:
    if before == after and type(before) is type(after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys((*before, *after)):
            inner = f"{place}.{name}" if place else str(name)
            yield from _compare(before.get(name), after.get(name), inner)
    elif _is_nested(before) or _is_nested(after):
        yield from _compare_lists(before, after, place)
    elif before not in (None, "", []) or after not in (None, "", []):
        yield Line(place, _say(before), _say(after))


def _compare_lists(before: Any, after: Any, place: str) -> Iterator[Line]:
    """Of what has parts each part by itself; what is there on one side only is gone through too."""
    if isinstance(before, dict | None) and isinstance(after, dict | None):
        yield from _compare(before or {}, after or {}, place)
        return
    old, new = (value if isinstance(value, list) else [] for value in (before, after))
    for number in range(max(len(old), len(new))):
        was, becomes = (each[number] if number < len(each) else None for each in (old, new))
        yield from _compare(was, becomes, f"{place}[{number}]")


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(inner, dict | list) for inner in value)
    )


def _say(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(inner, str) for inner in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)
