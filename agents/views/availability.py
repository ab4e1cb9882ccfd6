"""An agent's availability as pages show it: state, reason and end in words, and the seats taken."""

from datetime import datetime

from django.utils import dateformat, timezone
from django.utils.translation import gettext as _

from agents.models import User
from agents.policy import Availability
from agents.selectors import get_agent_availability
from chat.models import Seat
from chat.protocol.agent import AvailabilityNow
from config.installation.selectors import get_installation


def get_availability_frame(*, agent: User, now: datetime | None = None) -> AvailabilityNow:
    """The state of the switch at the top of every page (LC-12, LC-13)."""
    now = now or timezone.now()
    availability = get_agent_availability(agent=agent, now=now)
    return AvailabilityNow(
        available=availability.available,
        reason=availability.reason,
        text=describe_availability(availability, agent=agent, now=now),
        seats_taken=Seat.objects.filter(agent=agent).count(),
        seats=agent.seat_limit or get_installation().seat_limit,
        until=availability.until,
    )


def describe_availability(availability: Availability, *, agent: User, now: datetime) -> str:
    """The reason and the end, in the agent's own time."""
    if availability.reason == "no_hours":
        return _("No hours set")
    if availability.until is None:
        return _("By your hours")
    end = _describe_moment(availability.until, agent=agent, now=now)
    sentences = {
        ("schedule", True): _("Until %(end)s, by your hours"),
        ("override", True): _("Until %(end)s, switched on by you"),
        ("override", False): _("Until %(end)s, switched off by you"),
        ("outside_hours", False): _("Outside your hours until %(end)s"),
    }
    return sentences[availability.reason, availability.available] % {"end": end}


def _describe_moment(moment: datetime, *, agent: User, now: datetime) -> str:
    """17:00 today; Tue 09:00 on another day. Midnight belongs to the day that it ends."""
    local, today = moment.astimezone(agent.zone), now.astimezone(agent.zone).date()
    is_near = local.date() == today or (local.hour == local.minute == 0 and (local.date() - today).days == 1)
    return dateformat.format(local, "H:i" if is_near else "D H:i")
