"""Leads: people by their e-mail address, whatever browsers they come with (DG-09).

Locks: the visitor's row comes first, then the address, then leads from the oldest on; nothing of a visitor is
locked after that. One transaction holds one address at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from chat.models import Lead, LeadList, Visitor
from chat.selectors.known import get_lead
from chat.streams.answers import email_answer
from chat.streams.errors import AnswerInvalid
from config.lib.failpoints import failpoint
from config.lib.locks import Space, lock_name

# Attributes of one visitor, and of one lead: a page's script can make up names without end (S12).
MOST_KEPT = 200


def take_facts(visitor: Visitor, facts: Mapping[str, str], *, now: datetime | None = None) -> None:
    """Keep what a locked visitor has said. The lead that has the e-mail address is the visitor's from now on;
    several with that address are merged into the oldest one, a new address makes a new lead (DG-09).
    """
    address = _read_address(facts.get("email", ""))
    if address:
        # Always, since the instance that was there may be older than the row.
        visitor.lead = _resolve(visitor, address, now or timezone.now())
        visitor.save(update_fields=["lead"])
    keep_facts(visitor, facts)


def add_facts(known: Mapping[str, str], told: Mapping[str, str]) -> dict[str, str]:
    """Return what is known with what was told in its place; new names only while there is room for them."""
    kept = dict(known)
    for name, value in told.items():
        if name in kept or len(kept) < MOST_KEPT:
            kept[name] = value
    return kept


def keep_facts(visitor: Visitor, facts: Mapping[str, str]) -> None:
    """Store attributes with a locked visitor, and with the visitor's lead; a blank one is forgotten there."""
    known = {**visitor.attributes, **facts}
    if known != visitor.attributes:
        visitor.attributes = known
        visitor.save(update_fields=["attributes"])
    # The address is the lead's own; another one typed in may be a mistake, and never moves somebody else's.
    told = {name: value for name, value in facts.items() if name != "email"}
    lead = _lock_lead(visitor) if told else None
    if lead is not None and {**lead.attributes, **told} != lead.attributes:
        lead.attributes = {**lead.attributes, **told}
        lead.save(update_fields=["attributes"])


def change_lists(visitor: Visitor, memberships: Mapping[int, bool]) -> None:
    """Put a locked visitor's lead on lists (True) and off them (False). Who has no lead gets one without an
    address, which is found again when they give it. A list that was deleted is passed over.
    """
    if not memberships:
        return
    lead = _lock_lead(visitor)
    joined = LeadList.objects.filter(pk__in=[pk for pk, is_on in memberships.items() if is_on])
    if lead is None and joined.exists():
        lead = visitor.lead = Lead.objects.create()
        visitor.save(update_fields=["lead"])
    if lead is not None:
        lead.lists.add(*joined)
        lead.lists.remove(*[pk for pk, is_on in memberships.items() if not is_on])


def _resolve(visitor: Visitor, address: str, now: datetime) -> Lead:
    lock_name(Space.ADDRESSES, address)
    failpoint("lead.locked")
    own = get_lead(visitor)
    # A lead without an address becomes one with it; another address stays with the lead that has it.
    nameless = own.pk if own is not None and not own.email else None
    leads = list(_list_current().filter(Q(email=address) | Q(pk=nameless, email="")))
    if not leads:
        return Lead.objects.create(email=address, attributes=_without_address(visitor.attributes))
    lead = _merge(leads, now)
    lead.email = address
    lead.attributes = add_facts(lead.attributes, _unknown_to(lead, visitor))
    lead.save(update_fields=["email", "attributes"])
    return lead


def _merge(leads: Sequence[Lead], now: datetime) -> Lead:
    """Merge locked leads, the oldest first, into that one. The others stay as they were, and point at it."""
    oldest, *others = leads
    if not others:
        return oldest
    oldest.attributes = _join([lead.attributes for lead in leads])
    oldest.save(update_fields=["attributes"])
    ids = [lead.pk for lead in others]
    oldest.lists.add(*LeadList.objects.filter(leads__in=ids).distinct())
    Lead.objects.filter(pk__in=ids).update(merged_into=oldest, merged_at=now)
    Lead.objects.filter(merged_into__in=ids).update(merged_into=oldest)
    _repoint_visitors(ids, oldest)
    return oldest


def _repoint_visitors(lead_ids: Iterable[int], lead: Lead) -> None:
    """Whoever is in the middle of something isn't waited for: they may be waiting for this very address. They
    find the lead by way of the merged one.
    """
    rows: QuerySet[Visitor] = Visitor.objects.select_for_update(no_key=True, skip_locked=True)
    free = [visitor.pk for visitor in rows.filter(lead__in=list(lead_ids)).only("pk")]
    Visitor.objects.filter(pk__in=free).update(lead=lead)


def _lock_lead(visitor: Visitor) -> Lead | None:
    """Lock the visitor's lead, by its address first: nobody merges it meanwhile."""
    lead = get_lead(visitor)
    if lead is None:
        return None
    if lead.email:
        lock_name(Space.ADDRESSES, lead.email)
        # It may have been merged while we waited.
        lead = get_lead(Visitor.objects.select_related("lead").get(pk=visitor.pk))
    return _list_current().filter(pk=lead.pk).first() if lead else None


def _list_current() -> QuerySet[Lead]:
    """Leads that weren't merged into another one, the oldest first, locked."""
    return Lead.objects.select_for_update(no_key=True).filter(merged_into=None).order_by("pk")


def _join(records: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """The first that knows something has it; blank is unknown."""
    joined: dict[str, str] = {}
    for record in reversed(records):
        joined |= {name: value for name, value in record.items() if value.strip() or name not in joined}
    return joined


def _unknown_to(lead: Lead, visitor: Visitor) -> dict[str, str]:
    told = _without_address(visitor.attributes)
    return {name: value for name, value in told.items() if not lead.attributes.get(name, "").strip()}


def _without_address(attributes: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in attributes.items() if name != "email"}


def _read_address(email: str) -> str:
    """The address in small letters; nothing where a text was kept under that name which is none."""
    try:
        return email_answer(email.strip()).lower() if email.strip() else ""
    except AnswerInvalid:
        return ""
