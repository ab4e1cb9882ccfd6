"""A transaction that hangs on one chat holds up nobody else's deadline."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from chat.models import LiveChat
from routing.services.timers import settle_offers
from tests.factories import NOW
from tests.stage import agent_at_work, at, offer_chat

pytestmark = pytest.mark.django_db(transaction=True)


class Holder(threading.Thread):
    """Holds the lock on one live chat from the end of `start` until `let_go`."""

    def __init__(self, live_chat_id: int) -> None:
        super().__init__()
        self.live_chat_id = live_chat_id
        self.holds, self.may_end = threading.Event(), threading.Event()

    def run(self) -> None:
        with transaction.atomic():
            LiveChat.objects.select_for_update().get(pk=self.live_chat_id)
            self.holds.set()
            self.may_end.wait(60)
        connection.close()

    def let_go(self) -> None:
        self.may_end.set()
        self.join()


@pytest.mark.req("LC-22")
def test_stuck_chat_holds_up_no_other_deadline(caplog: pytest.LogCaptureFixture) -> None:
    agent_at_work()
    stuck, other = offer_chat(), offer_chat(now=at(1))
    holder = Holder(stuck.live_chat_id)
    holder.start()
    assert holder.holds.wait(10)
    settle_offers(now=at(200))
    for offer in (stuck, other):
        offer.refresh_from_db()
    assert (stuck.status, other.status) == ("pending", "undelivered")
    # It was passed over at once: waiting for it would have ended in the lock's timeout.
    assert "sweep failed" not in caplog.text
    holder.let_go()
    settle_offers(now=at(201))
    stuck.refresh_from_db()
    assert stuck.status == "undelivered"
    assert stuck.settled_at is not None
    assert stuck.settled_at > NOW
