from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.heartbeats import Beat, InboxNow, _look
from agents.models import Presence, User
from tests.factories import AgentFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.req("DL-04", "DL-10", "LC-13")]


def sign_in(user: User, **changes: Any) -> str:
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.update(changes)
    store.create()
    return str(store.session_key)


def beat(key: str, socket: str = "s", language: str = "en") -> Beat:
    return Beat(key, socket, language)


def test_each_inbox_gets_its_own_answer_in_its_own_language() -> None:
    ida, bo = AgentFactory.create(), AgentFactory.create()
    answers = _look(
        [beat(sign_in(ida), "one", "en"), beat(sign_in(bo), "two", "sv"), beat("nobody", "three")]
    )
    first, second, third = answers
    assert isinstance(first, InboxNow)
    assert isinstance(second, InboxNow)
    assert (first.agent.pk, second.agent.pk, third) == (ida.pk, bo.pk, None)
    assert first.availability.text != second.availability.text
    assert set(Presence.objects.values_list("agent_id", "socket_id")) == {(ida.pk, "one"), (bo.pk, "two")}


def test_whoever_may_not_take_chats_any_more_gets_nothing_and_is_not_present() -> None:
    no_agent, changed, gone = UserFactory.create(), AgentFactory.create(), AgentFactory.create()
    keys = [sign_in(no_agent), sign_in(changed, **{HASH_SESSION_KEY: "another"}), sign_in(gone)]
    User.objects.filter(pk=gone.pk).update(is_active=False)
    assert _look([beat(key) for key in [*keys, "", "nul\0"]]) == [None] * 5
    assert not Presence.objects.exists()


def test_many_inboxes_cost_as_many_queries_as_one() -> None:
    keys = [sign_in(AgentFactory.create()) for _ in range(12)]
    _look([beat(keys[0])])  # makes the installation's row
    with CaptureQueriesContext(connection) as one:
        _look([beat(keys[0])])
    with CaptureQueriesContext(connection) as many:
        _look([beat(key, f"socket-{number}") for number, key in enumerate(keys)])
    assert len(many) == len(one)
