"""Whether an agent takes chats now: the schedule, and what the agent chose by hand over it."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.events import AvailabilityChanged
from agents.models import User
from agents.policy import Availability, get_availability, get_override_end
from agents.selectors import get_agent_availability, get_schedule
from config.audit.services import record_event
from config.lib.events import publish

OVERRIDE_FIELDS = ("override_available", "override_until", "override_by")
BATCH = 500


@transaction.atomic
def set_availability(*, agent: User, available: bool, now: datetime | None = None) -> Availability:
    """Set the toggle of the inbox, and return what holds now (LC-12). Repeatable.

    What the schedule says anyway needs no override, so an old one is cleared. Otherwise the choice holds
    until the next block begins or midnight in the agent's time zone. Active chats are not affected.
    """
    now = now or timezone.now()
    # no_key: seats and presences that refer to the agent are written meanwhile.
    row = User.objects.select_for_update(no_key=True).get(pk=agent.pk)
    blocks = get_schedule(row)
    scheduled = get_availability(zone=row.zone, blocks=blocks, override=None, now=now)
    if scheduled.available == available:
        _override(row, None, None)
    else:
        _override(row, available, get_override_end(zone=row.zone, blocks=blocks, now=now))
    publish(AvailabilityChanged(agent_id=row.pk))
    # The caller's object tells the truth too.
    for name in OVERRIDE_FIELDS:
        setattr(agent, name, getattr(row, name))
    return get_agent_availability(agent=row, now=now)


@transaction.atomic
def set_availability_of(*, agent: User, available: bool, by: User, now: datetime | None = None) -> bool:
    """Set the toggle in the agent's place, and say whether that changed anything (LC-12). Recorded (S20).

    Where the agent is so already, by hours or by their own switch, that stays: whoever was first has done it.
    The agent reads who it was for as long as it lasts: as a choice of their own would, and no longer than the
    hours say the same. They may switch back.
    """
    if by.pk == agent.pk:
        set_availability(agent=agent, available=available, now=now)
        return True
    now = now or timezone.now()
    row = User.objects.select_for_update(no_key=True).get(pk=agent.pk)
    if get_agent_availability(agent=row, now=now).available == available:
        return False
    blocks = get_schedule(row)
    until = get_override_end(zone=row.zone, blocks=blocks, now=now)
    scheduled = get_availability(zone=row.zone, blocks=blocks, override=None, now=now)
    if scheduled.available == available and scheduled.until is not None:
        until = min(until, scheduled.until)
    _override(row, available, until, by.display_name)
    words = _("Made available by hand.") if available else _("Made unavailable by hand.")
    record_event(row=row, words=words, by=by, now=now)
    publish(AvailabilityChanged(agent_id=row.pk))
    return True


@transaction.atomic
def end_due_overrides(*, now: datetime | None = None) -> int:
    """Clear the overrides whose time is over and return how many (LC-12).

    Rows that another worker has claimed are left to it; what is left of a full batch is for the next run.
    """
    now = now or timezone.now()
    due = User.objects.select_for_update(skip_locked=True, no_key=True).filter(override_until__lte=now)
    claimed = list(due.order_by("pk")[:BATCH])
    for user in claimed:
        _override(user, None, None)
        publish(AvailabilityChanged(agent_id=user.pk))
    return len(claimed)


def _override(user: User, available: bool | None, until: datetime | None, by: str = "") -> None:
    user.override_available, user.override_until, user.override_by = available, until, by
    user.save(update_fields=OVERRIDE_FIELDS)
