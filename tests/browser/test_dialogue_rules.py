"""Who gets which dialogue, when, and what of it counts: by loading real pages (DG-02 to DG-06)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from chat.models import Conversation, Dialogue, Trigger
from chat.selectors.outcomes import Outcomes, count_outcomes
from chat.services.dialogues import publish_dialogue, unpublish_dialogue
from tests.browser.conftest import Crowd
from tests.browser.host_pages import Site
from tests.browser.people import Visitor
from tests.chat.streams.builders import choice, question, stream_json
from tests.factories import DialogueFactory
from tests.processes import Processes
from tests.scenes import set_up
from tests.waiting import wait_until

TWO_DAYS = 2 * 86_400


@dataclass
class Shop:
    """A website with two pages, the product's server for it, and those who run and visit it."""

    site: Site
    crowd: Crowd

    def dialogue(self, name: str, *, path: str = "", **fields: Any) -> Dialogue:
        """A published dialogue of two questions, for one page or for all."""
        target = f"{self.site.origin}{path}" if path else ""
        made: Dialogue = DialogueFactory.create(
            name=name, stream=ask(name), target_include=target, **{"priority": 5, **fields}
        )
        publish(made)
        return made

    def visitor(self) -> Visitor:
        return Visitor(self.crowd.come().new_page(), self.site.origin)


def ask(words: str) -> dict[str, Any]:
    return stream_json(
        question(choice("more", next="c2"), choice("enough"), text=f"{words}?"),
        question(choice("done"), text=f"{words}, really?"),
    )


def publish(dialogue: Dialogue, words: str = "") -> None:
    if words:
        Dialogue.objects.filter(pk=dialogue.pk).update(stream=ask(words))
    publish_dialogue(dialogue_id=dialogue.pk, user=None)


@pytest.fixture
def shop(processes: Processes, crowd: Crowd) -> Iterator[Shop]:
    set_up()
    site = Site(processes.web().url)
    for path in ("/prices", "/jobs"):
        site.page("<p>Goods</p>", path=path, head="<style>main{height:5000px}</style>")
    yield Shop(site, crowd)
    site.close()


def is_offered(visitor: Visitor, words: str) -> None:
    """These words stand beside the button."""
    expect(visitor.part("poke-words")).to_have_text(words)


def is_offered_nothing(visitor: Visitor) -> None:
    """The page has asked and was told, and there is no button."""
    wait_until_asked(visitor.page)
    expect(visitor.part("launcher")).to_be_hidden()


def spends(visitor: Visitor, milliseconds: int) -> None:
    """The visitor stays on the page. What watches for how long is loaded after the page's answer."""
    visitor.page.wait_for_load_state("networkidle")
    visitor.page.clock.run_for(milliseconds)


def wait_until_asked(page: Page) -> None:
    """Load the page once more, to the answer of its visit."""
    with page.expect_response(lambda response: response.url.endswith("/widget/visit")):
        page.reload()


def comes_to(visitor: Visitor, path: str, is_there: Callable[[], bool]) -> None:
    """Load a page again until a change that was just made has reached its server, within a second."""

    def look() -> bool:
        with visitor.page.expect_response(lambda response: response.url.endswith("/widget/visit")):
            visitor.visits(path)
        visitor.page.evaluate("new Promise(requestAnimationFrame)")
        return is_there()

    wait_until(look, what=f"the change is seen on {path}", seconds=20)


def poke_of(visitor: Visitor) -> str:
    words = visitor.part("poke-words")
    return words.inner_text() if words.is_visible() else ""


def counts(dialogue: Dialogue, triggered: int, engaged: int = 0, completed: int = 0) -> None:
    """Exactly so much is counted."""
    expected = Outcomes(triggered, engaged, completed)
    with_patience = wait_until(
        lambda: (count_outcomes()[dialogue.pk] == expected) or None,
        what=f"{dialogue} counts {expected}, not {count_outcomes()[dialogue.pk]}",
    )
    assert with_patience


def hears(visitor: Visitor, words: str) -> None:
    expect(visitor.page.locator('[data-author="bot"]', has_text=words).last).to_be_visible()


# --- DG-02


@pytest.mark.req("DG-02", "DG-04")
def test_who_only_saw_it_gets_the_newest_version_and_counts_once(shop: Shop) -> None:
    dialogue, visitor = shop.dialogue("Hello"), shop.visitor()
    is_offered(visitor.visits("/prices"), "Hello?")
    counts(dialogue, 1)
    publish(dialogue, "Good day")
    comes_to(visitor, "/prices", lambda: poke_of(visitor) == "Good day?")
    visitor.opens_chat()
    hears(visitor, "Good day?")
    counts(dialogue, 1)


@pytest.mark.req("DG-02", "DG-04")
def test_who_only_saw_it_gets_the_next_dialogue_when_it_is_unpublished(shop: Shop) -> None:
    first, second = shop.dialogue("First", priority=1), shop.dialogue("Second", priority=2)
    visitor = shop.visitor()
    is_offered(visitor.visits("/prices"), "First?")
    unpublish_dialogue(dialogue_id=first.pk)
    comes_to(visitor, "/prices", lambda: poke_of(visitor) == "Second?")
    counts(first, 1)
    counts(second, 1)


@pytest.mark.req("DG-02", "DG-04")
def test_who_has_engaged_goes_on_with_the_version_they_began_whatever_is_published(shop: Shop) -> None:
    dialogue, visitor = shop.dialogue("Hello"), shop.visitor()
    visitor.visits("/prices").opens_chat().chooses("More")
    hears(visitor, "Hello, really?")
    publish(dialogue, "Good day")
    unpublish_dialogue(dialogue_id=dialogue.pk)
    visitor.visits("/prices")
    hears(visitor, "Hello, really?")
    visitor.chooses("Done")
    counts(dialogue, 1, 1, 1)


# --- DG-03


@pytest.mark.req("DG-03", "DG-08")
def test_page_and_priority_decide(shop: Shop) -> None:
    prices = shop.dialogue("Prices", path="/prices", priority=1)
    anywhere = shop.dialogue("Anywhere", priority=2)
    visitor = shop.visitor()
    is_offered(visitor.visits("/jobs"), "Anywhere?")
    counts(prices, 0)
    is_offered(visitor.visits("/prices?plan=big#top"), "Prices?")
    is_offered(visitor.visits("/jobs"), "Anywhere?")
    counts(prices, 1)
    counts(anywhere, 1)


@pytest.mark.req("DG-03", "DG-04")
def test_completed_dialogue_is_never_shown_again_whatever_is_republished(shop: Shop) -> None:
    first = shop.dialogue("First", priority=1)
    visitor = shop.visitor()
    visitor.visits("/prices").opens_chat().chooses("Enough")
    counts(first, 1, 1, 1)
    visitor.part("close").click()
    second = shop.dialogue("Second", priority=2)
    publish(first, "First again")
    comes_to(visitor, "/prices", lambda: count_outcomes()[second.pk].triggered == 1)
    # No words beside the button: they were done with for this session when the chat was opened.
    visitor.opens_chat()
    hears(visitor, "Second?")
    counts(first, 1, 1, 1)
    counts(second, 1)


@pytest.mark.req("DG-03", "DG-04")
def test_engaged_dialogue_follows_to_pages_that_it_does_not_target(shop: Shop) -> None:
    prices = shop.dialogue("Prices", path="/prices")
    jobs = shop.dialogue("Jobs", path="/jobs", priority=1)
    visitor = shop.visitor()
    visitor.visits("/prices").opens_chat().chooses("More")
    visitor.visits("/jobs")
    hears(visitor, "Prices, really?")
    visitor.chooses("Done")
    counts(prices, 1, 1, 1)
    counts(jobs, 0)


@pytest.mark.req("DG-03")
def test_dialogue_that_was_only_seen_stays_on_its_pages(shop: Shop) -> None:
    shop.dialogue("Prices", path="/prices")
    visitor = shop.visitor()
    is_offered(visitor.visits("/prices"), "Prices?")
    is_offered_nothing(visitor.visits("/jobs"))


# --- DG-04


@pytest.mark.req("DG-04")
def test_reloads_page_changes_and_opening_count_nothing_twice(shop: Shop) -> None:
    dialogue, visitor = shop.dialogue("Hello"), shop.visitor()
    for path in ("/prices", "/jobs", "/prices"):
        is_offered(visitor.visits(path), "Hello?")
        visitor.page.reload()
        is_offered(visitor, "Hello?")
    counts(dialogue, 1)
    visitor.opens_chat()
    hears(visitor, "Hello?")
    counts(dialogue, 1)
    visitor.chooses("More")
    counts(dialogue, 1, 1)
    visitor.page.reload()
    visitor.chooses("Done")
    counts(dialogue, 1, 1, 1)
    visitor.page.reload()
    wait_until_asked(visitor.page)
    counts(dialogue, 1, 1, 1)


@pytest.mark.req("DG-04", "DG-21")
def test_each_visitor_and_each_session_counts(shop: Shop) -> None:
    dialogue = shop.dialogue("Hello")
    one, other = shop.visitor(), shop.visitor()
    one.page.clock.install()
    is_offered(one.visits("/prices"), "Hello?")
    is_offered(other.visits("/prices"), "Hello?")
    counts(dialogue, 2)
    one.page.clock.fast_forward(31 * 60 * 1_000)
    one.page.reload()
    is_offered(one, "Hello?")
    counts(dialogue, 3)


@pytest.mark.req("DG-04")
def test_dialogue_that_a_script_opens_counts_too_and_once(shop: Shop) -> None:
    dialogue, visitor = shop.dialogue("Hello", event_page_seconds=3_600), shop.visitor()
    visitor.visits("/prices")
    visitor.page.wait_for_function("Boolean(window.Switchboard?.open)")
    visitor.page.evaluate("window.Switchboard.open()")
    hears(visitor, "Hello?")
    counts(dialogue, 1)
    assert Trigger.objects.count() == Conversation.objects.count() == 1


# --- DG-05


@pytest.mark.req("DG-05", "DG-04")
def test_dialogue_waits_until_the_visitor_has_been_on_the_page_long_enough(shop: Shop) -> None:
    dialogue, visitor = shop.dialogue("Hello", event_page_seconds=60), shop.visitor()
    visitor.page.clock.install()
    is_offered_nothing(visitor.visits("/prices"))
    spends(visitor, 40_000)
    expect(visitor.part("launcher")).to_be_hidden()
    counts(dialogue, 0)
    # Time already spent counts on return; time elsewhere doesn't.
    is_offered_nothing(visitor.visits("/jobs"))
    spends(visitor, 40_000)
    expect(visitor.part("launcher")).to_be_hidden()
    is_offered_nothing(visitor.visits("/prices"))
    spends(visitor, 25_000)
    is_offered(visitor, "Hello?")
    counts(dialogue, 1)


@pytest.mark.req("DG-05", "DG-04")
def test_time_on_the_site_is_that_of_all_its_pages(shop: Shop) -> None:
    dialogue, visitor = shop.dialogue("Hello", event_site_seconds=60), shop.visitor()
    visitor.page.clock.install()
    is_offered_nothing(visitor.visits("/prices"))
    spends(visitor, 40_000)
    is_offered_nothing(visitor.visits("/jobs"))
    spends(visitor, 25_000)
    is_offered(visitor, "Hello?")
    counts(dialogue, 1)


@pytest.mark.req("DG-05", "DG-04")
def test_scrolling_further_than_asked_shows_it(shop: Shop) -> None:
    dialogue, visitor = shop.dialogue("Hello", event_scroll_percent=50), shop.visitor()
    is_offered_nothing(visitor.visits("/prices"))
    scroll_to(visitor, 0.4)
    counts(dialogue, 0)
    expect(visitor.part("launcher")).to_be_hidden()
    scroll_to(visitor, 0.6)
    is_offered(visitor, "Hello?")
    counts(dialogue, 1)


def scroll_to(visitor: Visitor, share: float) -> None:
    visitor.page.evaluate(
        "(share) => { const { scrollHeight, clientHeight } = document.documentElement;"
        " window.scrollTo(0, (scrollHeight - clientHeight) * share); }",
        share,
    )
    visitor.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


@pytest.mark.req("DG-05", "DG-04")
def test_what_was_met_once_is_met_for_good_also_two_days_later(shop: Shop) -> None:
    dialogue, visitor = shop.dialogue("Hello", event_page_seconds=60), shop.visitor()
    visitor.page.clock.install()
    is_offered_nothing(visitor.visits("/prices"))
    spends(visitor, 61_000)
    is_offered(visitor, "Hello?")
    publish(dialogue, "Good day")
    comes_to(visitor, "/jobs", lambda: poke_of(visitor) == "Good day?")
    counts(dialogue, 1)
    visitor.page.clock.fast_forward(TWO_DAYS * 1_000)
    visitor.page.reload()
    is_offered(visitor, "Good day?")
    counts(dialogue, 2)


@pytest.mark.req("DG-05", "DG-03")
def test_dialogue_is_resolved_at_once_so_a_lower_one_does_not_take_its_place(shop: Shop) -> None:
    shop.dialogue("Waits", priority=1, event_page_seconds=3_600)
    lower = shop.dialogue("Lower", priority=2)
    is_offered_nothing(shop.visitor().visits("/prices"))
    counts(lower, 0)


# --- DG-06


@pytest.mark.req("DG-06")
def test_switch_turns_all_dialogues_off_and_on_at_once(shop: Shop) -> None:
    dialogue, visitor = shop.dialogue("Hello"), shop.visitor()
    is_offered(visitor.visits("/prices"), "Hello?")
    set_up(dialogues_enabled=False)
    comes_to(visitor, "/prices", lambda: not visitor.part("launcher").is_visible())
    set_up(dialogues_enabled=True)
    comes_to(visitor, "/prices", lambda: poke_of(visitor) == "Hello?")
    counts(dialogue, 1)
