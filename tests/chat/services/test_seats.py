from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from agents.models import User
from chat.models import Seat
from chat.services.seats import free_seats, take_seat
from config.installation.selectors import get_installation
from routing.services.requests import route_live_chat
from tests.factories import NOW, LiveChatFactory
from tests.stage import agent_at_work, ask_for_human, configure

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-10")]


def take(agent: User) -> Seat | None:
    return take_seat(agent, LiveChatFactory.create().pk, get_installation())


def numbers(agent: User) -> list[int]:
    return list(Seat.objects.filter(agent=agent).order_by("number").values_list("number", flat=True))


def test_ten_seats_and_no_eleventh() -> None:
    agent = agent_at_work()
    assert all(take(agent) for _number in range(10))
    assert take(agent) is None
    assert numbers(agent) == list(range(1, 11))


def test_limit_of_the_installation_holds() -> None:
    configure(seat_limit=2)
    agent = agent_at_work()
    assert [bool(take(agent)) for _number in range(3)] == [True, True, False]


@pytest.mark.parametrize(("installation", "own", "seats"), [(5, 2, 2), (2, 4, 4), (3, None, 3)])
def test_own_limit_comes_before_the_installations(installation: int, own: int | None, seats: int) -> None:
    configure(seat_limit=installation)
    agent = agent_at_work(seat_limit=own)
    assert sum(bool(take(agent)) for _number in range(6)) == seats


def test_freed_seat_is_taken_again() -> None:
    agent = agent_at_work(seat_limit=3)
    taken = [take(agent) for _number in range(3)]
    assert taken[1] is not None
    free_seats(taken[1].live_chat)
    assert numbers(agent) == [1, 3]
    again = take(agent)
    assert again is not None
    assert again.number == 2


def test_lowered_limit_counts_the_seats_above_it() -> None:
    agent = agent_at_work(seat_limit=5)
    taken = [take(agent) for _number in range(5)]
    for seat in taken[:2]:
        assert seat is not None
        free_seats(seat.live_chat)
    User.objects.filter(pk=agent.pk).update(seat_limit=3)
    agent.refresh_from_db()
    assert numbers(agent) == [3, 4, 5]
    assert take(agent) is None


def test_seats_of_others_are_no_matter() -> None:
    ann, bo = agent_at_work(seat_limit=1), agent_at_work(seat_limit=1)
    assert take(ann)
    assert take(bo)


@pytest.mark.parametrize("number", [0, 11])
def test_database_refuses_a_seat_outside_one_to_ten(number: int) -> None:
    chat, agent = LiveChatFactory.create(), agent_at_work()
    with pytest.raises(IntegrityError), transaction.atomic():
        Seat.objects.create(agent=agent, number=number, live_chat=chat)


def test_database_refuses_a_seat_that_is_taken() -> None:
    agent = agent_at_work()
    take(agent)
    with pytest.raises(IntegrityError), transaction.atomic():
        Seat.objects.create(agent=agent, number=1, live_chat=LiveChatFactory.create())


def test_pending_offer_holds_a_seat() -> None:
    agent = agent_at_work(seat_limit=2)
    offers = [route_live_chat(live_chat_id=ask_for_human().pk, now=NOW) for _number in range(3)]
    assert [offer is not None for offer in offers] == [True, True, False]
    assert numbers(agent) == [1, 2]
