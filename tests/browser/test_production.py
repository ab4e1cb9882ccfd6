"""The main job on what production runs: Daphne, PostgreSQL, Redis, a Celery worker and beat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from agents.models import User
from chat.models import LiveChat
from config.demo.stories import make_welcome
from config.installation.models import Installation
from routing.models import Offer
from tests.browser.conftest import Crowd
from tests.browser.people import Agent, Visitor
from tests.factories import TeamFactory
from tests.invariants import check_invariants
from tests.processes import Processes
from tests.scenes import make_agent, publish, set_up, sign_in


@dataclass
class Production:
    """The running product, the website on another origin, and who works there."""

    url: str
    website: str
    ingrid: User
    crowd: Crowd

    def agent(self) -> Agent:
        context = self.crowd.come()
        cookie = {"name": "sessionid", "value": sign_in(self.ingrid), "url": self.url}
        context.add_cookies([cookie])  # type: ignore[list-item]
        return Agent(context.new_page(), self.url).opens("/inbox/")

    def visitor(self) -> Visitor:
        return Visitor(self.crowd.come().new_page(), self.website)


@pytest.fixture
def production(processes: Processes, crowd: Crowd) -> Production:
    set_up(fallback_html="<p>Everybody is out riding right now, sorry!</p>")
    publish(make_welcome(team_id=TeamFactory.create().pk))
    ingrid = make_agent(is_present=False, first_name="Ingrid", last_name="Solberg")
    processes.worker()
    processes.beat()
    web = processes.web()
    site = processes.web(application="tests.browser.website:application", PRODUCT_PORT=str(web.port))
    return Production(web.url, site.url, ingrid, crowd)


@pytest.mark.req("LC-21", "LC-29", "LC-30", "LC-32", "LC-33", "DL-01")
def test_a_chat_from_the_question_to_its_end(production: Production) -> None:
    agent, visitor = production.agent(), production.visitor()
    visitor.asks_for_sales()
    agent.is_offered("Vera")
    agent.accepts()
    agent.writes("Hi Vera!")
    visitor.sees_lines("Hi Vera!")
    visitor.writes("Saturday?")
    agent.sees_lines("Hi Vera!", "Saturday?")
    visitor.receipt_is("read")
    visitor.page.reload()
    agent.writes("At ten.")
    visitor.sees_lines("Hi Vera!", "Saturday?", "At ten.")
    agent.tick_is("read")
    agent.ends_session()
    visitor.is_in("ended")
    visitor.sees_notice("ended_by_agent", "Ingrid Solberg ended the chat")
    assert LiveChat.objects.get().status == LiveChat.Status.ENDED
    check_invariants()


@pytest.mark.req("LC-22", "LC-28")
def test_beat_lets_an_offer_expire_within_a_second_of_its_time(production: Production) -> None:
    Installation.objects.update(accept_seconds=5)
    agent, visitor = production.agent(), production.visitor()
    visitor.asks_for_sales()
    agent.is_offered("Vera")
    visitor.sees_fallback()
    expect(agent.banner).to_be_hidden()
    expect(agent.active_chats).to_have_count(0)
    offer = Offer.objects.get()
    assert offer.status == Offer.Status.EXPIRED
    assert offer.settled_at is not None
    assert timedelta(0) <= offer.settled_at - offer.expires_at < timedelta(seconds=1)
    check_invariants()
