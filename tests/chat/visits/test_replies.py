"""What a page is told: which dialogue, which flows, whether there is a conversation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone
from pytest_django import Settings

from chat.models import Conversation, Visitor
from chat.services.claims import Claims
from chat.services.dialogues import unpublish_dialogue
from chat.services.visitors import mint_token, read_token
from tests.chat.services.talking import answer, ask_then_human, greet, make_dialogue, on, republish, shown
from tests.chat.streams.builders import choice, live_chat, message, question, stream_json
from tests.chat.visits.pages import Website
from tests.geography import place, write_places
from tests.stage import configure

make = sync_to_async(make_dialogue)
NOTHING: dict[str, Any] = {"dialogue": None, "conversation": False, "flows": [], "words": []}
TOKEN = mint_token()


def meet(**arrival: Any) -> Conversation:
    return shown(greet(key=read_token(TOKEN) or "", **arrival))


def engage(**arrival: Any) -> None:
    answer(meet(**arrival), "yes", card="c2")


@pytest.mark.req("DG-03", "DG-05", "DG-12")
async def test_dialogue_that_is_due_comes_with_its_words_and_its_events(website: Website) -> None:
    dialogue = await make(
        ask_then_human(), name="Prices", language="sv", event_page_seconds=5, event_scroll_percent=40
    )
    assert await website.visit() == {
        "dialogue": {
            "id": f"{dialogue.public_id}.1",
            "name": "Prices",
            "kind": "dialogue",
            "language": "sv",
            "poke": "Welcome!",
            "events": {"page": 5, "scroll": 40},
        },
        "conversation": False,
        "flows": [],
        "words": [],
    }


@pytest.mark.req("DG-12", "DG-11")
async def test_first_words_have_their_tokens_replaced_and_can_be_switched_off(website: Website) -> None:
    words = stream_json(message('Hi {{lead.firstName:"there"}}!', next="c2"), question(choice("yes")))
    await make(words)
    assert (await website.visit())["dialogue"]["poke"] == "Hi there!"
    assert (await website.visit(attributes={"first_name": "Vera"}))["dialogue"]["poke"] == "Hi Vera!"
    await make(words, priority=1, poke=False)
    assert (await website.visit())["dialogue"]["poke"] == ""


@pytest.mark.req("DG-03", "DG-08")
async def test_page_and_priority_decide(website: Website) -> None:
    prices = await make(priority=1, target_include="https://acme.example/prices")
    everywhere = await make(priority=2)
    assert (await website.visit("/prices?plan=big#top"))["dialogue"]["id"] == f"{prices.public_id}.1"
    assert (await website.visit("/jobs"))["dialogue"]["id"] == f"{everywhere.public_id}.1"


@pytest.mark.req("DG-02", "DG-06")
async def test_what_is_published_and_switched_is_seen_by_the_next_page_view(website: Website) -> None:
    assert await website.visit() == NOTHING
    dialogue = await make(priority=2)
    assert (await website.visit())["dialogue"]["id"].endswith(".1")
    await sync_to_async(republish)(dialogue, ask_then_human())
    assert (await website.visit())["dialogue"]["id"].endswith(".2")
    await sync_to_async(configure)(dialogues_enabled=False)
    assert await website.visit() == NOTHING
    await sync_to_async(configure)(dialogues_enabled=True)
    await sync_to_async(unpublish_dialogue)(dialogue_id=dialogue.pk)
    assert await website.visit() == NOTHING


@pytest.mark.req("LC-03")
async def test_nothing_is_due_at_the_monthly_limit(website: Website) -> None:
    await make(ask_then_human())
    await sync_to_async(engage)()
    assert (await website.visit())["dialogue"] is not None
    await sync_to_async(configure)(monthly_limit=1)
    await Conversation.objects.aupdate(engaged_at=timezone.now())
    assert await website.visit() == NOTHING


@pytest.mark.req("DG-02", "DG-03")
async def test_engaged_conversation_follows_and_nothing_else_is_due(website: Website) -> None:
    dialogue = await make(ask_then_human(), target_include="https://acme.example/prices")
    await sync_to_async(engage)(page=on("/prices"))
    await make(priority=1)
    await sync_to_async(unpublish_dialogue)(dialogue_id=dialogue.pk)
    assert await website.visit("/jobs", token=TOKEN) == {**NOTHING, "conversation": True}
    assert (await website.visit("/jobs"))["dialogue"] is not None, "to anybody else"


@pytest.mark.req("DG-03")
async def test_completed_dialogue_is_passed_over_and_its_conversation_can_be_read(website: Website) -> None:
    first = await make(priority=1)
    await sync_to_async(lambda: answer(meet(), "no"))()
    assert await website.visit(token=TOKEN) == {**NOTHING, "conversation": True}
    second = await make(priority=2)
    reply = await website.visit(token=TOKEN)
    assert (reply["dialogue"]["id"], reply["conversation"]) == (f"{second.public_id}.1", True)
    assert (await website.visit())["dialogue"]["id"] == f"{first.public_id}.1"


@pytest.mark.req("DG-02")
async def test_who_only_saw_it_gets_what_is_due_now(website: Website) -> None:
    dialogue = await make(ask_then_human())
    await sync_to_async(meet)()
    await sync_to_async(republish)(dialogue, stream_json(live_chat()))
    reply = await website.visit(token=TOKEN)
    assert (reply["dialogue"]["id"], reply["conversation"]) == (f"{dialogue.public_id}.2", False)


@pytest.mark.req("DG-07")
async def test_audience_asks_for_what_the_visit_tells_and_what_is_stored(
    website: Website, settings: Settings, tmp_path: Path
) -> None:
    settings.GEOIP_DATABASE = str(write_places(tmp_path / "p.mmdb", {"81.2.69.0/24": place("CH", "Zurich")}))
    checks = [
        ("country", "is", "CH"),
        ("region", "is", "Zurich"),
        ("device", "is", "tablet"),
        ("language", "is", "de-CH"),
        ("time_zone", "is", "Europe/Zurich"),
        ("page_url", "is", "https://acme.example/prices"),
        ("plan", "is", "big"),
        ("email", "is", "vera@acme.example"),
    ]
    names = ("attribute", "operator", "value")
    audience = {"match": "all", "items": [dict(zip(names, check, strict=True)) for check in checks]}
    await make(priority=2)
    await sync_to_async(lambda: meet(claims=Claims(attributes={"email": "vera@acme.example"})))()
    special = await make(priority=1, audience=audience)
    told: dict[str, Any] = {
        "token": TOKEN,
        "device": "tablet",
        "language": "de-CH",
        "time_zone": "Europe/Zurich",
        "attributes": {"plan": "big"},
    }
    assert (await website.visit(**told))["dialogue"]["id"] == f"{special.public_id}.1"
    for missing in told:
        less = {name: value for name, value in told.items() if name != missing}
        assert (await website.visit(**less))["dialogue"]["id"] != f"{special.public_id}.1", missing
    website.address = "127.0.0.1"
    assert (await website.visit(**told))["dialogue"]["id"] != f"{special.public_id}.1"


@pytest.mark.req("DG-20")
async def test_flows_come_with_how_they_start_where_they_can(website: Website) -> None:
    flow: dict[str, Any] = {
        "kind": "flow",
        "slug": "demo",
        "start_on": "click",
        "start_selector": "#demo",
        "look": "popup",
    }
    await make(**flow)
    await make(
        kind="flow", slug="jobs", start_on="load", look="chatbot", target_include="https://acme.example/jobs"
    )
    shown_on_prices = [{"slug": "demo", "start_on": "click", "selector": "#demo", "look": "popup"}]
    assert (await website.visit())["flows"] == shown_on_prices
    assert [flow["slug"] for flow in (await website.visit("/jobs"))["flows"]] == ["demo", "jobs"]
    assert (await website.visit())["dialogue"] is None


@pytest.mark.req("DL-10")
@pytest.mark.parametrize("token", ["", "nonsense", TOKEN[:-3]], ids=["none", "nonsense", "cut"])
async def test_token_that_is_none_is_nobodys(website: Website, token: str) -> None:
    await make()
    await sync_to_async(lambda: answer(meet(), "no"))()
    assert (await website.visit(token=token))["dialogue"] is not None


async def test_page_view_writes_nothing(website: Website) -> None:
    await make()
    for token in ("", TOKEN, mint_token()):
        await website.visit(token=token)
    assert not await Visitor.objects.aexists()
    assert not await Conversation.objects.aexists()


@pytest.mark.req("LC-50")
async def test_the_button_is_told_its_words_in_the_language_of_the_chat_alone(website: Website) -> None:
    german = (await website.visit(language="fr-FR", ui="de"))["words"]
    assert german == ["Chat öffnen", "Chat schließen", "# ungelesen", "Ausblenden"]
    assert (await website.visit(ui="tlh"))["words"] == []
