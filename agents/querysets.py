"""Questions about agents that the database answers."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import Permission
from django.db import models
from django.db.models import Exists, OuterRef, Q

if TYPE_CHECKING:
    from .models import Agent  # noqa: F401 - the query set is one of agents

LIVE_CHAT_PERMISSION = "view_my_conversations"


def holders_of(codename: str) -> Q:
    """Users who hold a product permission themselves,
    through a group, or as superusers; inactive ones never.
    """
    held = Permission.objects.filter(content_type__app_label="agents", codename=codename)
    through_group = held.filter(group__user=OuterRef("pk"))
    directly = held.filter(user=OuterRef("pk"))
    return Q(is_active=True) & (Q(is_superuser=True) | Exists(through_group) | Exists(directly))


class AgentQuerySet(models.QuerySet["Agent"]):
    def reachable(self, now: datetime) -> Self:
        """Agents with an inbox open in some browser (LC-13)."""
        from .models import Presence  # the model's own module imports this one

        return self.filter(Exists(Presence.objects.filter(agent=OuterRef("pk"), expires_at__gt=now)))


_AgentManager = models.Manager.from_queryset(AgentQuerySet)


class AgentManager(_AgentManager):  # type: ignore[type-arg]
    """A manager whose rows are the users who may take live chats now (LC-05, LC-07)."""

    def get_queryset(self) -> AgentQuerySet:
        rows: AgentQuerySet = super().get_queryset()  # type: ignore[assignment]
        return rows.filter(holders_of(LIVE_CHAT_PERMISSION))
