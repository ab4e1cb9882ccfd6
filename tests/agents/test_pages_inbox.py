from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import User
from chat.models import Conversation, LiveChat, Message, Seat
from chat.selectors.inbox import list_waiting_chats
from chat.services.messages import Draft, append_messages
from config.installation.selectors import get_installation
from tests.factories import (
    NOW,
    AgentFactory,
    ConversationFactory,
    LiveChatFactory,
    ScheduleBlockFactory,
    UserFactory,
    VisitorFactory,
)

pytestmark = pytest.mark.django_db

# Session, user, two kinds of permissions; the conversation; two lists, each with its unread counts, and what
# was given away; the messages, and the notes beside them; the agent with hours, seats, settings and sounds;
# whether files may be sent.
QUERIES = 22
SOME_ID = uuid.UUID(int=7)
ACTIVE, ENDED = LiveChat.Status.ACTIVE, LiveChat.Status.ENDED


def make_chat(agent: User, status: str = ACTIVE, *, name: str = "Vera", text: str = "Hello") -> Conversation:
    is_active = status == ACTIVE
    conversation: Conversation = ConversationFactory(
        visitor=VisitorFactory(
            attributes={"first_name": name, "email": "vera@acme.example", "team_size": "12"}
        ),
        is_open=is_active,
        closed_at=None if is_active else NOW,
        last_seq=1,
    )
    LiveChatFactory(
        conversation=conversation,
        agent=agent,
        status=status,
        accepted_at=NOW,
        idle_at=NOW + timedelta(minutes=10),
        ended_at=None if is_active else NOW,
    )
    Message.objects.create(conversation=conversation, seq=1, author="visitor", text=text, created_at=NOW)
    return conversation


def read_json(page: str, name: str) -> Any:
    found = re.search(rf'<script id="{name}" type="application/json">(.*?)</script>', page)
    assert found
    return json.loads(found[1])


def url_of(conversation: Conversation) -> str:
    return reverse("inbox-chat", args=[conversation.public_id])


@pytest.mark.req("LC-37", "LC-38")
def test_inbox_lists_the_agents_own_chats_and_no_others(client: Client) -> None:
    agent = AgentFactory()
    mine, past = make_chat(agent, name="Vera"), make_chat(agent, ENDED, name="Sofia")
    foreign = make_chat(AgentFactory(), name="Stranger")
    client.force_login(agent)
    page = client.get(reverse("inbox")).content.decode()
    assert url_of(mine) in page
    assert url_of(past) in page
    assert url_of(foreign) not in page
    phases = {
        chat["visitor"]["name"]: chat["state"]["phase"] for chat in read_json(page, "page-state")["chats"]
    }
    assert phases == {"Vera": "active", "Sofia": "ended"}


@pytest.mark.req("LC-37", "LC-39")
def test_opened_chat_shows_messages_and_visitor_without_scripts(client: Client) -> None:
    agent = AgentFactory()
    conversation = make_chat(agent, text="Is <b>this</b> safe?")
    client.force_login(agent)
    page = client.get(url_of(conversation)).content.decode()
    assert "Is &lt;b&gt;this&lt;/b&gt; safe?" in page
    assert "vera@acme.example" in page
    assert re.search(r'data-fact="company"[^>]*>–<', page)
    state = read_json(page, "page-state")
    assert state["open"] == str(conversation.public_id)
    assert [message["text"] for message in state["messages"]] == ["Is <b>this</b> safe?"]
    assert [chat["read_only"] for chat in state["chats"]] == [False]


@pytest.mark.req("LC-43", "LC-52")
def test_the_open_chat_is_one_link_away_however_long_the_list(client: Client) -> None:
    agent = AgentFactory()
    conversation = make_chat(agent, ENDED)
    client.force_login(agent)
    page = client.get(url_of(conversation)).content.decode()
    place = re.search(r'class="skip-link" href="#(\w+)">Skip to the chat<', page)
    assert place
    assert f'id="{place[1]}"' in page
    assert page.index(place[0]) < page.index('data-part="chat-item"')
    assert "Skip to the chat" not in client.get(reverse("inbox")).content.decode()


@pytest.mark.req("LC-38")
@pytest.mark.parametrize("name", ["inbox-chat", "transcript", "transcript-html", "transcript-json"])
def test_another_agents_chat_does_not_exist(client: Client, name: str) -> None:
    foreign = make_chat(AgentFactory(), ENDED)
    client.force_login(AgentFactory())
    for public_id in (foreign.public_id, uuid.uuid4()):
        response = client.get(reverse(name, args=[public_id]))
        assert response.status_code == 404
        assert "isn't yours" in response.content.decode().replace("&#x27;", "'")


@pytest.mark.req("LC-38")
def test_supervisor_watches_another_agents_chat_without_writing(client: Client) -> None:
    foreign = make_chat(AgentFactory())
    client.force_login(AgentFactory(permissions=["view_all_conversations"]))
    page = client.get(url_of(foreign)).content.decode()
    (chat,) = read_json(page, "page-state")["chats"]
    assert chat["read_only"] is True
    assert re.search(r'<form class="composer"[^>]* hidden>', page)


@pytest.mark.req("LC-05")
@pytest.mark.parametrize("address", ["/inbox/", f"/inbox/{SOME_ID}/", f"/inbox/{SOME_ID}/transcript.txt"])
def test_without_the_permission_the_inbox_stays_shut(client: Client, address: str) -> None:
    client.force_login(UserFactory(permissions=["view_dialogues"]))
    response = client.get(address)
    assert response.status_code == 403
    page = response.content.decode()
    assert "Live Chat permission" in page
    assert reverse("admin:index") in page
    assert reverse("sign-out") in page


@pytest.mark.req("LC-05")
def test_whoever_may_nothing_can_only_sign_in_as_somebody_else(client: Client) -> None:
    client.force_login(UserFactory())
    page = client.get("/inbox/").content.decode()
    assert reverse("sign-out") in page
    assert 'href="/admin/' not in page
    assert 'href="/"' not in page  # it would lead back here


@pytest.mark.req("LC-05")
@pytest.mark.parametrize("address", ["/inbox/", "/settings/", f"/inbox/{SOME_ID}/"])
def test_whoever_is_not_signed_in_comes_back_after_signing_in(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 302
    assert response["Location"] == f"/sign-in/?next={address}"


@pytest.mark.req("LC-37")
@pytest.mark.parametrize("more", [0, 6])
def test_the_inbox_takes_as_many_queries_for_one_chat_as_for_many(
    client: Client, django_assert_num_queries: Callable[..., Any], more: int
) -> None:
    get_installation()
    agent = AgentFactory()
    conversation = make_chat(agent)
    make_chat(agent, ENDED)
    for _n in range(more):
        make_chat(agent)
        make_chat(agent, ENDED)
    client.force_login(agent)
    with django_assert_num_queries(QUERIES):
        client.get(url_of(conversation))


@pytest.mark.req("LC-05")
def test_pages_of_an_agent_are_kept_in_no_cache(client: Client) -> None:
    client.force_login(AgentFactory())
    assert "no-store" in client.get(reverse("inbox"))["Cache-Control"]


@pytest.mark.req("LC-12")
def test_the_switch_is_on_every_page_with_reason_and_seats(client: Client) -> None:
    client.force_login(AgentFactory())
    for name in ("inbox", "settings"):
        page = client.get(reverse(name)).content.decode()
        assert "Unavailable · no hours set" in page
        assert "0 of 10 seats" in page
        assert 'data-part="banner"' in page


@pytest.mark.req("LC-38")
def test_older_chats_are_a_page_further(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.views.inbox.PAST", 2)
    agent = AgentFactory()
    oldest, *_newer = [make_chat(agent, ENDED, name=name) for name in ("Vera", "Sofia", "Omar")]
    client.force_login(agent)
    page = client.get(reverse("inbox")).content.decode()
    assert url_of(oldest) not in page
    found = re.search(r'data-part="older" href="([^"]+)"', page)
    assert found
    older = client.get(reverse("inbox") + found[1]).content.decode()
    assert url_of(oldest) in older
    assert 'data-part="older"' not in older
    assert client.get(reverse("inbox") + "?before=nonsense").status_code == 200


@pytest.mark.req("LC-37")
def test_list_opens_on_the_tab_that_holds_the_open_chat(client: Client) -> None:
    agent = AgentFactory()
    running, past = make_chat(agent), make_chat(agent, ENDED)
    client.force_login(agent)
    chosen = {
        address: re.findall(
            r'data-tab="(\w+)"[^>]*aria-selected="true"', client.get(address).content.decode()
        )
        for address in (reverse("inbox"), url_of(running), url_of(past), "/inbox/?before=nonsense")
    }
    assert [*chosen.values()] == [["active"], ["active"], ["all"], ["all"]]


@pytest.mark.req("LC-38")
def test_everyones_chats_are_listed_for_those_who_may_see_them(client: Client) -> None:
    supervisor, other = AgentFactory(permissions=["view_all_conversations"]), AgentFactory()
    running, past = make_chat(other, name="Vera"), make_chat(other, ENDED, name="Omar")
    own = make_chat(supervisor, name="Sofia")
    client.force_login(supervisor)
    found = client.get(reverse("inbox-everyone")).json()
    assert [chat["visitor"]["name"] for chat in found["running"]] == ["Vera"]
    assert [chat["visitor"]["name"] for chat in found["past"]] == ["Omar"]
    assert client.get(reverse("inbox-everyone"), {"only": "running"}).json().keys() == {"waiting", "running"}
    page = client.get(url_of(running)).content.decode()
    assert 'data-tab="everyone"' in page.split('data-part="list-tabs"')[0]
    for conversation in (running, past):
        assert url_of(conversation) not in page.split('id="own-chats"')[1].split("</nav>")[0]
    assert url_of(own) in page
    client.force_login(other)
    assert client.get(reverse("inbox-everyone")).status_code == 403
    assert 'data-tab="everyone"' not in client.get(reverse("inbox")).content.decode()


@pytest.mark.req("LC-38")
@pytest.mark.parametrize("more", [0, 5])
def test_everyones_chats_come_in_pages_with_constant_queries(
    client: Client,
    django_assert_num_queries: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    more: int,
) -> None:
    monkeypatch.setattr("agents.views.everyone.PAST", 2)
    other = AgentFactory()
    chats = [make_chat(other, ENDED) for _n in range(3 + more)]
    make_chat(other)
    client.force_login(AgentFactory(permissions=["view_all_conversations"]))
    # Session, user, permissions twice; the waiting, the running and the past ones, the last two with unread.
    with django_assert_num_queries(9):
        found = client.get(reverse("inbox-everyone")).json()
    seen = [chat["state"]["conversation"] for chat in found["past"]]
    while found["older"]:
        found = client.get(reverse("inbox-everyone"), {"before": found["older"]}).json()
        seen += [chat["state"]["conversation"] for chat in found["past"]]
    assert seen == [str(chat.public_id) for chat in reversed(chats)]


@pytest.mark.req("LC-38", "LC-28")
def test_everyone_begins_with_who_waits_and_who_is_asked(client: Client) -> None:
    supervisor, bo = (
        AgentFactory(permissions=["view_all_conversations"]),
        AgentFactory(first_name="Bo", last_name="Ek"),
    )
    asked = LiveChatFactory(status="offered", route_at=None, routing_since=NOW - timedelta(minutes=2))
    Seat.objects.create(agent=bo, number=1, live_chat=asked)
    LiveChatFactory(status="requested")
    LiveChatFactory(status="fallback", ended_at=NOW, route_at=None)
    make_chat(bo)
    client.force_login(supervisor)
    found = client.get(reverse("inbox-everyone")).json()
    rows = [(row["state"]["phase"], row.get("asked", "")) for row in found["waiting"]]
    assert rows == [("waiting", "Bo Ek"), ("waiting", "")]
    assert found["waiting"][0]["state"]["waiting_since"] == "2026-03-02T11:58:00Z"
    assert len(found["running"]) == 1
    # It is there to look at only.
    page = client.get(url_of(asked.conversation)).content.decode()
    (chat,) = (each for each in read_json(page, "page-state")["chats"] if each["state"]["phase"] == "waiting")
    assert chat["read_only"] is True
    assert re.search(r'<form class="composer"[^>]* hidden>', page)
    client.force_login(bo)
    assert client.get(url_of(asked.conversation)).status_code == 404


@pytest.mark.req("LC-38")
@pytest.mark.parametrize("count", [1, 4])
def test_who_waits_costs_the_same_however_many_they_are(
    django_assert_num_queries: Callable[..., Any], count: int
) -> None:
    for number in range(count):
        chat = LiveChatFactory(status="offered", route_at=None)
        Seat.objects.create(agent=AgentFactory(), number=number + 1, live_chat=chat)
    supervisor = AgentFactory(permissions=["view_all_conversations"])
    # Permissions twice; the chats, seats and who has them, unread counts.
    with django_assert_num_queries(6):
        assert len(list_waiting_chats(user=supervisor)) == count


@pytest.mark.req("LC-11")
def test_time_zone_that_the_database_has_dropped_is_utc(client: Client) -> None:
    agent = AgentFactory(time_zone="Europe/Atlantis")
    ScheduleBlockFactory(agent=agent)
    client.force_login(agent)
    for address in (url_of(make_chat(agent)), reverse("settings")):
        response = client.get(address)
        assert response.status_code == 200
        assert read_json(response.content.decode(), "page-config")["timeZone"] == "UTC"


def lengthen(conversation: Conversation, count: int) -> None:
    drafts = [Draft(Message.Author.VISITOR, str(number)) for number in range(2, count + 1)]
    append_messages(conversation, drafts, now=NOW)


@pytest.mark.req("LC-40")
@pytest.mark.parametrize(("count", "first"), [(500, 1), (501, 2)])
def test_ended_chat_shows_its_last_messages_and_where_the_others_are(
    client: Client, count: int, first: int
) -> None:
    agent = AgentFactory()
    conversation = make_chat(agent, ENDED)
    lengthen(conversation, count)
    client.force_login(agent)
    page = client.get(url_of(conversation)).content.decode()
    shown = [message["seq"] for message in read_json(page, "page-state")["messages"]]
    assert (shown[0], shown[-1], len(shown)) == (first, count, 500)
    earlier = re.search(r'<p class="earlier".*?</p>', page, re.DOTALL)
    assert bool(earlier) is (first > 1)
    if earlier:
        assert "Earlier messages are in the transcript." in earlier[0]
        assert reverse("transcript", args=[conversation.public_id]) in earlier[0]


@pytest.mark.req("LC-37")
def test_running_chat_begins_at_its_beginning_for_its_agent_alone(client: Client) -> None:
    agent = AgentFactory()
    conversation = make_chat(agent)
    lengthen(conversation, 501)
    client.force_login(agent)
    page = client.get(url_of(conversation)).content.decode()
    assert (read_json(page, "page-state")["messages"][0]["seq"], 'class="earlier"' in page) == (1, False)
    client.force_login(AgentFactory(permissions=["view_all_conversations"]))
    page = client.get(url_of(conversation)).content.decode()
    assert read_json(page, "page-state")["messages"][-1]["seq"] == 501
    assert "once the chat has ended" in page
    assert reverse("transcript", args=[conversation.public_id]) not in page.split('class="earlier"')[1][:600]
