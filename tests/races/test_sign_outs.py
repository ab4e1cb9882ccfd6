"""Two browsers of one person that sign each other out, while sockets note that both are in use."""

from __future__ import annotations

from functools import partial

import pytest
from django.contrib.sessions.models import Session

from agents.devices import Client
from agents.models import User
from agents.selectors import list_devices
from agents.services.devices import note_device, sign_out_others
from tests.factories import AgentFactory
from tests.races.at_once import Crowd
from tests.scenes import sign_in

pytestmark = pytest.mark.req("DL-10")

BROWSERS = 4


def sign_out_from(user_id: int, key: str) -> int:
    return sign_out_others(user=User.objects.get(pk=user_id), current_key=key)


def note(user_id: int, key: str) -> None:
    note_device(user_id=user_id, session_key=key, client=Client())


def test_browsers_that_sign_each_other_out_end_each_session_once(crowd: Crowd) -> None:
    user, stranger = AgentFactory.create(), sign_in(AgentFactory.create())
    keys = [sign_in(user) for _number in range(BROWSERS)]
    for key in keys:
        note(user.pk, key)
    outs = [partial(sign_out_from, user.pk, key) for key in keys]
    notes = [partial(note, user.pk, key) for key in keys]
    ended = [count for count in crowd.run([*outs, *notes]) if count is not None]
    # The first ends all but its own, the next one that: in whatever order, nobody is left but strangers.
    left = set(Session.objects.values_list("session_key", flat=True))
    assert sum(ended) == BROWSERS
    assert left == {stranger}
    assert list_devices(user) == []
