"""The Stream Designer in a real browser: by mouse, by keyboard alone, by two people, without a network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from chat.designer.templates import TEMPLATES
from chat.models import Dialogue
from chat.services.drafts import save_draft
from tests.browser.designing import Come, wait_for_draft

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("DG-14")]


def is_valid(stream: dict[str, Any]) -> bool:
    """Whether every way leads to a card that is there."""
    ways = [card.get("next") for card in stream["cards"].values()]
    return stream["start"] in stream["cards"] and all(way is None or way in stream["cards"] for way in ways)


def test_new_dialogue_begins_with_a_template_on_the_canvas(comes: Come, dialogue: Dialogue) -> None:
    signe = comes()
    signe.page.goto(f"{signe.address}/admin/chat/dialogue/add/")
    signe.page.get_by_label("Name", exact=True).fill("Demo")
    signe.page.get_by_text("Ask for a demo").click()
    signe.page.get_by_role("button", name="Create and design").click()
    expect(signe.card("Would you like to see it for yourself?")).to_be_visible()
    expect(signe.ends).to_have_count(2)
    expect(signe.page.locator(".node.is-handover")).to_contain_text("A human takes over")


def test_card_is_dragged_from_the_palette_into_a_way_and_written(comes: Come, dialogue: Dialogue) -> None:
    signe = comes().opens(dialogue)
    plus = signe.page.get_by_role("button", name="Add a card, after “Question: Hi! What", exact=False)
    signe.drags(signe.page.locator('[data-palette="message"]'), plus.first)
    expect(signe.field("Text")).to_be_focused()
    signe.writes("Sales is a good idea.")
    stream = wait_for_draft(
        dialogue, lambda draft: any(c.get("text") == "Sales is a good idea." for c in draft["cards"].values())
    )
    new = stream["cards"]["topic"]["choices"][0]["next"]
    assert stream["cards"][new]["next"] == "size"
    signe.is_saved()


@pytest.mark.parametrize(("modifier", "moves"), [("", True), ("Alt", False)])
def test_card_is_dragged_with_its_branch_or_alone(
    comes: Come, dialogue: Dialogue, modifier: str, moves: bool
) -> None:
    signe = comes().opens(dialogue)
    signe.part("zoom-fit").click()
    if modifier:
        signe.page.keyboard.down(modifier)
    signe.drags(signe.card("Our prices depend"), signe.ends.last)
    if modifier:
        signe.page.keyboard.up(modifier)
    stream = wait_for_draft(dialogue, lambda draft: draft["cards"]["bye"].get("next") == "prices")
    assert (stream["cards"]["prices"]["next"] == "prices-name") is moves
    assert (stream["cards"]["topic"]["choices"][1]["next"] is None) is moves


def test_whole_stream_is_built_with_the_keyboard_alone(comes: Come, dialogue: Dialogue) -> None:
    Dialogue.objects.update(stream={"start": None, "cards": {}})
    signe = comes().opens(dialogue)
    signe.page.locator('[data-key="start"]').focus()
    signe.presses("ArrowDown", "Enter")
    expect(signe.menu).to_be_visible()
    signe.presses("ArrowDown", "Enter")
    expect(signe.field("Question")).to_be_focused()
    signe.writes("How can we help?")
    question = signe.card("How can we help?")
    question.focus()
    signe.presses("ArrowDown", "a")
    signe.presses("Enter")
    expect(signe.field("Text")).to_be_focused()
    signe.writes("Here are our prices.")
    signe.card("Here are our prices.").focus()
    signe.presses("a", "End", "Enter")
    expect(signe.page.locator(".node.is-handover")).to_be_visible()
    signe.card("Here are our prices.").focus()
    signe.presses("m", "ArrowDown")
    signe.is_told("Place 1 of")
    signe.presses("ArrowDown", "Enter")
    signe.is_told("Moved: Message: Here are our prices.")
    stream = wait_for_draft(dialogue, lambda draft: len(draft["cards"]) == 3)
    signe.is_saved()
    kinds = [card["type"] for card in stream["cards"].values()]
    assert sorted(kinds) == ["live_chat", "message", "question"]
    assert is_valid(stream)


def test_everything_is_undone_and_done_again(comes: Come, dialogue: Dialogue) -> None:
    signe = comes().opens(dialogue)
    count = signe.cards.count()
    signe.chooses("Have a good look around")
    signe.presses("Delete")
    expect(signe.cards).to_have_count(count - 1)
    signe.chooses("Great. How many people")
    signe.presses("Delete")
    signe.page.get_by_role("button", name="This card and everything after it: 10 cards").click()
    expect(signe.cards).to_have_count(count - 11)
    signe.presses("Control+z", "Control+z")
    expect(signe.cards).to_have_count(count)
    signe.is_told("Undone: Deleted: Message: Have a good")
    signe.presses("Control+Shift+z")
    expect(signe.cards).to_have_count(count - 1)
    signe.presses("Control+z")
    signe.is_saved()
    assert Dialogue.objects.get(pk=dialogue.pk).stream == TEMPLATES["qualify"].make()


def test_cards_are_copied_cut_pasted_and_duplicated(comes: Come, dialogue: Dialogue) -> None:
    signe = comes().opens(dialogue)
    count = signe.cards.count()
    signe.chooses("Our prices depend")
    signe.presses("Control+d")
    expect(signe.card("Our prices depend")).to_have_count(2)
    signe.presses("Control+x")
    signe.is_told("Cut: ")
    expect(signe.cards).to_have_count(count - 3)
    signe.ends.last.focus()
    signe.presses("Control+v")
    expect(signe.cards).to_have_count(count + 1)
    stream = wait_for_draft(dialogue, lambda draft: len(draft["cards"]) == count + 1)
    assert is_valid(stream)


def test_answers_are_edited_beside_the_canvas_with_what_is_stored(comes: Come, dialogue: Dialogue) -> None:
    signe = comes().opens(dialogue)
    signe.chooses("Hi! What can we help you with?")
    row = signe.page.locator(".row").nth(1)
    row.get_by_label("Stored as").fill("pricing")
    row.get_by_label("Answer").fill("Prices, please")
    expect(signe.page.locator(".way-name", has_text="Prices, please")).to_be_visible()
    signe.part("editor").get_by_role("button", name="Add", exact=True).click()
    signe.page.keyboard.insert_text("Something else")
    stream = wait_for_draft(
        dialogue, lambda draft: draft["cards"]["topic"]["choices"][-1]["label"] == "Something else"
    )
    rows = stream["cards"]["topic"]["choices"]
    assert (rows[1]["label"], rows[1]["value"], len({row["id"] for row in rows})) == (
        "Prices, please",
        "pricing",
        4,
    )
    signe.part("editor").get_by_role("button", name="Remove “Prices, please”").click()
    signe.is_told("Removed “Prices, please” and 4 cards behind it")


def test_token_is_put_in_where_the_cursor_is(comes: Come, dialogue: Dialogue) -> None:
    signe = comes().opens(dialogue)
    signe.chooses("Have a good look around")
    signe.field("Text").fill("Bye ")
    signe.page.get_by_role("button", name="Insert what we know").click()
    signe.page.get_by_label("If it isn't known").fill("you")
    signe.page.get_by_role("button", name="Insert", exact=True).click()
    expect(signe.field("Text")).to_have_value('Bye {{first_name:"you"}}')
    expect(signe.page.locator(".token-chip", has_text="first_name").last).to_be_visible()


@pytest.mark.req("DG-13")
def test_faults_stand_at_their_fields_and_keep_it_from_being_published(
    comes: Come, dialogue: Dialogue
) -> None:
    signe = comes().opens(dialogue)
    signe.chooses("Have a good look around")
    signe.field("Text").fill("")
    faults = signe.part("editor").locator(".field-faults")
    expect(faults.get_by_text("Write something here")).to_be_visible()
    expect(signe.field("Text")).to_have_attribute("aria-invalid", "true")
    signe.part("publish").click()
    signe.part("problems").get_by_role("button").first.click()
    expect(signe.field("Text")).to_be_focused()
    signe.writes("Bye.")
    expect(signe.part("problems-toggle")).not_to_have_class("has-errors")
    signe.part("publish").click()
    signe.page.get_by_role("button", name="Publish now").click()
    expect(signe.part("pill")).to_have_text("Published: version 1")
    assert Dialogue.objects.get(pk=dialogue.pk).status == "published"
    signe.field("Text").fill("Bye, then.")
    expect(signe.part("pill")).to_have_text("Published: version 1, changed since")


@pytest.mark.req("DG-15")
def test_changes_of_two_people_in_different_places_are_put_together(comes: Come, dialogue: Dialogue) -> None:
    signe, otto = comes("Signe").opens(dialogue), comes("Otto").opens(dialogue)
    otto.chooses("Have a good look around")
    otto.field("Text").fill("Otto was here.")
    otto.is_saved()
    wait_for_draft(dialogue, lambda draft: draft["cards"]["bye"]["text"] == "Otto was here.")
    signe.chooses("Great. How many people")
    signe.field("Question").fill("How many?")
    expect(signe.part("notice")).to_contain_text("Otto changed this draft too. Both are kept.")
    expect(signe.part("notice")).to_contain_text("Message: Otto was here.")
    stream = wait_for_draft(dialogue, lambda draft: draft["cards"]["size"]["text"] == "How many?")
    assert stream["cards"]["bye"]["text"] == "Otto was here."
    expect(signe.card("Otto was here.")).to_be_visible()


@pytest.mark.req("DG-15")
@pytest.mark.parametrize("choice", ["merge", "copy", "theirs"])
def test_same_field_changed_by_two_people_is_asked_about_and_nothing_lost(
    comes: Come, dialogue: Dialogue, choice: str
) -> None:
    signe = comes("Signe").opens(dialogue)
    theirs = TEMPLATES["qualify"].make()
    theirs["cards"]["bye"]["text"] = "Otto's"
    save_draft(dialogue_id=dialogue.pk, stream=theirs, revision=0, user=None)
    signe.chooses("Have a good look around")
    signe.field("Text").fill("Signe's")
    dialog = signe.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Somebody has changed this draft since you opened it")
    expect(dialog).to_contain_text("Otto's")
    names = {"merge": "Put together", "copy": "Keep mine as a copy", "theirs": "Drop mine, take theirs"}
    dialog.get_by_role("button", name=names[choice]).click()
    kept = "Signe's" if choice == "merge" else "Otto's"
    wait_for_draft(dialogue, lambda draft: draft["cards"]["bye"]["text"] == kept)
    expect(signe.card(kept)).to_be_visible()
    signe.is_saved()
    if choice == "copy":
        expect(signe.part("notice")).to_contain_text("Welcome (copy)")
        assert Dialogue.objects.get(name="Welcome (copy)").stream["cards"]["bye"]["text"] == "Signe's"


@pytest.mark.req("DG-15")
def test_lost_connection_loses_nothing_even_over_a_reload(comes: Come, dialogue: Dialogue) -> None:
    signe = comes().opens(dialogue)
    signe.page.route("**/designer/save/", lambda route: route.abort())
    signe.chooses("Have a good look around")
    signe.field("Text").fill("Written in a tunnel")
    signe.status_is("offline")
    signe.opens(dialogue)
    expect(signe.card("Written in a tunnel")).to_be_visible()
    signe.status_is("offline")
    signe.page.unroute("**/designer/save/")
    wait_for_draft(dialogue, lambda draft: draft["cards"]["bye"]["text"] == "Written in a tunnel")
    signe.is_saved()


def test_versions_are_compared_and_an_earlier_one_is_brought_back(comes: Come, dialogue: Dialogue) -> None:
    signe = comes().opens(dialogue)
    for text in ("Alpha", "Omega"):
        signe.chooses("Have a good look" if text == "Alpha" else "Alpha")
        signe.field("Text").fill(text)
        signe.is_saved()
        signe.part("publish").click()
        signe.page.get_by_role("button", name="Publish now").click()
        expect(signe.part("pill")).to_have_text(f"Published: version {1 if text == 'Alpha' else 2}")
    signe.part("versions-toggle").click()
    dialog = signe.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Version 1").click()
    expect(dialog.locator("del")).to_have_text("Alpha")
    expect(dialog.locator("ins")).to_have_text("Omega")
    dialog.get_by_role("button", name="Restore into the draft").click()
    expect(signe.card("Alpha")).to_be_visible()
    wait_for_draft(dialogue, lambda draft: draft["cards"]["bye"]["text"] == "Alpha")


def test_stream_is_taken_out_to_a_file_and_back(comes: Come, dialogue: Dialogue, tmp_path: Path) -> None:
    signe = comes().opens(dialogue)
    file = tmp_path / "stream.json"
    file.write_text(json.dumps(TEMPLATES["demo"].make()))
    signe.part("file").set_input_files(file)
    expect(signe.card("Would you like to see it for yourself?")).to_be_visible()
    wait_for_draft(dialogue, lambda draft: draft["start"] == "interest")
    for text in ("{", '{"cards": []}', '{"start": null, "cards": {"a": {"type": "message", "text": 3}}}'):
        file.write_text(text)
        signe.part("file").set_input_files(file)
        expect(signe.part("notice")).to_contain_text("This file holds no stream")
    assert Dialogue.objects.get(pk=dialogue.pk).stream["start"] == "interest"


def test_search_goes_from_one_card_to_the_next(comes: Come, dialogue: Dialogue) -> None:
    signe = comes().opens(dialogue)
    signe.page.locator('[data-key="start"]').focus()
    signe.presses("/")
    signe.page.keyboard.type("e-mail")
    expect(signe.part("search-status")).to_have_text("1 of 3")
    signe.presses("Enter")
    expect(signe.part("search-status")).to_have_text("2 of 3")
    expect(signe.page.locator('.node[aria-selected="true"]')).to_be_in_viewport()


def test_canvas_zooms_and_fits(comes: Come, dialogue: Dialogue) -> None:
    signe = comes().opens(dialogue)
    signe.part("zoom-fit").click()
    for card in signe.cards.all():
        expect(card).to_be_in_viewport()
    fitted = signe.part("zoom").text_content()
    box = signe.part("viewport").bounding_box()
    assert box is not None
    signe.page.mouse.move(box["x"] + 300, box["y"] + 300)
    signe.page.keyboard.down("Control")
    signe.page.mouse.wheel(0, -400)
    signe.page.keyboard.up("Control")
    expect(signe.part("zoom")).not_to_have_text(fitted or "")
