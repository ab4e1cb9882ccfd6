"""Which dialogue is due on which page and for whom, and what follows a visitor to other pages."""

from __future__ import annotations

from typing import Any

import pytest

from chat.models import Conversation, Dialogue, Lead, LeadList, Visitor
from chat.services.claims import Claims
from chat.services.dialogues import publish_dialogue, unpublish_dialogue
from chat.services.greeting import Greeting
from tests.chat.services.talking import (
    HALF_HOUR,
    answer,
    ask_then_human,
    dialogue_of,
    greet,
    make_dialogue,
    on,
    republish,
    shown,
)
from tests.chat.streams.builders import choice, question, stream_json
from tests.factories import NOW
from tests.stage import at, configure

pytestmark = pytest.mark.django_db

PRICES = "https://acme.example/prices*"


def whose(attribute: str, operator: str, value: str = "") -> dict[str, Any]:
    return {"items": [{"attribute": attribute, "operator": operator, **({"value": value} if value else {})}]}


@pytest.mark.req("DG-03", "DG-08")
def test_dialogue_is_due_on_its_pages_alone() -> None:
    prices = make_dialogue(priority=1, target_include=PRICES, target_exclude=f"{PRICES}/old")
    everywhere = make_dialogue(priority=2)
    assert dialogue_of(greet(page=on("/prices?plan=big"), key="a")) == prices
    assert dialogue_of(greet(page=on("/jobs"), key="b")) == everywhere
    assert dialogue_of(greet(page=on("/prices/old"), key="c")) == everywhere


@pytest.mark.req("DG-03", "DG-07")
def test_dialogue_is_due_for_its_audience_alone() -> None:
    customers = make_dialogue(priority=1, audience=whose("email", "is_not_empty"))
    strangers = make_dialogue(priority=2, audience=whose("email", "is_empty"))
    assert dialogue_of(greet(key="stranger")) == strangers
    claims = Claims(attributes={"email": "vera@acme.example"})
    assert dialogue_of(greet(key="known", claims=claims)) == customers


@pytest.mark.req("DG-07")
@pytest.mark.parametrize(
    ("audience", "is_due"),
    [
        (whose("country", "is", "CH"), True),
        (whose("country", "is", "SE"), False),
        (whose("region", "is", "Zurich"), True),
        (whose("device", "is", "mobile"), True),
        (whose("language", "starts_with", "de"), True),
        (whose("time_zone", "is", "Europe/Zurich"), True),
        (whose("referrer", "contains", "search.example"), True),
        (whose("page_title", "is", "Prices"), True),
        (whose("page_url", "contains", "/jobs"), False),
    ],
)
def test_audience_can_ask_for_what_the_browser_tells(audience: dict[str, Any], is_due: bool) -> None:
    make_dialogue(audience=audience)
    inferred = {
        "country": "CH",
        "region": "Zurich",
        "device": "mobile",
        "language": "de-CH",
        "time_zone": "Europe/Zurich",
        "referrer": "https://search.example/",
        "page_title": "Prices",
        "page_url": "https://acme.example/prices",
    }
    assert (greet(inferred=inferred).conversation is not None) is is_due
    if is_due:
        assert Visitor.objects.get().inferred == inferred


@pytest.mark.req("DG-07")
def test_what_the_browser_tells_replaces_what_it_told_last_time() -> None:
    make_dialogue()
    greet(inferred={"country": "CH", "device": "mobile"})
    greet(5, inferred={"country": "SE"})
    assert Visitor.objects.get().inferred == {"country": "SE"}


@pytest.mark.req("DG-07")
def test_audience_can_ask_for_the_lists_of_the_lead() -> None:
    configure(package="prime")
    partners = LeadList.objects.create(name="Partners")
    for_partners = make_dialogue(priority=1, audience=whose("lists", "is", str(partners.pk)))
    everybody = make_dialogue(priority=2)
    assert dialogue_of(greet()) == everybody
    lead = Lead.objects.create(email="vera@acme.example")
    lead.lists.add(partners)
    Visitor.objects.update(lead=lead)
    assert dialogue_of(greet(5)) == for_partners


@pytest.mark.req("DG-02", "DG-03")
def test_dialogue_that_was_only_seen_does_not_follow_to_pages_it_does_not_target() -> None:
    prices = make_dialogue(priority=1, target_include=PRICES)
    first = shown(greet(page=on("/prices")))
    assert greet(5, page=on("/jobs")) == Greeting(Visitor.objects.get(), None)
    # The tab that shows it isn't disturbed, and back on its page it is the same one.
    assert shown(greet(6, page=on("/prices"))) == first
    assert (first.is_open, dialogue_of(greet(7, page=on("/prices")))) == (True, prices)


@pytest.mark.req("DG-03")
def test_on_another_page_the_dialogue_that_is_due_there_replaces_one_that_was_only_seen() -> None:
    make_dialogue(priority=1, target_include=PRICES)
    jobs = make_dialogue(priority=2, target_include="https://acme.example/jobs")
    first = shown(greet(page=on("/prices")))
    assert dialogue_of(greet(5, page=on("/jobs"))) == jobs
    first.refresh_from_db()
    assert (first.is_open, first.closed_at) == (False, at(5))


@pytest.mark.req("DG-03")
def test_engaged_dialogue_follows_also_to_pages_it_does_not_target() -> None:
    make_dialogue(ask_then_human(), priority=2, target_include=PRICES)
    make_dialogue(priority=1, target_include="https://acme.example/jobs")
    first = shown(greet(page=on("/prices")))
    answer(first, "yes", card="c2")
    assert shown(greet(5, page=on("/jobs"))) == first
    assert shown(greet(HALF_HOUR * 10, page=on("/jobs"))) == first


@pytest.mark.req("DG-03")
def test_last_conversation_is_shown_on_pages_where_nothing_is_due() -> None:
    make_dialogue(target_include=PRICES)
    first = shown(greet(page=on("/prices")))
    answer(first, "no")
    assert shown(greet(5, page=on("/jobs"))) == first


@pytest.mark.req("DG-02", "DG-03")
def test_who_only_saw_it_gets_a_higher_one_that_is_published_meanwhile() -> None:
    make_dialogue(priority=2)
    greet()
    higher = make_dialogue(priority=1)
    assert dialogue_of(greet(5)) == higher


@pytest.mark.req("DG-02")
def test_target_acts_when_it_is_published_and_priority_at_once() -> None:
    first, second = make_dialogue(priority=1), make_dialogue(priority=2)
    Dialogue.objects.filter(pk=first.pk).update(target_include=PRICES)
    assert dialogue_of(greet(page=on("/jobs"), key="a")) == first
    publish_dialogue(dialogue_id=first.pk, user=None, now=NOW)
    assert dialogue_of(greet(page=on("/jobs"), key="b")) == second
    assert dialogue_of(greet(page=on("/prices"), key="c")) == first
    Dialogue.objects.filter(pk=second.pk).update(priority=1, name="A")
    Dialogue.objects.filter(pk=first.pk).update(priority=3)
    assert dialogue_of(greet(page=on("/prices"), key="d")) == second


@pytest.mark.req("DG-02")
def test_engaged_visitor_goes_on_whatever_is_published_over_it() -> None:
    dialogue = make_dialogue(ask_then_human(), target_include=PRICES)
    first = shown(greet(page=on("/prices")))
    answer(first, "yes", card="c2")
    Dialogue.objects.filter(pk=dialogue.pk).update(target_include="https://other.example")
    republish(dialogue, stream_json(question(choice("new"))))
    unpublish_dialogue(dialogue_id=dialogue.pk)
    assert shown(greet(5, page=on("/prices"))) == first


@pytest.mark.req("DG-20")
def test_flow_is_never_what_is_due() -> None:
    make_dialogue(kind="flow", slug="demo", start_on="load", priority=1)
    assert greet() == Greeting(None, None)
    dialogue = make_dialogue(priority=9)
    assert dialogue_of(greet()) == dialogue


@pytest.mark.req("DG-01")
def test_visitor_without_an_address_of_a_page_gets_what_is_due_everywhere() -> None:
    make_dialogue(priority=1, target_include=PRICES)
    everywhere = make_dialogue(priority=2)
    assert dialogue_of(greet(page=on("").__class__(url="about:blank"))) == everywhere
    assert Conversation.objects.count() == 1
