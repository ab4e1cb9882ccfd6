"""Counting what was shown: once for each session and dialogue, however often it is told (DG-04)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from chat.models import Conversation, DialogueVersion, Trigger, Visitor
from chat.selectors.known import known_attributes
from chat.selectors.visits import get_standings
from config.lib.errors import NotFound
from config.lib.failpoints import failpoint

# A version's name in public: of its dialogue, and its number.
Ref = tuple[UUID, int]


class VersionNotFound(NotFound):
    """No version has this name."""

    code = "version_not_found"


@dataclass(frozen=True, slots=True)
class Shown:
    """A version was shown in a session of a browser; ``key_hash`` is empty where nothing is kept of whose."""

    ref: Ref
    session: str
    key_hash: str
    page_url: str
    at: datetime


def hash_session(session: str) -> str:
    """Return what is stored of a browser's session: with it nobody can tell whose it was (DG-21)."""
    return hashlib.sha256(session.encode()).hexdigest()


@transaction.atomic
def record_shown(items: Sequence[Shown]) -> list[VersionNotFound | None]:
    """Count what was shown, with one insert for all of it, and none twice (DG-04). Repeatable."""
    versions = _find_versions({item.ref for item in items})
    known = _find_known({item.key_hash for item in items if item.key_hash})
    rows = [
        _make_row(item, versions[item.ref], is_known=item.key_hash in known)
        for item in items
        if item.ref in versions
    ]
    # In one order everywhere: two processes that were told the same would wait for each other otherwise.
    rows.sort(key=lambda row: (row.session_hash, row.dialogue_id))
    Trigger.objects.bulk_create(rows, ignore_conflicts=True)
    failpoint("shown.inserted")
    transaction.on_commit(partial(failpoint, "shown.committed"))
    return [None if item.ref in versions else VersionNotFound() for item in items]


def count_shown(conversation: Conversation, *, visitor: Visitor, session: str, now: datetime) -> None:
    """Count a conversation that begins as shown, in case its page didn't tell: a script may open it at once.

    Without the browser's session the visitor's own takes its place. Part of the caller's transaction.
    """
    shown = Trigger(
        dialogue_id=conversation.version.dialogue_id,
        version_id=conversation.version_id,
        session_hash=hash_session(session or f"{visitor.public_id}:{visitor.session_number}"),
        is_known="email" in known_attributes(visitor),
        page_url=conversation.page_url,
        triggered_at=now,
    )
    Trigger.objects.bulk_create([shown], ignore_conflicts=True)


def _find_versions(refs: set[Ref]) -> dict[Ref, DialogueVersion]:
    """Also versions that were replaced or taken back meanwhile: they are what the visitor saw."""
    rows = DialogueVersion.objects.filter(
        dialogue__public_id__in={public_id for public_id, _number in refs},
        number__in={number for _public_id, number in refs},
    )
    found = rows.select_related("dialogue").only("number", "dialogue__public_id")
    return {(version.dialogue.public_id, version.number): version for version in found}


def _find_known(key_hashes: set[str]) -> set[str]:
    standings = get_standings(key_hashes) if key_hashes else {}
    return {key_hash for key_hash, standing in standings.items() if "email" in standing.known.attributes}


def _make_row(item: Shown, version: DialogueVersion, *, is_known: bool) -> Trigger:
    return Trigger(
        dialogue_id=version.dialogue_id,
        version_id=version.pk,
        session_hash=hash_session(item.session),
        is_known=is_known,
        page_url=item.page_url,
        triggered_at=item.at,
    )
