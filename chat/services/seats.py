"""Agents' places for live chats."""

from agents.models import User
from chat.models import LiveChat, Seat
from config.installation.models import Installation


def take_seat(agent: User, live_chat_id: int, installation: Installation) -> Seat | None:
    """Take the agent's lowest free seat, or return None when all are taken (LC-10).

    The caller holds the agent's row lock; without it the database would still refuse an eleventh.
    """
    taken = set(Seat.objects.filter(agent=agent).values_list("number", flat=True))
    limit = agent.seat_limit or installation.seat_limit
    number = next((n for n in range(1, limit + 1) if n not in taken), None)
    # Seats numbered above a limit that was lowered meanwhile still count.
    if number is None or len(taken) >= limit:
        return None
    return Seat.objects.create(agent=agent, number=number, live_chat_id=live_chat_id)


def free_seats(live_chat: LiveChat, *, but_of: int | None = None) -> None:
    """Give back whatever this chat holds, but for the seat of the agent who has it now."""
    Seat.objects.filter(live_chat=live_chat).exclude(agent_id=but_of).delete()
