"""What visitors' sockets, and agents' for their chats, look up at each heartbeat (DL-04)."""

from collections.abc import Collection
from dataclasses import dataclass

from chat.delivery.heartbeats import Heartbeats
from chat.delivery.standing import Place
from chat.selectors.snapshots import get_progress
from chat.services.presences import note_visitors
from routing.services.timers import settle_overdue


@dataclass(frozen=True, slots=True)
class VisitorBeat:
    """The heartbeat of one tab."""

    conversation_id: int
    socket_id: str


def _settle(beats: list[VisitorBeat]) -> list[bool]:
    settle_overdue(conversation_ids=[beat.conversation_id for beat in beats])
    kept = note_visitors({beat.socket_id: beat.conversation_id for beat in beats})
    return [beat.socket_id in kept for beat in beats]


def _look(asked: list[Collection[str]]) -> list[dict[str, Place]]:
    progress = get_progress({public_id for public_ids in asked for public_id in public_ids})
    places = {public_id: Place(*numbers) for public_id, numbers in progress.items()}
    return [{each: places[each] for each in public_ids if each in places} for public_ids in asked]


_overdue: Heartbeats[VisitorBeat, bool] = Heartbeats(_settle, name="overdue")
_places: Heartbeats[Collection[str], dict[str, Place]] = Heartbeats(_look, name="places")


async def settle_what_is_due(beat: VisitorBeat) -> bool:
    """Should beat be dead, a waiting visitor's own heartbeat still brings the end that is due (LC-22).

    Return whether the tab counts as open, because there is an open live chat (LC-57).
    """
    return await _overdue.ask(beat)


async def find_places(public_ids: Collection[str]) -> dict[str, Place]:
    """Return how far conversations are in the database, by their public ids."""
    return await _places.ask(public_ids)
