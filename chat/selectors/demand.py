"""When visitors ask for a human, hour by hour of the week: what a schedule has to meet (LC-58)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from django.db.models import Avg, Count, F, Min, Q
from django.db.models.functions import TruncHour

from chat.models import LiveChat

WEEKS = 4
# Until chats have been ended, as long as the product's own guess.
USUAL_LENGTH = timedelta(minutes=10)
# Ends that no schedule would change.
NO_MATTER_OF_SEATS = (LiveChat.End.BLOCKED, LiveChat.End.LIMIT, LiveChat.End.NO_RULE)
MISSED = (LiveChat.End.NO_AGENT, LiveChat.End.NOT_ACCEPTED)


@dataclass(frozen=True)
class Asked:
    """Requests in one hour of the week, and those of them that nobody took."""

    total: int
    missed: int


@dataclass(frozen=True)
class Demand:
    """What was asked for by (weekday, hour), with Monday as 0; in how many weeks; how long a chat takes."""

    hours: Mapping[tuple[int, int], Asked]
    weeks: float
    length: timedelta

    @property
    def total(self) -> int:
        return sum(asked.total for asked in self.hours.values())


def get_demand(*, zone: tzinfo, now: datetime) -> Demand:
    """Return the requests of the last four weeks by the hours of this zone's clock, in two queries (LC-58).

    An installation that is younger than that counts the weeks it has, at least one.
    """
    since = now - timedelta(weeks=WEEKS)
    asked = LiveChat.objects.filter(requested_at__gte=since, requested_at__lte=now)
    asked = asked.exclude(end_reason__in=NO_MATTER_OF_SEATS)
    rows = asked.order_by().annotate(hour=TruncHour("requested_at", tzinfo=zone)).values("hour")
    hours: dict[tuple[int, int], Asked] = {}
    for row in rows.annotate(total=Count("pk"), missed=Count("pk", filter=Q(end_reason__in=MISSED))):
        key = (row["hour"].weekday(), row["hour"].hour)
        before = hours.get(key, Asked(0, 0))
        hours[key] = Asked(before.total + row["total"], before.missed + row["missed"])
    taken = Avg(F("ended_at") - F("accepted_at"), filter=Q(accepted_at__isnull=False, ended_at__isnull=False))
    found = asked.aggregate(first=Min("requested_at"), length=taken)
    age = now - (found["first"] or now)
    weeks = min(float(WEEKS), max(1.0, age / timedelta(weeks=1)))
    return Demand(hours=hours, weeks=weeks, length=found["length"] or USUAL_LENGTH)
