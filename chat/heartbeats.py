"""What visitors' sockets, and agents' for their chats, look up at each heartbeat (DL-04)."""

from collections.abc import Collection

from chat.delivery.heartbeats import Heartbeats
from chat.delivery.standing import Place
from chat.selectors.snapshots import get_progress
from routing.services.timers import settle_overdue


def _settle(conversation_ids: list[int]) -> list[None]:
    settle_overdue(conversation_ids=conversation_ids)
    return [None] * len(conversation_ids)


def _look(asked: list[Collection[str]]) -> list[dict[str, Place]]:
    progress = get_progress({public_id for public_ids in asked for public_id in public_ids})
    places = {public_id: Place(*numbers) for public_id, numbers in progress.items()}
    return [{each: places[each] for each in public_ids if each in places} for public_ids in asked]


_overdue: Heartbeats[int, None] = Heartbeats(_settle, name="overdue")
_places: Heartbeats[Collection[str], dict[str, Place]] = Heartbeats(_look, name="places")


async def settle_what_is_due(conversation_id: int) -> None:
    """Should beat be dead, a waiting visitor's own heartbeat still brings the end that is due (LC-22)."""
    await _overdue.ask(conversation_id)


async def find_places(public_ids: Collection[str]) -> dict[str, Place]:
    """Return how far conversations are in the database, by their public ids."""
    return await _places.ask(public_ids)
