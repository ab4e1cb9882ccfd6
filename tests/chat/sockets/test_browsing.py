"""A visitor's tab from page to page and from conversation to conversation, and what the agent sees of it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

import jwt
import pytest

from chat.models import Conversation, Dialogue, Visitor
from chat.services.dialogues import publish_dialogue
from chat.services.visitors import mint_token
from config.installation.selectors import get_installation
from tests.chat.sockets.stories import ASKING, Story
from tests.chat.sockets.tabs import VisitorTab, run
from tests.factories import DialogueFactory

Open = Callable[..., Awaitable[VisitorTab]]
PAGE = {"type": "page", "url": "https://shop.example/prices", "title": "Prices"}


def make_flow(slug: str = "demo", stream: dict[str, Any] = ASKING) -> None:
    flow = DialogueFactory(stream=stream, kind=Dialogue.Kind.FLOW, slug=slug, start_on="call")
    publish_dialogue(dialogue_id=flow.pk, user=None)


def sign(subject: str = "42", seconds: int = 600, **claims: Any) -> str:
    payload = {"sub": subject, "exp": int(time.time()) + seconds, **claims}
    return jwt.encode(payload, get_installation().identity_secret, algorithm="HS256")


@pytest.mark.req("LC-39", "DG-16")
async def test_agent_sees_the_page_that_the_visitor_moves_to(story: Story) -> None:
    tab, page = await story.chatting()
    await tab.send(PAGE)
    shown = await page.until("visitor")
    assert shown["conversation"] == tab.conversation
    assert (shown["visitor"]["page_url"], shown["visitor"]["page_title"]) == (PAGE["url"], "Prices")


@pytest.mark.req("LC-39", "DL-07")
async def test_of_many_pages_at_once_the_last_one_counts(story: Story) -> None:
    await story.set_up()
    tab = await story.visitor()
    for number in range(20):
        await tab.send({**PAGE, "url": f"https://shop.example/{number}"})
    await tab.ping()
    assert (await run(Conversation.objects.get)).page_url == "https://shop.example/19"


@pytest.mark.req("DG-19", "LC-39")
async def test_agent_sees_what_the_page_says_and_which_of_it_is_signed(story: Story) -> None:
    tab, page = await story.chatting()
    await tab.send({"type": "facts", "attributes": {"plan": "pro"}})
    shown = (await page.until("visitor"))["visitor"]
    assert (shown["attributes"], shown.get("verified")) == ({"plan": "pro"}, None)
    token = await run(sign, email="ada@fleet.example")
    await tab.send({"type": "facts", "identity": token})
    shown = (await page.until("visitor"))["visitor"]
    assert (shown["email"], shown["verified"]) == ("ada@fleet.example", ["email"])
    await tab.send({"type": "facts", "attributes": {"email": "ceo@fleet.example"}})
    shown = (await page.until("visitor"))["visitor"]
    assert (shown["email"], shown.get("verified")) == ("ceo@fleet.example", None)


@pytest.mark.req("DG-19")
async def test_forged_or_expired_identity_is_refused_and_changes_nothing(story: Story) -> None:
    await story.set_up()
    tab = await story.visitor()
    before = await run(lambda: list(Visitor.objects.values()))
    for token in ("rubbish", await run(sign, seconds=-3600), await run(sign, seconds=7200)):
        answer = await tab.ask({"type": "facts", "identity": token})
        assert answer["code"] == "identity_invalid"
    assert (await tab.ask({"type": "facts", "attributes": {"no good": "x"}}))["field"] == "no good"
    assert await run(lambda: list(Visitor.objects.values())) == before


@pytest.mark.req("DG-19", "DL-10")
async def test_another_signed_person_is_another_visitor_without_a_past(story: Story) -> None:
    await story.set_up()
    tab = await story.visitor(identity=await run(sign, "42"))
    first, token = tab.conversation, tab.token
    await tab.send({"type": "facts", "identity": await run(sign, "43")})
    welcome = await tab.until("welcome")
    assert welcome["reset"] is True
    assert welcome["state"]["conversation"] != first
    assert welcome["token"].split(":")[0] != token.split(":")[0]
    assert await run(Visitor.objects.count) == 2
    await tab.ping()


@pytest.mark.req("DG-19")
async def test_hello_with_bad_claims_is_welcomed_and_told(story: Story, visitor: Open) -> None:
    await story.set_up()
    tab = await visitor(greet=False)
    await tab.hello(attributes={"no good": "x"}, identity="rubbish", flow="gone")
    codes = [(await tab.until("error"))["code"] for _each in range(3)]
    assert codes == ["attribute_unfit", "identity_invalid", "flow_not_found"]
    assert tab.conversation


@pytest.mark.req("DG-20", "DL-06")
async def test_flow_replaces_the_dialogue_in_every_tab(story: Story) -> None:
    await story.set_up()
    await run(make_flow)
    token = mint_token()
    one, other = await story.visitor(token=token), await story.visitor(token=token)
    before = one.conversation
    await one.send({"type": "flow", "slug": "demo"})
    welcomes = [await tab.until("welcome") for tab in (one, other)]
    ids = {welcome["state"]["conversation"] for welcome in welcomes}
    assert len(ids) == 1
    assert before not in ids
    one.conversation = other.conversation = ids.pop()
    await one.answer("human", "what")
    await other.until("state", lambda frame: frame["phase"] == "waiting")
    assert other.said()[-1] == "Talk to somebody"


@pytest.mark.req("DG-20")
async def test_flow_asked_for_twice_is_welcomed_where_it_stands(story: Story) -> None:
    await story.set_up()
    await run(make_flow)
    tab = await story.visitor(flow="demo")
    await tab.send({"type": "flow", "slug": "demo"})
    welcome = await tab.until("welcome")
    assert welcome["state"]["conversation"] == tab.conversation
    assert not welcome.get("messages")
    assert not welcome.get("reset")


@pytest.mark.req("DG-20")
async def test_flow_that_is_not_there_is_refused_and_nothing_moves(story: Story) -> None:
    await story.set_up()
    tab = await story.visitor()
    assert (await tab.ask({"type": "flow", "slug": "gone"}))["code"] == "flow_not_found"
    assert (await tab.ping())["seqs"].keys() == {tab.conversation}


@pytest.mark.req("LC-27", "DL-06")
async def test_address_left_while_waiting_ends_it_in_every_tab(story: Story) -> None:
    await story.set_up()
    tab, page, _offer = await story.offered()
    other = await story.visitor(token=tab.token)
    await tab.send(tab.frame("contact", email="ada@fleet.example"))
    for each in (tab, other):
        await each.until("state", lambda frame: frame["phase"] == "abandoned")
    await page.until("offer_settled")
    assert (await run(Visitor.objects.get)).attributes["email"] == "ada@fleet.example"


@pytest.mark.req("LC-27")
async def test_bad_address_is_answered_with_a_reason(story: Story) -> None:
    await story.set_up()
    tab, _page, _offer = await story.offered()
    answer = await tab.ask(tab.frame("contact", email="nobody"))
    assert (answer["code"], answer["field"]) == ("email_invalid", "value")
