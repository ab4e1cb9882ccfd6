"""What came of dialogues and flows: the raw counts that all reports are made of (DG-04)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, Count, QuerySet, Value
from django.db.models.functions import Cast, Concat

from chat.models import Conversation, Trigger


@dataclass(frozen=True, slots=True)
class Outcomes:
    """In how many visitors' sessions it was shown, first answered, and gone through to an end."""

    triggered: int = 0
    engaged: int = 0
    completed: int = 0


def count_outcomes(
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    dialogue_ids: Collection[int] | None = None,
) -> defaultdict[int, Outcomes]:
    """Return the outcomes of each dialogue, by its id, from ``since`` up to but not with ``until``: three
    queries. What happened counts on the day it happened, so one session may be triggered on one day and
    engaged on the next. A flow that ran twice in a session counts once, like everything that is triggered.
    """
    triggers = _within(Trigger.objects.all(), "triggered_at", since, until)
    if dialogue_ids is not None:
        triggers = triggers.filter(dialogue__in=dialogue_ids)
    shown = dict(triggers.order_by().values_list("dialogue").annotate(Count("pk")))
    engaged = _count_sessions("engaged_at", since, until, dialogue_ids)
    completed = _count_sessions("completed_at", since, until, dialogue_ids)
    found: defaultdict[int, Outcomes] = defaultdict(Outcomes)
    for pk in shown.keys() | engaged.keys() | completed.keys():
        found[pk] = Outcomes(shown.get(pk, 0), engaged.get(pk, 0), completed.get(pk, 0))
    return found


def _within(rows: QuerySet[Any], field: str, since: datetime | None, until: datetime | None) -> QuerySet[Any]:
    if since is not None:
        rows = rows.filter(**{f"{field}__gte": since})
    return rows if until is None else rows.filter(**{f"{field}__lt": until})


def _count_sessions(
    field: str, since: datetime | None, until: datetime | None, dialogue_ids: Collection[int] | None
) -> dict[int, int]:
    rows = _within(Conversation.objects.filter(**{f"{field}__isnull": False}), field, since, until)
    if dialogue_ids is not None:
        rows = rows.filter(version__dialogue__in=dialogue_ids)
    text = CharField()
    session = Concat(Cast("visitor_id", text), Value(":"), Cast("session_number", text))
    by_dialogue = rows.order_by().values_list("version__dialogue_id")
    return dict(by_dialogue.annotate(sessions=Count(session, distinct=True)))
