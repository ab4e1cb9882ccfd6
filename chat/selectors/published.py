"""What is published now; each version is compiled once per process, since it never changes (DG-02)."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from chat.models import Dialogue, DialogueVersion
from chat.streams import Stream, StreamInvalid, parse_stream
from chat.targeting import (
    Address,
    Candidate,
    Reach,
    Setup,
    compile_reach,
    list_targeting,
    load_setup,
    read_address,
)
from config.lib.errors import InvalidInput

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A version, ready to be asked on every page view."""

    number: int
    setup: Setup
    reach: Reach
    stream: Stream


@dataclass(frozen=True, slots=True)
class Published(Candidate):
    """A published dialogue or flow: as named and ranked now, and its newest version."""

    public_id: str
    slug: str
    version: Compiled

    @property
    def ref(self) -> str:
        """The version's name in public: of the dialogue and the number."""
        return f"{self.public_id}.{self.version.number}"


@dataclass(frozen=True)
class Catalogue:
    """All that is published, dialogues in the order in which they are offered."""

    dialogues: tuple[Published, ...] = ()
    flows: tuple[Published, ...] = ()
    _pages: dict[Address | None, tuple[tuple[Published, ...], tuple[Published, ...]]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def at(self, page_url: str) -> tuple[tuple[Published, ...], tuple[Published, ...]]:
        """Return the dialogues and the flows that target a page. Found once for each page: going through the
        patterns of two hundred dialogues takes longer than all the rest of a page view.
        """
        page = read_address(page_url)
        if page not in self._pages:
            if len(self._pages) >= MOST_PAGES:
                self._pages.clear()
            self._pages[page] = (list_targeting(self.dialogues, page), list_targeting(self.flows, page))
        return self._pages[page]


# Pages that are remembered: what visitors are on is chosen by them, so it has a bound.
MOST_PAGES = 2_000
# By version id. A version that can't be read is None: it is reported once, not on every page view.
_compiled: dict[int, Compiled | None] = {}
# As it was last read, with what was read.
_last: tuple[list[Any], Catalogue] = ([], Catalogue())


def get_catalogue() -> Catalogue:
    """Return what is published at this moment: one query, and another one where a version is new here. While
    nothing changes it is the same object, with all that it has found.
    """
    global _last
    rows = list(
        Dialogue.objects.filter(status=Dialogue.Status.PUBLISHED, published_version__isnull=False).values(
            "pk", "kind", "name", "slug", "priority", "public_id", "published_version_id"
        )
    )
    before, catalogue = _last
    if rows != before:
        _compile_missing({row["published_version_id"] for row in rows})
        catalogue = Catalogue(_pick(rows, Dialogue.Kind.DIALOGUE), _pick(rows, Dialogue.Kind.FLOW))
        _last = (rows, catalogue)
    return catalogue


def _pick(rows: Iterable[Mapping[str, Any]], kind: Dialogue.Kind) -> tuple[Published, ...]:
    found = (_read_row(row) for row in rows if row["kind"] == kind)
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.rank))


def _read_row(row: Mapping[str, Any]) -> Published | None:
    version_id = row["published_version_id"]
    version = _compiled.get(version_id)
    if version is None:
        return None
    return Published(
        dialogue_id=row["pk"],
        version_id=version_id,
        priority=row["priority"],
        name=row["name"],
        reach=version.reach,
        public_id=str(row["public_id"]),
        slug=row["slug"] or "",
        version=version,
    )


def _compile_missing(wanted: Iterable[int]) -> None:
    wanted = set(wanted)
    for gone in _compiled.keys() - wanted:
        _compiled.pop(gone, None)
    missing = wanted - _compiled.keys()
    if missing:
        for version in DialogueVersion.objects.filter(pk__in=missing):
            _compiled[version.pk] = compile_version(version)


def compile_version(version: DialogueVersion) -> Compiled | None:
    """Return a version ready to be asked and played; None, and a line in the log, where it can't be read."""
    try:
        setup = load_setup(version.setup)
        stream = parse_stream(version.stream, frozen=True)
        return Compiled(version.number, setup, compile_reach(setup), stream)
    except (msgspec.ValidationError, InvalidInput, StreamInvalid) as error:
        logger.error("published version %d can't be read: %s", version.pk, type(error).__name__)
        return None
