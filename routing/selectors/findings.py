"""What there is to say of a rule before it is needed: whom it would have matched, and why it can't work."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.models import Agent, ScheduleBlock, Team
from chat.models import Conversation, LeadList
from chat.selectors.known import Known, list_known
from chat.selectors.published import get_catalogue
from chat.streams.cards.live_chat import LiveChatCard
from config.lib.conditions import Group, find_contradiction, get_list_ids, list_conditions, matches

PERIOD = timedelta(days=7)
# Enough to know how often a rule matches, few enough to be looked at while somebody types.
MOST_CONVERSATIONS = 2_000


@dataclass(frozen=True, slots=True)
class Tally:
    """Of so many visitors the conditions match so many."""

    matched: int
    seen: int

    def __str__(self) -> str:
        if not self.seen:
            return _("No visitor has talked with the chat in the last 7 days.")
        words = ngettext(
            "Matches %(matched)d of last week's %(seen)d visitor.",
            "Matches %(matched)d of last week's %(seen)d visitors.",
            self.seen,
        )
        return words % {"matched": self.matched, "seen": self.seen}


def count_matches(group: Group, *, now: datetime) -> Tally:
    """Return how many of the last 7 days' visitors the conditions match, by what is known of them now.

    Of the newest 2,000 conversations at most, each visitor once. Two queries.
    """
    return LastWeek(now).count(group)


@dataclass(frozen=True)
class LastWeek:
    """The last 7 days' visitors, for as many rules as one likes: they are read once, in two queries."""

    now: datetime

    def count(self, group: Group) -> Tally:
        """Return how many of them the conditions match, by what is known of them now."""
        # Most are alike in what is asked: a hundred rules over two thousand visitors took seconds one by one.
        names = sorted({condition.attribute for condition in list_conditions(group)})
        alike = Counter(tuple(facts.get(name) for name in names) for facts in self._facts)
        counted = (
            count for values, count in alike.items() if matches(group, dict(zip(names, values, strict=True)))
        )
        return Tally(sum(counted), len(self._facts))

    @cached_property
    def _facts(self) -> list[Mapping[str, object]]:
        return [each.facts() for each in list_recent(now=self.now)]


def list_recent(*, now: datetime) -> list[Known]:
    """Return what is known of the last 7 days' visitors, the newest first."""
    rows = Conversation.objects.filter(triggered_at__gte=now - PERIOD, triggered_at__lte=now)
    newest = rows.select_related("visitor__lead__merged_into").order_by("-pk")[:MOST_CONVERSATIONS]
    by_visitor: dict[int, Conversation] = {}
    for conversation in newest:
        by_visitor.setdefault(conversation.visitor_id, conversation)
    return list_known([*by_visitor.values()])


@dataclass(frozen=True)
class Doubts:
    """Warnings about rules, for as many as one likes: what they need is read once, in six queries."""

    now: datetime

    def list_warnings(
        self, group: Group | None, *, agent_ids: Collection[int], team_id: int | None
    ) -> list[str]:
        """Return what keeps a rule with these conditions and these people from working, in words."""
        asked = {*agent_ids, *(self._members.get(team_id, ()) if team_id else ())}
        return [*self._doubt_conditions(group), *self._doubt_people(asked), *self._doubt_cards()]

    def _doubt_conditions(self, group: Group | None) -> list[str]:
        if group is None:
            return [_("The conditions can't be read, so the rule matches nobody.")]
        found = find_contradiction(group)
        if found:
            return [_("No visitor can meet this: %(conditions)s.") % {"conditions": found}]
        gone = get_list_ids(group) - self._lists
        return [_("The conditions name a list that is gone.")] if gone else []

    def _doubt_people(self, asked: Collection[int]) -> list[str]:
        able = self._agents.intersection(asked)
        if not able:
            return [_("Nobody would be asked: none of its people takes live chats.")]
        if not able & self._scheduled:
            return [_("Nobody has hours: none of its agents is scheduled or switched to available.")]
        return []

    def _doubt_cards(self) -> list[str]:
        return [] if self._is_used else [_("No published Live chat card asks by custom rules.")]

    @cached_property
    def _agents(self) -> frozenset[int]:
        return frozenset(Agent.objects.values_list("pk", flat=True))

    @cached_property
    def _scheduled(self) -> frozenset[int]:
        by_hand = Agent.objects.filter(override_available=True, override_until__gt=self.now)
        hours = ScheduleBlock.objects.values_list("agent_id", flat=True).distinct()
        return frozenset(hours) | frozenset(by_hand.values_list("pk", flat=True))

    @cached_property
    def _members(self) -> Mapping[int, set[int]]:
        found: dict[int, set[int]] = {}
        for team_id, agent_id in Team.members.through.objects.values_list("team_id", "agent_id"):
            found.setdefault(team_id, set()).add(agent_id)
        return found

    @cached_property
    def _lists(self) -> frozenset[int]:
        return frozenset(LeadList.objects.values_list("pk", flat=True))

    @cached_property
    def _is_used(self) -> bool:
        catalogue = get_catalogue()
        return any(
            isinstance(card, LiveChatCard) and card.option == "rules"
            for one in (*catalogue.dialogues, *catalogue.flows)
            for card in one.version.stream.cards.values()
        )
