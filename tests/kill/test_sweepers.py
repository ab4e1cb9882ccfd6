"""kill -9 of worker and beat: what was due meanwhile is settled within 2 s of their return (LC-22)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from agents.models import User
from chat.models import LiveChat, TimelineEntry
from routing.models import Offer
from routing.services.offers import accept_offer
from tests.processes import Process, Processes
from tests.scenes import ask_for_human, make_agent, make_offer, set_up
from tests.screens import assert_all_agree
from tests.waiting import wait_until

WITHIN = timedelta(seconds=2)


def start_worker(processes: Processes, **environment: str) -> tuple[Process, datetime]:
    """A worker, and when it was ready to work."""
    worker = processes.worker(**environment)
    worker.wait_until_it_says(b" ready.")
    return worker, timezone.now()


def start_beat(processes: Processes) -> tuple[Process, datetime]:
    """Beat, and when it began to tick."""
    beat = processes.beat()
    beat.wait_until_it_says(b"beat: Starting")
    return beat, timezone.now()


def make_overdue(count: int) -> list[Offer]:
    """Offers whose time is over, and nobody is there to say so."""
    offers = []
    for number in range(count):
        # So many seats an agent has.
        if number % 10 == 0:
            make_agent()
        offers.append(make_offer())
    Offer.objects.update(expires_at=timezone.now())
    return offers


def wait_until_settled(offers: list[Offer]) -> datetime:
    """When the last of them was settled, by the time in the database."""
    ids = [offer.pk for offer in offers]
    wait_until(
        lambda: not Offer.objects.filter(pk__in=ids, status=Offer.Status.PENDING).exists(),
        what="overdue offers are settled",
        seconds=40,
    )
    times = Offer.objects.filter(pk__in=ids).values_list("settled_at", flat=True)
    return max(at for at in times if at is not None)


def check_each_expired_once(offers: list[Offer]) -> None:
    expired = TimelineEntry.objects.filter(kind=TimelineEntry.Kind.EXPIRED)
    assert sorted(expired.values_list("live_chat_id", flat=True)) == sorted(o.live_chat_id for o in offers)
    assert set(Offer.objects.values_list("status", flat=True)) == {Offer.Status.EXPIRED}
    assert set(LiveChat.objects.values_list("status", flat=True)) == {LiveChat.Status.FALLBACK}
    assert_all_agree()


@pytest.mark.req("LC-22")
def test_offers_due_while_beat_was_dead_expire_within_two_seconds_of_its_return(
    processes: Processes,
) -> None:
    set_up()
    start_worker(processes)
    beat, _since = start_beat(processes)
    beat.kill()
    offers = make_overdue(5)
    _beat, back_at = start_beat(processes)
    assert wait_until_settled(offers) - back_at <= WITHIN
    check_each_expired_once(offers)


@pytest.mark.req("LC-22")
@pytest.mark.parametrize("failpoint", ["offer.expired", "offer.settled", "offer.expired:3"])
def test_worker_killed_in_the_middle_of_a_sweep(processes: Processes, failpoint: str) -> None:
    set_up()
    # So many that some are left when the last child dies, also on a slow machine.
    offers = make_overdue(20)
    # Its child processes die at the failpoint again and again; then the whole worker goes.
    doomed, _since = start_worker(processes, FAILPOINTS=failpoint)
    start_beat(processes)
    doomed.wait_until_it_says(b"SIGKILL")
    doomed.kill()
    left = Offer.objects.filter(status=Offer.Status.PENDING).count()
    assert left > 0 or failpoint == "offer.settled"
    assert_all_agree()
    _worker, back_at = start_worker(processes)
    assert wait_until_settled(offers) - back_at <= WITHIN
    check_each_expired_once(offers)


@pytest.mark.req("LC-07", "LC-22")
def test_worker_killed_between_losing_an_agent_and_asking_the_next(processes: Processes) -> None:
    set_up()
    lost = make_agent()
    offer = make_offer()
    accept_offer(offer_id=str(offer.public_id), agent_id=lost.pk)
    heir = make_agent()
    User.objects.filter(pk=lost.pk).update(is_active=False)
    doomed, _since = start_worker(processes, FAILPOINTS="agent.lost")
    start_beat(processes)
    doomed.wait_until_it_says(b"SIGKILL")
    doomed.kill()
    start_worker(processes)
    onward = wait_until(
        lambda: Offer.objects.filter(status=Offer.Status.PENDING).first(), what="asked onward", seconds=20
    )
    assert onward is not None
    assert onward.agent_id == heir.pk
    assert LiveChat.objects.get().status == LiveChat.Status.OFFERED
    assert_all_agree()


@pytest.mark.req("LC-22")
def test_worker_killed_in_the_middle_of_routing_leaves_the_request_for_the_next(processes: Processes) -> None:
    set_up()
    make_agent()
    live_chat = ask_for_human()
    LiveChat.objects.filter(pk=live_chat.pk).update(route_at=timezone.now())
    doomed, _since = start_worker(processes, FAILPOINTS="offer.made")
    start_beat(processes)
    doomed.wait_until_it_says(b"SIGKILL")
    doomed.kill()
    assert not Offer.objects.exists()
    start_worker(processes)
    wait_until(lambda: Offer.objects.exists(), what="somebody is asked", seconds=20)
    assert Offer.objects.count() == 1
    assert_all_agree()


@pytest.mark.req("LC-22")
def test_two_beats_and_two_workers_expire_each_offer_once(processes: Processes) -> None:
    set_up()
    offers = make_overdue(10)
    for _ in range(2):
        processes.worker()
        processes.beat()
    wait_until_settled(offers)
    check_each_expired_once(offers)
