"""The example company's past: a month of visitors, chats and decisions, so that every page shows something.

Drawn with a fixed seed and told from the moment it is made, so each demo's past is the same tale on other
days. Decisions are made by the code that decides about real requests, dialogues are played by the code that
plays them; the rows they lead to are written in bulk, since some 5,000 service calls would take a newcomer
half a minute.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from agents.models import Agent, User
from agents.selectors import get_schedule
from chat.models import Trigger
from config.demo.people import PEOPLE
from config.installation.selectors import get_installation
from routing.models import RuleBook
from routing.services.rule_versions import stamp_rules

from .calendar import DAYS, list_arrivals
from .changes import add_changes
from .desk import Office
from .gap import ZONE, leave_gap
from .guests import Guest, draw_guest
from .live import Staff, find_agent, make_fallback
from .paths import Path, draw_path
from .replies import add_replies
from .rows import date_visitors, write_stories
from .shifts import Worker
from .story import Story
from .strangers import add_sightings, draw_strangers
from .talking import talk
from .visits import Program, read_program, visit

SEED = 2_024
# The company was set up so long ago.
FOUNDED = timedelta(days=DAYS + 1)
ENGAGEMENT_LIMIT, MONTHLY_LIMIT = 200, 750
# Of a hundred visits, so many are by people who came before; nobody comes back in the last days.
COMES_BACK = 0.16
NEWCOMERS_ONLY = timedelta(days=8)


def get_founding(now: datetime) -> datetime:
    """When the company was set up: on a morning, before the first visitor came."""
    return (now - FOUNDED).astimezone(ZONE).replace(hour=8, minute=0, second=0, microsecond=0)


def add_past(*, now: datetime) -> None:
    """Give a company that was just set up its past, up to two hours ago; part of the caller's transaction."""
    people = {
        user.username: user for user in User.objects.filter(username__in=[each.username for each in PEOPLE])
    }
    leave_gap(people, now)
    chance = Random(SEED)  # noqa: S311 - a tale, no secret
    arrivals, program, staff = list_arrivals(now, chance), read_program(), _gather(people, now)
    stories = _leave_out_last_turns(_tell(arrivals, program, staff, now), people["ingrid"].pk)
    turns = {scope: agent_id for story in stories for scope, agent_id in story.turns.items()}
    write_stories(stories, turns=turns)
    date_visitors()
    Trigger.objects.bulk_create(draw_strangers(arrivals, program, chance))
    since = get_founding(now)
    _raise_limits()
    add_sightings(since=since, last=arrivals[-1])
    add_replies(people, since=since)
    add_changes(people, since=since)
    User.objects.filter(pk__in=[user.pk for user in people.values()]).update(date_joined=since)


def _raise_limits() -> None:
    """Who looks at the Select package finds two thirds used, and nobody shut out (LC-02, LC-03)."""
    installation = get_installation(lock=True)
    installation.engagement_limit, installation.monthly_limit = ENGAGEMENT_LIMIT, MONTHLY_LIMIT
    installation.save(update_fields=["engagement_limit", "monthly_limit"])


def _gather(people: dict[str, User], now: datetime) -> Staff:
    installation = get_installation()
    edition = RuleBook.objects.values_list("edition", flat=True).first() or 0
    takes_chats = set(Agent.objects.values_list("pk", flat=True))
    workers = [
        Worker(user.pk, user.display_name, person, tuple(get_schedule(user)))
        for person, user in ((person, people[person.username]) for person in PEOPLE)
        if user.pk in takes_chats
    ]
    return Staff(
        users={user.pk: user for user in people.values()},
        office=Office(workers, installation, now),
        fallback=make_fallback(installation.fallback_html),
        rule_version_id=stamp_rules(edition=edition, now=get_founding(now)),
    )


def _tell(arrivals: Sequence[datetime], program: Program, staff: Staff, now: datetime) -> list[Story]:
    stories: list[Story] = []
    known: list[Story] = []
    for number, at in enumerate(arrivals):
        # Each visit has dice of its own: one that is told otherwise changes no other.
        chance = Random(SEED * 100_000 + number)  # noqa: S311 - as above
        guest, path = _choose(known, at, now, chance)
        story = visit(guest, path, program=program, office=staff.office, at=at, chance=chance)
        if story.live_chat is not None:
            accepted_at = find_agent(story, staff)
            if accepted_at is not None:
                talk(story, staff, path.topic, accepted_at)
        stories.append(story)
        if not story.conversation.is_open and "Welcome" in guest.completed and story not in known:
            known.append(story)
    return stories


def _choose(known: list[Story], at: datetime, now: datetime, chance: Random) -> tuple[Guest, Path]:
    """Somebody new, or one of those who were here some days ago."""
    rested = [story for story in known if _may_come_back(story, at)]
    if rested and now - at > NEWCOMERS_ONLY and chance.random() < COMES_BACK:
        story = chance.choice(rested)
        known.remove(story)
        return story.guest, draw_path(chance, returns=True)
    path = draw_path(chance, returns=False)
    return draw_guest(chance, at, for_company=path.for_company), path


def _may_come_back(story: Story, at: datetime) -> bool:
    closed_at = story.conversation.closed_at
    if closed_at is None or "Welcome back" in story.guest.completed:
        return False
    return timedelta(days=1) < at - closed_at < timedelta(days=14)


def _leave_out_last_turns(stories: list[Story], first_agent_id: int) -> list[Story]:
    """Leave out the last visitors whose turn came to the first agent, so that the next chat of each round
    robin is hers: whoever tries the demo signs in as her first.
    """
    kept = list(stories)
    while too_late := _find_last_turn(kept, first_agent_id):
        kept.remove(too_late)
    return kept


def _find_last_turn(stories: list[Story], agent_id: int) -> Story | None:
    """The latest story by which some round robin has come to this agent and no further."""
    seen: set[str] = set()
    for story in reversed(stories):
        if any(last == agent_id and scope not in seen for scope, last in story.turns.items()):
            return story
        seen |= story.turns.keys()
    return None
