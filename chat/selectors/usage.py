"""What has been used of the Select package's limits: counted, never kept by hand."""

from datetime import datetime

from django.utils import timezone

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
