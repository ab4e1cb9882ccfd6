"""What has been used of the Select package's limits: counted, never kept by hand."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from chat.models import Conversation, Engagement
from config.installation.models import Installation


def count_engagements() -> int:
    """Return how many visitors have been connected to an agent, ever (LC-02)."""
    return Engagement.objects.count()


def count_monthly_engagements(now: datetime | None = None) -> int:
    """Return this month's engaged conversations; on Select a live chat in one counts once more (LC-03)."""
    since = (now or timezone.now()).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (
        Conversation.objects.filter(engaged_at__gte=since).count()
        + Engagement.objects.filter(created_at__gte=since).count()
    )


def is_engagement_limit_reached(installation: Installation) -> bool:
    """Whether another visitor may not be connected (LC-01). Exact under the installation's lock."""
    return not installation.is_prime and count_engagements() >= installation.engagement_limit


def is_monthly_limit_reached(installation: Installation, now: datetime | None = None) -> bool:
    """Whether dialogues stop until the month ends or the limit is raised (LC-03)."""
    return not installation.is_prime and count_monthly_engagements(now) >= installation.monthly_limit


# From this share of a limit on, everybody who signs in is told (LC-04).
NEAR = 0.9


@dataclass(frozen=True)
class Limit:
    """One of the Select package's limits, and what is used of it (LC-04)."""

    name: str
    title: str
    used: int
    allowed: int
    consequence: str
    resets_at: datetime | None = None

    @property
    def percent(self) -> int:
        """The share that is used, never said to be whole before it is, nor more than whole."""
        return min(100, self.used * 100 // self.allowed)

    @property
    def is_near(self) -> bool:
        return self.used >= self.allowed * NEAR

    @property
    def is_reached(self) -> bool:
        return self.used >= self.allowed

    @property
    def words(self) -> str:
        """The figures in a sentence, and what follows of them."""
        figures = {"used": self.used, "allowed": self.allowed, "percent": self.percent}
        if self.is_reached:
            words = gettext("%(used)d of %(allowed)d are used: the limit is reached.") % figures
        else:
            words = gettext("%(used)d of %(allowed)d are used (%(percent)d %%).") % figures
        return f"{words} {self.consequence}"


def list_limits(installation: Installation, *, now: datetime | None = None) -> list[Limit]:
    """Return the limits of the package with what is used of them; Prime has none (LC-01, LC-03, LC-04)."""
    if installation.is_prime:
        return []
    now = now or timezone.now()
    resets_at = get_next_month(now)
    again = gettext("At the limit, dialogues stop until %(date)s (UTC).") % {
        "date": date_format(resets_at, "DATE_FORMAT")
    }
    return [
        Limit(
            name="engagements",
            title=gettext("Live chat engagements"),
            used=count_engagements(),
            allowed=installation.engagement_limit,
            consequence=gettext("At the limit, visitors get the fallback message and no agent."),
        ),
        Limit(
            name="monthly",
            title=gettext("Engaged conversations this month"),
            used=count_monthly_engagements(now),
            allowed=installation.monthly_limit,
            consequence=again,
            resets_at=resets_at,
        ),
    ]


def list_limits_near(installation: Installation, *, now: datetime | None = None) -> list[Limit]:
    """Return the limits of which 90 % or more is used (LC-04)."""
    return [limit for limit in list_limits(installation, now=now) if limit.is_near]


def get_next_month(now: datetime) -> datetime:
    """Return when the month's figures start again at 0: the 1st at midnight UTC (LC-03)."""
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first.replace(year=now.year + now.month // 12, month=now.month % 12 + 1)
