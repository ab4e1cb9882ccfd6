"""Writing the past: everything that was told, each model in one go and in the order in which it happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import TypeVar

from django.db import models
from django.db.models import Min, OuterRef, Subquery

from chat.models import (
    Conversation,
    DocumentReading,
    Engagement,
    GoalReached,
    Lead,
    LiveChat,
    Message,
    Note,
    PageView,
    TimelineEntry,
    Trigger,
    Visitor,
)
from config.lib.failpoints import failpoint
from routing.models import Decision, Offer, RobinPointer, Transfer

from .story import Story

M = TypeVar("M", bound=models.Model)


def write_stories(stories: Sequence[Story], *, turns: dict[str, int]) -> None:
    """Keep the stories, the oldest first, and whose turn each round robin has come to.

    Rows that others refer to come first. Ids grow with time, as they do where rows are made one by one.
    """
    _write_people(stories)
    _write(Conversation, (story.conversation for story in stories))
    _write(Message, _all(stories, lambda story: story.messages))
    failpoint("demo.past")
    _write(GoalReached, _all(stories, lambda story: story.goals))
    _write(DocumentReading, _all(stories, lambda story: story.readings))
    _write(PageView, _in_order(_all(stories, lambda story: story.views), "seen_at"))
    _write(Trigger, _in_order(_all(stories, lambda story: story.triggers), "triggered_at"))
    _write(LiveChat, (story.live_chat for story in stories if story.live_chat))
    _write(Engagement, (story.engagement for story in stories if story.engagement))
    _write(TimelineEntry, _in_order(_all(stories, lambda story: story.entries), "at"))
    _write(Transfer, _in_order(_all(stories, lambda story: story.transfers), "started_at"))
    _write(Offer, _in_order(_all(stories, lambda story: story.offers), "offered_at"))
    _write(Decision, _in_order(_all(stories, lambda story: story.decisions), "made_at"))
    _write(Note, _in_order(_all(stories, lambda story: story.notes), "created_at"))
    RobinPointer.objects.bulk_create(
        RobinPointer(scope=scope, last_agent_id=agent_id) for scope, agent_id in sorted(turns.items())
    )


def _write_people(stories: Sequence[Story]) -> None:
    guests = list({id(story.guest): story.guest for story in stories}.values())
    leads = [guest.lead for guest in guests if guest.lead is not None]
    made = {id(lead): lead.created_at for lead in leads}
    _write(Lead, leads)
    _write(Visitor, (guest.visitor for guest in guests))
    # Both fields are set to the clock's time by every insert.
    for lead in leads:
        lead.created_at = made[id(lead)]
    Lead.objects.bulk_update(leads, ["created_at"])


def date_visitors() -> None:
    """Visitors are as old as the first thing they were shown."""
    first = Conversation.objects.filter(visitor=OuterRef("pk")).order_by().values("visitor")
    Visitor.objects.update(created_at=Subquery(first.annotate(at=Min("triggered_at")).values("at")))


def _write(model: type[M], rows: Iterable[M]) -> None:
    model._default_manager.bulk_create(list(rows))


def _all(stories: Sequence[Story], pick: Callable[[Story], Iterable[M]]) -> list[M]:
    return [row for story in stories for row in pick(story)]


def _in_order(rows: list[M], field: str) -> list[M]:
    """By time; what happened at the same moment stays as it was told."""
    return sorted(rows, key=attrgetter(field))
