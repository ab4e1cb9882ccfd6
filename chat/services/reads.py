"""Who read how far, on the timeline: a few entries for a talk, not one for each message (LC-57)."""

from collections.abc import Mapping
from datetime import datetime

from chat.models import LiveChat, TimelineEntry
from chat.selectors.reads import Side, list_read_chats

# A conversation, and which side of it has looked.
Reader = tuple[int, Side]
_SIDES: tuple[Side, Side] = ("visitor", "agent")


def note_reads(readers: Mapping[Reader, datetime]) -> int:
    """Note how far these have read, each as of its time; return how many entries that made. Repeatable.

    Only what the other side wrote counts, and only once: a second tab that says the same adds nothing. Two
    statements, however many there are.
    """
    if not readers:
        return 0
    chats = list_read_chats({pk for pk, _side in readers}, since=min(readers.values()))
    made = [
        _make_entry(chat, side, readers.get((chat.conversation_id, side)))
        for chat in chats
        for side in _SIDES
    ]
    return len(TimelineEntry.objects.bulk_create(entry for entry in made if entry is not None))


def _make_entry(chat: LiveChat, side: Side, at: datetime | None) -> TimelineEntry | None:
    seq, noted = getattr(chat, f"{side}_up_to"), getattr(chat, f"{side}_noted") or {}
    if at is None or seq is None or seq <= noted.get("seq", 0) or not _ran_at(chat, at):
        return None
    agent_id = chat.agent_id if side == "agent" else None
    return TimelineEntry(
        live_chat=chat, at=at, kind=TimelineEntry.Kind.READ, agent_id=agent_id, data={"seq": seq}
    )


def _ran_at(chat: LiveChat, at: datetime) -> bool:
    return chat.requested_at <= at and (chat.ended_at is None or at <= chat.ended_at)
