"""The simulator's page: who would be asked, in words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agents.models import User
from chat.services.dialogues import publish_dialogue
from routing.models import Decision, Offer, RobinPointer
from tests.admin.conftest import SignIn
from tests.factories import AgentFactory, DialogueFactory, PresenceFactory, RuleFactory

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-20"), pytest.mark.usefixtures("prime")]

PAGE = "/admin/routing/rule/simulator/"
SOON = timedelta(hours=1)


@pytest.fixture
def client(boss: User, sign_in: SignIn) -> Client:
    return sign_in(boss)


def at_work(**fields: Any) -> User:
    now = timezone.now()
    agent: User = AgentFactory.create(override_available=True, override_until=now + SOON, **fields)
    PresenceFactory.create(agent=agent, expires_at=now + SOON)
    return agent


def ask(client: Client, **fields: Any) -> str:
    answer = client.get(PAGE, {"card": "rules", **fields})
    return " ".join(answer.content.decode().split())


def test_page_says_who_would_be_asked_and_each_step_in_words(client: Client) -> None:
    at_work(first_name="Ann", last_name="Berg")
    items = [{"attribute": "country", "operator": "is", "value": "NO"}]
    RuleFactory.create(name="Norway", priority=1, conditions={"match": "all", "items": items})
    RuleFactory.create(name="Everybody", priority=2, agents=[User.objects.get(first_name="Ann")])
    page = ask(client, country="SE")
    assert "Ann Berg would be asked" in page
    assert (
        "Custom rule “Norway”: <b>didn&#x27;t match: Doesn&#x27;t match: country is “NO” is required" in page
    )
    assert "Custom rule “Everybody”: <b>offered</b>" in page
    page = ask(client, country="NO")
    assert "Custom rule “Norway”: <b>nobody could take it</b>" in page
    assert not any(model._default_manager.exists() for model in (Offer, Decision, RobinPointer))


def test_card_of_a_published_dialogue_can_be_chosen(client: Client) -> None:
    ann = at_work(first_name="Ann", last_name="Berg")
    stream = {
        "start": "human",
        "cards": {"human": {"type": "live_chat", "option": "agent", "agent_id": ann.pk}},
    }
    dialogue = DialogueFactory.create(name="Welcome", stream=stream)
    publish_dialogue(dialogue_id=dialogue.pk, user=None)
    choice = f"card:{dialogue.pk}:human"
    assert f'<option value="{choice}">Welcome: human</option>' in client.get(PAGE).content.decode()
    page = ask(client, card=choice)
    assert "Ann Berg would be asked" in page
    assert "Chosen agent “Ann Berg”" in page


def test_what_cannot_be_read_is_refused_at_its_field(client: Client) -> None:
    answer = client.get(PAGE, {"card": "agent:nobody", "others": "fine: yes\nlists: 7", "at": "soon"})
    assert answer.status_code == 400
    assert sorted(answer.context["form"].errors) == ["at", "card", "others"]
    assert "Line 2: write a name" in answer.content.decode()


@pytest.mark.req("LC-51")
@pytest.mark.parametrize("at", ["0001-01-01T00:00", "0202-06-01T09:00", "9999-12-31T23:59"])
def test_time_that_is_no_time_for_anybody_is_refused(client: Client, at: str) -> None:
    answer = client.get(PAGE, {"card": "round_robin", "at": at})
    assert (answer.status_code, [*answer.context["form"].errors]) == (400, ["at"])
