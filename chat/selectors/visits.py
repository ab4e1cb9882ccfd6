"""How visitors stand when they load a page: constant few queries, however many come at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from chat.models import Conversation, Lead, Visitor
from chat.selectors.known import Known, get_lead, known_attributes


@dataclass(frozen=True, slots=True)
class Standing:
    """One visitor: what is known, what was completed, and whether there is a conversation to show.

    ``is_running``: it goes on, on every page; ``has_past``: there is one to read. ``subject`` is the page's
    own name of the person, where it was signed.
    """

    known: Known = field(default_factory=lambda: Known({}))
    completed: frozenset[int] = frozenset()
    is_running: bool = False
    has_past: bool = False
    subject: str = ""


# Somebody of whom nothing is kept.
NOBODY = Standing()


def get_standings(key_hashes: Iterable[str]) -> dict[str, Standing]:
    """Return the standing of each visitor who is known, by the hash of the key: at most three queries."""
    # A lead that was merged points at the one that is used, never at one that was merged itself.
    rows = Visitor.objects.select_related("lead__merged_into")
    visitors = list(rows.filter(key_hash__in=set(key_hashes)))
    if not visitors:
        return {}
    histories = _get_histories([visitor.pk for visitor in visitors])
    leads = {visitor.pk: lead.pk for visitor in visitors if (lead := get_lead(visitor))}
    lists = _get_lists(set(leads.values()))
    return {
        visitor.key_hash: _build(visitor, histories[visitor.pk], lists[leads.get(visitor.pk, 0)])
        for visitor in visitors
    }


@dataclass(slots=True)
class _History:
    completed: set[int] = field(default_factory=set)
    is_running: bool = False
    has_past: bool = False


def _get_histories(visitor_ids: Iterable[int]) -> defaultdict[int, _History]:
    """One row for each dialogue that came to anything and each way it ended, not for each conversation."""
    came_to_anything = Q(engaged_at__isnull=False) | Q(completed_at__isnull=False) | Q(is_suspended=True)
    rows = (
        Conversation.objects.filter(came_to_anything, visitor__in=visitor_ids)
        .annotate(is_completed=Q(completed_at__isnull=False))
        .order_by()
        .values_list("visitor_id", "version__dialogue_id", "is_open", "is_suspended", "is_completed")
        .distinct()
    )
    histories: defaultdict[int, _History] = defaultdict(_History)
    for visitor_id, dialogue_id, is_open, is_suspended, is_completed in rows:
        history = histories[visitor_id]
        history.has_past = True
        history.is_running |= is_open or is_suspended
        if is_completed:
            history.completed.add(dialogue_id)
    return histories


def _get_lists(lead_ids: set[int]) -> defaultdict[int, set[int]]:
    lists: defaultdict[int, set[int]] = defaultdict(set)
    if lead_ids:
        rows = Lead.lists.through.objects.filter(lead_id__in=lead_ids)
        for lead_id, list_id in rows.values_list("lead_id", "leadlist_id"):
            lists[lead_id].add(list_id)
    return lists


def _build(visitor: Visitor, history: _History, list_ids: Iterable[int]) -> Standing:
    # What the browser told last time counts for nothing: it has just told again.
    visitor.inferred, visitor.language = {}, ""
    return Standing(
        known=Known(known_attributes(visitor), frozenset(list_ids)),
        completed=frozenset(history.completed),
        is_running=history.is_running,
        has_past=history.has_past,
        subject=visitor.signed.get("sub", ""),
    )
