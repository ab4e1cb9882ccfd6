"""Flows: dialogues that an action starts, and what becomes of the dialogue that was on screen (DG-20)."""

from __future__ import annotations

from typing import Any

import pytest

from chat.errors import ConversationClosed, FlowNotFound
from chat.events import ConversationReplaced
from chat.models import Conversation, Dialogue, LiveChat, Trigger, Visitor
from chat.protocol.visitor import Hello
from chat.selectors.known import known_attributes
from chat.selectors.states import get_state
from chat.services.arrivals import receive_visitor
from chat.services.flows import start_flow
from chat.services.greeting import Greeting
from chat.services.visitors import hash_key
from config.installation.models import Installation
from tests.agents.conftest import Hear
from tests.chat.services.talking import (
    PAGE,
    answer,
    ask_then_end,
    ask_then_human,
    greet,
    make_dialogue,
    republish,
    shown,
    texts,
)
from tests.chat.streams.builders import choice, message, question, stream_json
from tests.factories import NOW, VisitorFactory
from tests.invariants import check_invariants
from tests.stage import accept, agent_at_work, at, configure, offer_chat

pytestmark = pytest.mark.django_db


def ask_twice() -> dict[str, Any]:
    return stream_json(question(choice("yes", next="c2"), choice("no")), question(choice("a"), choice("b")))


def make_flow(stream: dict[str, Any] | None = None, slug: str = "demo", **fields: Any) -> Dialogue:
    return make_dialogue(stream or ask_twice(), kind=Dialogue.Kind.FLOW, slug=slug, start_on="call", **fields)


def start(slug: str = "demo", *, key: str = "vera", session: str = "s1", seconds: float = 10) -> Conversation:
    greeting: Greeting = start_flow(key=key, slug=slug, page=PAGE, session=session, now=at(seconds))
    return shown(greeting)


@pytest.fixture(autouse=True)
def everything_holds() -> Any:
    configure()
    yield
    check_invariants()


@pytest.mark.req("DG-20")
def test_flow_begins_for_somebody_who_is_new() -> None:
    flow = make_flow()
    conversation = start()
    assert (conversation.version.dialogue, conversation.is_open, conversation.triggered_at) == (
        flow,
        True,
        at(10),
    )
    assert conversation.page_url == PAGE.url
    assert Visitor.objects.count() == 1


@pytest.mark.req("DG-20", "DG-03")
def test_answered_dialogue_is_set_aside_and_comes_back_when_the_flow_has_ended() -> None:
    dialogue = make_dialogue(ask_twice())
    make_flow(ask_then_end())
    before = shown(greet())
    answer(before, "yes")
    running = start()
    assert running != before
    before.refresh_from_db()
    assert (before.is_open, before.is_suspended, before.awaiting_card) == (False, True, "c2")
    answer(running, "yes", seconds=11)
    back = shown(greet(20))
    assert (back, back.is_open, back.is_suspended, back.closed_at) == (before, True, False, None)
    answer(back, "a", card="c2", seconds=21)
    assert Conversation.objects.filter(version__dialogue=dialogue).count() == 1
    back.refresh_from_db()
    assert back.completed_at == at(21)


@pytest.mark.req("DG-20")
def test_dialogue_that_is_set_aside_takes_no_answer_and_says_so_in_its_state() -> None:
    make_dialogue(ask_twice())
    make_flow()
    before = shown(greet())
    answer(before, "yes")
    start()
    with pytest.raises(ConversationClosed):
        answer(before, "a", card="c2", seconds=12)
    before.refresh_from_db()
    state = get_state(before, "visitor")
    assert (state.phase, state.can, state.awaiting) == ("done", [], "")


@pytest.mark.req("DG-20", "DG-02")
def test_dialogue_that_was_only_seen_is_over_when_a_flow_begins_and_is_due_again_after_it() -> None:
    make_dialogue()
    make_flow(ask_then_end())
    before = shown(greet())
    running = start()
    before.refresh_from_db()
    assert (before.is_open, before.is_suspended) == (False, False)
    answer(running, "yes", seconds=11)
    after = shown(greet(20))
    assert (after.version, after != before) == (before.version, True)


@pytest.mark.req("DG-20", "DL-06")
def test_other_tabs_hear_that_the_conversation_was_replaced(hear: Hear) -> None:
    make_dialogue(ask_twice())
    make_flow()
    before = shown(greet())
    with hear(ConversationReplaced) as replaced:
        start()
        start()
    assert replaced == [ConversationReplaced(before.pk)]


@pytest.mark.req("DG-20")
def test_flow_runs_any_number_of_times_and_once_at_a_time() -> None:
    make_flow(ask_then_end())
    first = start()
    assert start(seconds=11) == first
    answer(first, "yes", seconds=12)
    second = start(seconds=13)
    answer(second, "no", seconds=14, client_id="again-12345")
    third = start(seconds=15)
    assert len({first, second, third}) == 3
    rows = Conversation.objects.order_by("pk").values_list("engaged_at", "completed_at", "is_open")
    assert list(rows) == [(at(12), at(12), False), (at(14), at(14), False), (None, None, True)]


@pytest.mark.req("DG-20", "DG-04", "DG-21")
def test_flow_counts_as_shown_once_in_each_session() -> None:
    flow = make_flow(ask_then_end())
    for session in ("s1", "s1", "s2"):
        conversation = start(session=session)
        answer(conversation, "yes", seconds=11, client_id=f"answer-{conversation.pk}")
    start(session="")
    assert Trigger.objects.filter(dialogue=flow).count() == 2
    assert "s1" not in str(list(Trigger.objects.values()))


@pytest.mark.req("DG-20", "DG-04")
def test_flow_is_counted_as_shown_to_somebody_known_only_where_the_address_is() -> None:
    make_flow()
    start(key="vera")
    VisitorFactory.create(key_hash=hash_key("ada"), attributes={"email": "ada@fleet.example"})
    start(key="ada", session="s2")
    assert [row.is_known for row in Trigger.objects.order_by("pk")] == [False, True]


@pytest.mark.req("DG-20", "DG-07")
def test_flow_that_nothing_came_before_knows_what_the_browser_tells() -> None:
    make_flow()
    hello = Hello(protocol=1, flow="demo", device="mobile", time_zone="Europe/Zurich", page=PAGE)
    arrival = receive_visitor(key="vera", hello=hello, now=at(10))
    assert arrival.greeting.visitor is not None
    known = known_attributes(arrival.greeting.visitor)
    assert (known["device"], known["time_zone"]) == ("mobile", "Europe/Zurich")


@pytest.mark.req("DG-20", "LC-33")
@pytest.mark.parametrize("status", ["requested", "active"])
def test_while_a_human_is_asked_or_there_no_flow_begins(status: str) -> None:
    make_dialogue(ask_then_human())
    make_flow()
    talk = shown(greet())
    answer(talk, "yes", card="c2")
    answer(talk, "vera@acme.example", card="c3", seconds=2)
    assert LiveChat.objects.get().status == "requested"
    if status == "active":
        agent_at_work()
        accept(offer_chat(LiveChat.objects.get()))
    assert start() == talk
    assert Conversation.objects.count() == 1


@pytest.mark.req("DG-20")
def test_another_flow_takes_the_place_of_one_that_was_not_finished() -> None:
    make_flow()
    make_flow(slug="prices")
    first = start()
    answer(first, "yes", seconds=11)
    second = start("prices", seconds=12)
    first.refresh_from_db()
    assert (first.is_open, first.is_suspended, second.is_open) == (False, False, True)


@pytest.mark.req("DG-20", "DG-02")
def test_newest_version_runs_unless_the_flow_was_answered() -> None:
    flow = make_flow()
    first = start()
    republish(flow, stream_json(message("New!", next="c2"), question(choice("yes"), choice("no"))))
    second = start(seconds=12)
    assert next(text for _author, text in texts(second)) == "New!"
    answer(second, "yes", card="c2", seconds=13)
    first.refresh_from_db()
    assert not first.is_open


@pytest.mark.req("DG-20", "DG-02")
def test_answered_flow_goes_on_after_it_was_unpublished_and_begins_for_nobody_else() -> None:
    flow = make_flow()
    running = start()
    answer(running, "yes", seconds=11)
    Dialogue.objects.filter(pk=flow.pk).update(status=Dialogue.Status.UNPUBLISHED)
    assert start(seconds=12) == running
    with pytest.raises(FlowNotFound):
        start(key="bo", seconds=13)
    assert Visitor.objects.count() == 1


@pytest.mark.req("DG-20", "DG-02")
def test_dialogue_that_was_set_aside_comes_back_also_after_it_was_unpublished() -> None:
    dialogue = make_dialogue(ask_twice())
    make_flow(ask_then_end())
    before = shown(greet())
    answer(before, "yes")
    running = start()
    Dialogue.objects.filter(pk=dialogue.pk).update(status=Dialogue.Status.UNPUBLISHED)
    answer(running, "yes", seconds=11)
    assert shown(greet(20)) == before


@pytest.mark.req("DG-20", "DG-06", "LC-03")
@pytest.mark.parametrize(
    "settings", [{"dialogues_enabled": False}, {"package": "select", "monthly_limit": 0}, None], ids=str
)
def test_no_flow_begins_where_there_is_none_or_dialogues_are_off(settings: dict[str, Any] | None) -> None:
    if settings:
        make_flow()
        Installation.objects.update(**settings)
    else:
        make_dialogue(slug="demo")
        Dialogue.objects.create(kind=Dialogue.Kind.FLOW, name="Draft", slug="draft")
        for slug in ("draft", "demo\0"):
            with pytest.raises(FlowNotFound):
                start(slug)
    with pytest.raises(FlowNotFound):
        start()
    assert not Visitor.objects.exists()


@pytest.mark.req("DG-20", "DG-03")
def test_flow_is_never_what_a_page_view_gets() -> None:
    make_flow(priority=1)
    assert greet().conversation is None


@pytest.mark.req("DG-20")
def test_flow_that_nobody_answered_stays_on_its_screen_and_is_gone_from_the_next_page() -> None:
    dialogue = make_dialogue()
    make_flow()
    running = start()
    hello = Hello(protocol=1, conversation=str(running.public_id))
    assert receive_visitor(key="vera", hello=hello, now=at(11)).greeting.conversation == running
    assert shown(greet(12)).version.dialogue == dialogue


@pytest.mark.req("DG-20")
def test_hello_that_names_a_flow_begins_it_or_shows_what_is_due() -> None:
    dialogue = make_dialogue()
    flow = make_flow()
    arrival = receive_visitor(key="vera", hello=Hello(protocol=1, flow="demo"), now=NOW)
    assert (shown(arrival.greeting).version.dialogue, arrival.refusals) == (flow, [])
    arrival = receive_visitor(key="bo", hello=Hello(protocol=1, flow="gone"), now=NOW)
    assert shown(arrival.greeting).version.dialogue == dialogue
    assert [refusal.code for refusal in arrival.refusals] == ["flow_not_found"]


@pytest.mark.req("DG-02", "DL-06")
def test_tab_with_a_flow_that_another_page_has_closed_hears_of_it(hear: Hear) -> None:
    make_dialogue()
    make_flow()
    running = start()
    with hear(ConversationReplaced) as replaced:
        greet(12)
    assert replaced == [ConversationReplaced(running.pk)]
