"""What a version freezes beside its stream: whom it is for, where, when, and how it looks (DG-01, DG-02)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from config.lib.conditions import Group, matches, parse_conditions

from .parsing import parse_targets
from .patterns import Target


class Events(msgspec.Struct, frozen=True, omit_defaults=True):
    """What must have happened before it is shown, each "more than" (DG-05): seconds on the page, seconds on
    the site, percent of the page scrolled.
    """

    page: int | None = None
    site: int | None = None
    scroll: int | None = None


class Setup(msgspec.Struct, frozen=True):
    """A dialogue's or flow's settings as they were when the version was published."""

    kind: Literal["dialogue", "flow"] = "dialogue"
    language: str = "en"
    audience: dict[str, Any] = {}
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    events: Events = Events()
    poke: bool = True
    slug: str = ""
    start_on: Literal["click", "load", "call"] = "click"
    selector: str = ""
    look: Literal["popup", "chatbot", "inline"] = "chatbot"
    has_landing_page: bool = False
    landing_title: str = ""
    landing_text: str = ""


def dump_setup(setup: Setup) -> dict[str, Any]:
    """Give the JSON value that `load_setup` reads again."""
    # Through JSON: it has lists where to_builtins leaves tuples, and is compared with what was stored.
    raw: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(setup))
    return raw


def load_setup(raw: Mapping[str, Any]) -> Setup:
    """Read what a version froze; raises `msgspec.ValidationError`. A version from before has the defaults."""
    return msgspec.convert(raw, Setup)


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom and where, ready to be asked on every page view."""

    target: Target
    audience: Group

    def has(self, attributes: Mapping[str, object]) -> bool:
        """Whether a visitor of whom this is known belongs to the audience."""
        return matches(self.audience, attributes)


def compile_reach(setup: Setup) -> Reach:
    """Raises `TargetsInvalid` and `ConditionsInvalid`."""
    target = Target(parse_targets("\n".join(setup.include)), parse_targets("\n".join(setup.exclude)))
    return Reach(target, parse_conditions(setup.audience))
