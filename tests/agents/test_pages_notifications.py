"""How an agent wants to be told of what happens (LC-47)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from agents.models import Preferences, User
from agents.selectors import get_preferences
from agents.services.own_settings import save_preferences
from tests.factories import AgentFactory

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-47")]

CHOSEN = {"offer_sound": "deep", "message_sound": "none", "volume": "35", "notify_offers": "on"}


@pytest.fixture
def agent(client: Client) -> User:
    agent: User = AgentFactory()
    client.force_login(agent)
    return agent


def post(client: Client, **changes: Any) -> Any:
    return client.post(reverse("settings-notifications"), CHOSEN | changes)


def test_an_agents_choices_are_kept_and_reach_every_page(client: Client, agent: User) -> None:
    assert post(client).status_code == 302
    kept = get_preferences(agent)
    assert (kept.offer_sound, kept.message_sound, kept.volume) == ("deep", "none", 35)
    assert (kept.notify_offers, kept.notify_messages, kept.mail_missed) == (True, False, False)
    page = client.get(reverse("inbox"))
    assert page.context["page_config"]["sounds"] == {"offer": "deep", "message": "none", "volume": 35}


def test_who_chose_nothing_hears_the_bell(client: Client, agent: User) -> None:
    page = client.get(reverse("settings-notifications"))
    assert page.context["page_config"]["sounds"] == {"offer": "bell", "message": "chime", "volume": 70}
    assert not Preferences.objects.exists()


def test_each_agent_has_their_own(client: Client, agent: User) -> None:
    other = AgentFactory()
    save_preferences(user=other, volume=5)
    post(client)
    assert (get_preferences(other).volume, get_preferences(agent).volume) == (5, 35)


@pytest.mark.req("LC-51")
@pytest.mark.parametrize(
    ("field", "value"), [("volume", "101"), ("volume", "-1"), ("volume", ""), ("offer_sound", "siren")]
)
def test_what_cannot_be_is_refused_beside_its_field(
    client: Client, agent: User, field: str, value: str
) -> None:
    page = post(client, **{field: value})
    assert page.status_code == 422
    assert field in page.context["form"].errors
    assert not Preferences.objects.exists()


def test_the_database_refuses_more_than_full_volume() -> None:
    with pytest.raises(IntegrityError):
        save_preferences(user=AgentFactory(), volume=101)
