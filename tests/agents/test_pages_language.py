"""Pages in Swedish for a browser that prefers it."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.views import LoginView
from django.test import Client
from django.urls import reverse
from django.utils import translation

from agents.models import User
from agents.views.words import get_words
from tests.factories import AgentFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-50")]

# Names and abbreviations that are the same in both.
SAME = {"bot", "minutes", "transfer_team", "fact_region"}


@pytest.fixture
def swede() -> Client:
    """A browser whose first language is Swedish."""
    return Client(headers={"accept-language": "sv-SE,sv;q=0.9,en;q=0.8"}, raise_request_exception=False)


def read(response: Any) -> str:
    page: str = response.content.decode()
    assert '<html lang="sv"' in page
    return page


def test_signing_in(swede: Client) -> None:
    page = read(swede.get(reverse("sign-in")))
    for words in ("Logga in", "Användarnamn", "Lösenord", "Har du glömt lösenordet?"):
        assert words in page


@pytest.mark.parametrize("language", ["de", "pt-BR", "zh-TW", "ar"])
def test_pages_of_staff_stay_whole_where_only_visitors_are_spoken_to(language: str) -> None:
    stranger = Client(headers={"accept-language": language})
    page = stranger.get(reverse("sign-in")).content.decode()
    assert '<html lang="en"' in page
    assert "Sign in" in page


def test_signing_in_too_often(swede: Client) -> None:
    AgentFactory(username="ann")
    for _attempt in range(django_settings.AXES_FAILURE_LIMIT):
        response = swede.post(reverse("sign-in"), {"username": "ann", "password": "wrong"})
    assert response.status_code == 429
    assert "kontot är låst i 15 minuter" in read(response)


def test_an_address_that_is_not_there(swede: Client) -> None:
    response = swede.get("/no/such/page/")
    assert response.status_code == 404
    assert "Här finns inget" in read(response)


def test_a_page_for_others(swede: Client) -> None:
    swede.force_login(UserFactory.create())
    response = swede.get(reverse("inbox"))
    assert response.status_code == 403
    assert "Inkorgen är för dem som har behörigheten Livechatt." in read(response)


def test_a_failure(swede: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_words: object) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr(LoginView, "get", fail)
    response = swede.get(reverse("sign-in"))
    assert response.status_code == 500
    assert "Något gick fel på servern" in read(response)


def test_the_inbox(swede: Client) -> None:
    agent: User = AgentFactory()
    swede.force_login(agent)
    page = read(swede.get(reverse("inbox")))
    for words in ("Inga pågående chattar.", "Inkorg", "Avböj chatten", "Logga ut"):
        assert words in page
    assert "{name} v\\u00e4ntar p\\u00e5 dig." in page or "{name} väntar på dig." in page


def test_the_settings(swede: Client) -> None:
    agent: User = AgentFactory()
    swede.force_login(agent)
    page = read(swede.get(reverse("settings")))
    for words in ("Arbetstider", "måndag", "Tidszon", "Spara profilen"):
        assert words in page


def test_every_sentence_of_the_pages_scripts() -> None:
    with translation.override("en"):
        english = get_words()
    with translation.override("sv"):
        swedish = get_words()
    assert {key for key, sentence in english.items() if swedish[key] == sentence} <= SAME


def test_the_admin(swede: Client) -> None:
    swede.force_login(UserFactory.create(is_superuser=True))
    page = read(swede.get(reverse("admin:index")))
    for words in ("Administration av Switchboard", "Livechattar", "Egna regler", "Behörighetsprofiler"):
        assert words in page
