"""Drafts of dialogues: made, saved on top of what was seen, copied, and brought back from a version."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents.models import User
from chat.models import Dialogue, DialogueVersion, Flow
from chat.streams import fold_flows, parse_stream
from config.lib.errors import ConflictError, NotFound

NAME_LIMIT = 100
# What a copy takes over: all but its name, and a flow's short name.
_COPIED = {"kind", *Dialogue.SETTINGS, *Flow.SETTINGS} - {"name", "slug"}


class DialogueNotFound(NotFound):
    """It was deleted, or never was."""

    code = "dialogue_not_found"


class DraftConflict(ConflictError):
    """Somebody saved the draft since it was read; `dialogue` is as it is now (DG-15)."""

    code = "draft_conflict"
    message = _("Somebody else has changed this draft in the meantime.")

    def __init__(self, dialogue: Dialogue) -> None:
        self.dialogue = dialogue
        super().__init__()


@transaction.atomic
def create_dialogue(
    *,
    name: str,
    stream: Mapping[str, Any],
    user: User | None,
    kind: str = Dialogue.Kind.DIALOGUE,
    **setup: Any,
) -> Dialogue:
    """Make a dialogue or flow with a draft to begin with; ``setup`` are more of its fields.

    Raises StreamInvalid, and IntegrityError where the name is taken.
    """
    parse_stream(stream)
    return Dialogue.objects.create(name=name, kind=kind, stream=dict(stream), changed_by=user, **setup)


@transaction.atomic
def save_draft(*, dialogue_id: int, stream: Mapping[str, Any], revision: int, user: User | None) -> Dialogue:
    """Save the draft on top of the revision that was read, and count it on (DG-15).

    Repeatable: the same stream again is the same save, whatever became of the first answer. Raises
    StreamInvalid, DialogueNotFound, and DraftConflict where somebody else was first; nothing is saved then.
    """
    parse_stream(stream)
    dialogue = _lock(dialogue_id)
    if dialogue.stream == stream:
        return dialogue
    if dialogue.draft_revision != revision:
        raise DraftConflict(dialogue)
    dialogue.stream = dict(stream)
    _count_on(dialogue, user, "stream")
    return dialogue


@transaction.atomic
def duplicate_dialogue(
    *, dialogue_id: int, user: User | None, stream: Mapping[str, Any] | None = None
) -> Dialogue:
    """Make an unpublished copy under a name of its own, with ``stream`` in place of the draft where given."""
    original = _lock(dialogue_id)
    if stream is not None:
        parse_stream(stream)
    fields = {name: getattr(original, name) for name in _COPIED}
    return Dialogue.objects.create(
        name=_find_free_name(original.name),
        stream=dict(original.stream if stream is None else stream),
        changed_by=user,
        **fields,
    )


@transaction.atomic
def restore_version(*, dialogue_id: int, number: int, revision: int, user: User | None) -> Dialogue:
    """Make a version's stream and settings the draft again. Raises DraftConflict and DialogueNotFound."""
    dialogue = _lock(dialogue_id)
    if dialogue.draft_revision != revision:
        raise DraftConflict(dialogue)
    version = DialogueVersion.objects.filter(dialogue=dialogue, number=number).first()
    if version is None:
        raise DialogueNotFound
    dialogue.stream = fold_flows(version.stream)
    restored = thaw_setup(version.setup)
    for name, value in restored.items():
        setattr(dialogue, name, value)
    _count_on(dialogue, user, "stream", *restored)
    return dialogue


def thaw_setup(setup: Mapping[str, Any]) -> dict[str, Any]:
    """Return a version's settings as the fields of a dialogue; a version from before has none."""
    if not setup:
        return {}
    events = setup.get("events", {})
    fields = {
        "language": setup.get("language"),
        "audience": setup.get("audience", {}),
        "target_include": "\n".join(setup.get("include", ())),
        "target_exclude": "\n".join(setup.get("exclude", ())),
        "event_page_seconds": events.get("page"),
        "event_site_seconds": events.get("site"),
        "event_scroll_percent": events.get("scroll"),
        "poke": setup.get("poke", True),
        "start_on": setup.get("start_on"),
        "start_selector": setup.get("selector", ""),
        "look": setup.get("look"),
        "has_landing_page": setup.get("has_landing_page", False),
        "landing_title": setup.get("landing_title", ""),
        "landing_text": setup.get("landing_text", ""),
    }
    needed = {"language", "start_on", "look"}
    return {name: value for name, value in fields.items() if value is not None or name not in needed}


def _lock(dialogue_id: int) -> Dialogue:
    rows = Dialogue.objects.select_for_update(of=("self",), no_key=True).select_related("changed_by")
    dialogue = rows.filter(pk=dialogue_id).first()
    if dialogue is None:
        raise DialogueNotFound
    return dialogue


def _count_on(dialogue: Dialogue, user: User | None, *changed: str) -> None:
    dialogue.draft_revision += 1
    dialogue.changed_by = user
    dialogue.save(update_fields=[*changed, "draft_revision", "changed_by", "changed_at"])


def _find_free_name(name: str) -> str:
    """“Welcome (copy)”, “Welcome (copy 2)” … within the length that a name may have."""
    taken = set(Dialogue.objects.values_list("name", flat=True))
    number = 1
    while True:
        tail = gettext(" (copy)") if number == 1 else gettext(" (copy %(number)d)") % {"number": number}
        free = name[: NAME_LIMIT - len(tail)] + tail
        if free not in taken:
            return free
        number += 1
