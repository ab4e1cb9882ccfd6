"""What publishing freezes beside the stream, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from chat.models import Dialogue, DialogueVersion, LeadList
from chat.services.dialogues import (
    DialogueNotPublishable,
    check_dialogue,
    is_draft_changed,
    publish_dialogue,
)
from chat.services.setups import list_setup_errors, read_setup
from chat.targeting import Events, TargetsInvalid
from config.lib.conditions import ConditionsInvalid
from tests.factories import NOW, DialogueFactory
from tests.stage import configure

pytestmark = pytest.mark.django_db

EMPTY_EMAIL = {"match": "all", "items": [{"attribute": "email", "operator": "is_empty"}]}


def publish(dialogue: Dialogue) -> DialogueVersion:
    return publish_dialogue(dialogue_id=dialogue.pk, user=None, now=NOW)


def fields_of(errors: list[Any]) -> list[str | None]:
    return [error.field for error in errors]


@pytest.mark.req("DG-01", "DG-02")
def test_publishing_freezes_whom_where_and_when() -> None:
    dialogue = DialogueFactory.create(
        language="sv",
        audience=EMPTY_EMAIL,
        target_include="https://*.website.com\n\n https://website.de/* ",
        target_exclude="https://website.com/jobs/*",
        event_page_seconds=5,
        event_scroll_percent=40,
        poke=False,
    )
    version = publish(dialogue)
    Dialogue.objects.filter(pk=dialogue.pk).update(language="en", audience={}, target_include="", poke=True)
    version.refresh_from_db()
    assert version.setup == {
        "kind": "dialogue",
        "language": "sv",
        "audience": EMPTY_EMAIL,
        "include": ["https://*.website.com", "https://website.de/*"],
        "exclude": ["https://website.com/jobs/*"],
        "events": {"page": 5, "scroll": 40},
        "poke": False,
        "slug": "",
        "start_on": "click",
        "selector": "",
        "look": "chatbot",
        "has_landing_page": False,
        "landing_title": "",
        "landing_text": "",
    }


@pytest.mark.req("DG-20")
def test_flow_freezes_how_it_starts_and_looks() -> None:
    flow = DialogueFactory.create(
        kind="flow",
        slug="book-demo",
        start_on="load",
        start_selector=" #demo ",
        look="inline",
        has_landing_page=True,
        landing_title="Book a demo",
        event_page_seconds=5,
    )
    setup = read_setup(flow)
    assert (setup.slug, setup.start_on, setup.selector, setup.look) == (
        "book-demo",
        "load",
        "#demo",
        "inline",
    )
    assert (setup.has_landing_page, setup.landing_title) == (True, "Book a demo")
    assert (setup.events, setup.poke) == (Events(), False)


@pytest.mark.req("DG-02")
@pytest.mark.parametrize(
    "change",
    [
        {"language": "sv"},
        {"audience": EMPTY_EMAIL},
        {"target_include": "https://website.com"},
        {"target_exclude": "https://website.com"},
        {"event_site_seconds": 9},
        {"poke": False},
        {"stream": {"start": None, "cards": {}}},
        {"audience": {"items": 7}},
    ],
)
def test_draft_differs_when_stream_or_settings_do(change: dict[str, Any]) -> None:
    dialogue = DialogueFactory.create()
    assert is_draft_changed(dialogue)
    publish(dialogue)
    dialogue.refresh_from_db()
    assert not is_draft_changed(dialogue)
    for name, value in change.items():
        setattr(dialogue, name, value)
    assert is_draft_changed(dialogue)


@pytest.mark.req("DG-02")
@pytest.mark.parametrize("change", [{"priority": 1}, {"name": "Other"}, {"description": "x"}, {"slug": "x"}])
def test_draft_is_as_published_when_only_what_acts_at_once_differs(change: dict[str, Any]) -> None:
    dialogue = DialogueFactory.create()
    first = publish(dialogue)
    Dialogue.objects.filter(pk=dialogue.pk).update(**change)
    dialogue.refresh_from_db()
    assert not is_draft_changed(dialogue)
    assert publish(dialogue) == first


@pytest.mark.req("DG-02")
def test_changed_setting_makes_the_next_version() -> None:
    dialogue = DialogueFactory.create()
    publish(dialogue)
    Dialogue.objects.filter(pk=dialogue.pk).update(target_include="https://website.com")
    assert publish(dialogue).number == 2


@pytest.mark.req("DG-07", "DG-08", "DG-13")
def test_every_wrong_setting_is_named_and_keeps_it_from_being_published() -> None:
    dialogue = DialogueFactory.create(
        kind="flow", target_include="https://website.com\n/prices", audience={"items": [{"operator": "is"}]}
    )
    errors = list(list_setup_errors(dialogue))
    assert fields_of(errors) == ["target_include", "audience", "slug", "start_selector"]
    assert isinstance(errors[0], TargetsInvalid)
    assert isinstance(errors[1], ConditionsInvalid)
    faults = [fault for fault in check_dialogue(dialogue=dialogue) if fault.severity == "error"]
    assert [(fault.card_id, fault.field) for fault in faults] == [(None, name) for name in fields_of(errors)]
    assert faults[0].message.startswith("Line 2: ")
    with pytest.raises(DialogueNotPublishable):
        publish(dialogue)
    with pytest.raises(TargetsInvalid):
        read_setup(dialogue)


@pytest.mark.req("DG-20")
@pytest.mark.parametrize(
    ("flow", "wrong"),
    [
        ({"start_on": "click"}, ["start_selector"]),
        ({"start_on": "load"}, []),
        ({"start_on": "call", "look": "inline"}, ["start_selector"]),
        ({"start_on": "call", "look": "popup"}, []),
    ],
)
def test_flow_needs_an_element_where_it_starts_or_is_shown_at_one(
    flow: dict[str, Any], wrong: list[str]
) -> None:
    made = DialogueFactory.create(kind="flow", slug="demo", **flow)
    assert fields_of(list(list_setup_errors(made))) == wrong


@pytest.mark.req("DG-07")
def test_audience_of_lists_needs_prime_and_lists_that_exist() -> None:
    customers = LeadList.objects.create(name="Customers")
    wanted = {"items": [{"attribute": "lists", "operator": "in_list", "value": [str(customers.pk)]}]}
    dialogue = DialogueFactory.create(audience=wanted)
    assert [error.code for error in list_setup_errors(dialogue)] == ["prime_only"]
    configure(package="prime")
    assert list(list_setup_errors(dialogue)) == []
    customers.delete()
    assert [error.code for error in list_setup_errors(dialogue)] == ["setup_invalid"]
