"""The page of a flow, for links in e-mails (DG-20)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from chat.models import Dialogue
from chat.services.dialogues import publish_dialogue
from config.installation.models import Installation
from config.installation.selectors import get_installation
from tests.factories import DialogueFactory

pytestmark = [pytest.mark.django_db, pytest.mark.req("DG-20")]
HOSTILE = '"><script>alert(1)</script>{{7*7}}{% now "Y" %}'


def make_flow(slug: str = "demo", **fields: Any) -> Dialogue:
    given = {
        "has_landing_page": True,
        "landing_title": "Ask for a demo",
        "landing_text": "Half an hour.\nNo slides.",
    }
    flow: Dialogue = DialogueFactory(
        kind=Dialogue.Kind.FLOW, slug=slug, start_on="call", **{**given, **fields}
    )
    publish_dialogue(dialogue_id=flow.pk, user=None)
    return flow


def test_page_has_the_flow_and_its_words(client: Client) -> None:
    make_flow()
    page = client.get("/f/demo/")
    text = page.content.decode()
    assert page.status_code == 200
    assert '<html lang="en" dir="ltr">' in text
    assert '<h1 dir="auto">Ask for a demo</h1>' in text
    assert "Half an hour.<br>No slides." in text
    assert 'id="flow" data-flow="demo"' in text
    assert '<script src="/widget.js" async></script>' in text
    assert "needs JavaScript" in re.findall(r"<noscript>(.*)</noscript>", text)[0]
    assert '<meta property="og:title" content="Ask for a demo">' in text
    assert "Set-Cookie" not in page
    assert not page.cookies


@pytest.mark.req("DG-16")
def test_page_may_load_only_the_chat_and_stands_in_no_frame(client: Client) -> None:
    make_flow()
    policy = client.get("/f/demo/")["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self' http")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert client.get("/f/demo/")["X-Frame-Options"] == "DENY"


def test_page_is_in_the_flows_language(client: Client) -> None:
    make_flow(language="sv")
    make_flow("thalab", language="ar")
    assert (
        '<html lang="sv" dir="ltr">'
        in client.get("/f/demo/", headers={"Accept-Language": "de"}).content.decode()
    )
    assert '<html lang="ar" dir="rtl">' in client.get("/f/thalab/").content.decode()


def test_words_of_an_admin_stay_words(client: Client) -> None:
    make_flow(landing_title=HOSTILE, landing_text=HOSTILE)
    text = client.get("/f/demo/").content.decode()
    assert "<script>alert" not in text
    assert "{{7*7}}" in text


def test_where_there_is_no_page_there_is_none(client: Client) -> None:
    unpublished = make_flow("over")
    Dialogue.objects.filter(pk=unpublished.pk).update(status=Dialogue.Status.UNPUBLISHED)
    make_flow("hidden", has_landing_page=False)
    DialogueFactory(kind=Dialogue.Kind.FLOW, slug="draft", has_landing_page=True)
    for slug in ("over", "hidden", "draft", "nowhere"):
        assert client.get(f"/f/{slug}/").status_code == 404, slug
    assert client.post("/f/demo/").status_code == 405


@pytest.mark.req("DG-06")
def test_page_is_gone_while_dialogues_are_off(client: Client) -> None:
    make_flow()
    get_installation()
    Installation.objects.update(dialogues_enabled=False)
    assert client.get("/f/demo/").status_code == 404


@pytest.mark.req("DG-02")
def test_page_is_as_it_was_published_under_the_name_it_was_published(client: Client) -> None:
    flow = make_flow()
    Dialogue.objects.filter(pk=flow.pk).update(slug="renamed", landing_title="Not yet")
    assert "Ask for a demo" in client.get("/f/demo/").content.decode()
    assert client.get("/f/renamed/").status_code == 404


def test_page_without_a_title_has_the_companys_name(client: Client) -> None:
    make_flow(landing_title="", landing_text="")
    text = client.get("/f/demo/").content.decode()
    assert f"<title>{get_installation().widget_name}</title>" in text
    assert "og:description" not in text


def test_where_consent_is_asked_for_nothing_starts_by_itself(client: Client) -> None:
    make_flow()
    assert "data-asks-consent" not in client.get("/f/demo/").content.decode()
    Installation.objects.update(consent_mode=True)
    text = client.get("/f/demo/").content.decode()
    assert "data-asks-consent" in text
    assert "Start the chat" in text
