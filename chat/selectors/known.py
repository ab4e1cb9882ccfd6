"""What is known of a visitor: the one place that says what counts (DG-07, DG-09)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, QuerySet

from chat.models import Conversation, Lead, Visitor
from config.lib.conditions import LISTS, RESERVED_ATTRIBUTES

_Row = TypeVar("_Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Known:
    """Attributes by name, and the ids of the lists that the visitor's lead is on."""

    attributes: dict[str, str]
    lists: frozenset[int] = frozenset()

    def facts(self) -> Mapping[str, object]:
        """As conditions are matched against it."""
        return {**self.attributes, LISTS: tuple(str(list_id) for list_id in sorted(self.lists))}


def get_known(visitor: Visitor, conversation: Conversation | None = None) -> Known:
    """Return all that is known of a visitor, lists too: a query each for lead and lists, if there is one."""
    lead = get_lead(visitor)
    lists = frozenset(lead.lists.values_list("pk", flat=True)) if lead else frozenset[int]()
    return Known(known_attributes(visitor, conversation), lists)


def known_attributes(visitor: Visitor, conversation: Conversation | None = None) -> dict[str, str]:
    """Return a visitor's attributes: the page a conversation is on, then what the browser tells, then the
    lead's, then the visitor's own; each before those above it, where it isn't blank (DG-07, DG-09).
    """
    lead = get_lead(visitor)
    layers = (
        _read_page(conversation),
        {"language": visitor.language},
        visitor.inferred,
        {**lead.attributes, "email": lead.email} if lead else {},
        visitor.attributes,
    )
    return {
        name: value
        for layer in layers
        for name, value in layer.items()
        # Reserved names are found out, whatever a page's script calls its own attributes.
        if value.strip() and name not in RESERVED_ATTRIBUTES
    }


def with_people(rows: QuerySet[_Row], *, conversation: str) -> QuerySet[_Row]:
    """Return rows with all that a list says of the conversation they lead to: the visitor, the lead that
    stands for the visitor, and the dialogue's name, but no streams, which may be 200 kB each.
    """
    version = f"{conversation}__version"
    related = rows.select_related(f"{conversation}__visitor__lead__merged_into", f"{version}__dialogue")
    return related.defer(f"{version}__stream", f"{version}__dialogue__stream")


def get_lead(visitor: Visitor) -> Lead | None:
    """Return the lead that stands for the visitor: where it was merged into another one, that one (DG-09)."""
    lead = visitor.lead
    while lead is not None and lead.merged_into is not None:
        lead = lead.merged_into
    return lead


def name_visitor(visitor: Visitor, known: Mapping[str, str]) -> str:
    """Return what agents call a visitor: the name, else the e-mail address, else a number."""
    name = f"{known.get('first_name', '')} {known.get('last_name', '')}".strip()
    return name or known.get("email") or visitor.display_name


def _read_page(conversation: Conversation | None) -> dict[str, str]:
    if conversation is None:
        return {}
    return {
        "page_url": conversation.page_url,
        "page_title": conversation.page_title,
        "referrer": conversation.referrer,
    }


def list_known(conversations: Sequence[Conversation]) -> list[Known]:
    """Return what is known of each conversation's visitor, as now, in one query for all their lists.

    The rows bring ``visitor__lead__merged_into``.
    """
    leads = [get_lead(conversation.visitor) for conversation in conversations]
    lists = defaultdict[int, set[int]](set)
    on = Lead.lists.through.objects.filter(lead__in={lead.pk for lead in leads if lead})
    for lead_id, list_id in on.values_list("lead_id", "leadlist_id"):
        lists[lead_id].add(list_id)
    return [
        Known(
            known_attributes(conversation.visitor, conversation),
            frozenset(lists.get(lead.pk, ())) if lead else frozenset(),
        )
        for conversation, lead in zip(conversations, leads, strict=True)
    ]
