"""Columns that say how somebody stands as an agent right now: available and why, seats taken, reachable."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from agents.models import Agent, Presence
from agents.selectors import (
    describe_availability,
    get_agent_availability,
    list_agents,
    list_availabilities,
)
from chat.models import Seat
from config.installation.selectors import get_installation


def with_standing(users: QuerySet[Any], now: datetime) -> QuerySet[Any]:
    """Add what the columns read, at the same number of queries for any number of rows."""
    seats = Seat.objects.filter(agent=OuterRef("pk")).order_by().values("agent")
    annotated: QuerySet[Any] = users.annotate(
        is_agent=Exists(Agent.objects.filter(pk=OuterRef("pk"))),
        is_reachable=Exists(Presence.objects.filter(agent=OuterRef("pk"), expires_at__gt=now)),
        seats_taken=Coalesce(
            Subquery(seats.annotate(total=Count("pk")).values("total"), output_field=IntegerField()), Value(0)
        ),
    )
    return annotated.prefetch_related("schedule_blocks")


class StandingColumns:
    """The columns; the page's queryset goes through `with_standing`."""

    @admin.display(description=_("agent"), boolean=True, ordering="is_agent")
    def agent(self, user: Any) -> bool:
        return bool(user.is_agent)

    @admin.display(description=_("now, by their own clock"))
    def now(self, user: Any) -> str:
        if not user.is_agent:
            return "–"
        now = timezone.now()
        return describe_availability(get_agent_availability(agent=user, now=now), agent=user, now=now)

    @admin.display(description=_("chats"), ordering="seats_taken")
    def seats(self, user: Any) -> str:
        if not user.is_agent and not user.seats_taken:
            return "–"
        limit = user.seat_limit or user.installation_seat_limit
        return gettext("%(taken)d of %(limit)d") % {"taken": user.seats_taken, "limit": limit}

    @admin.display(
        description=pgettext_lazy("an inbox is open", "reachable"), boolean=True, ordering="is_reachable"
    )
    def reachable(self, user: Any) -> bool:
        return bool(user.is_reachable)


def annotate_standing(users: QuerySet[Any]) -> QuerySet[Any]:
    """As `with_standing` for now, with the installation's seat limit on each row."""
    limit = Value(get_installation().seat_limit, output_field=IntegerField())
    annotated: QuerySet[Any] = with_standing(users, timezone.now()).annotate(installation_seat_limit=limit)
    return annotated


class AvailableFilter(admin.SimpleListFilter):
    """Hours and time zones aren't in the database's power, so the ids are found here: agents are few."""

    title = _("available now")
    parameter_name = "available"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("yes", "no"):
            return queryset
        held = list_availabilities(agents=list_agents())
        return queryset.filter(
            pk__in=[pk for pk, one in held.items() if one.available is (self.value() == "yes")]
        )


class ReachableFilter(admin.SimpleListFilter):
    title = _("reachable now")
    parameter_name = "reachable"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(is_reachable=self.value() == "yes")


class AgentFilter(admin.SimpleListFilter):
    title = _("agent")
    parameter_name = "agent"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Takes live chats")), ("no", _("Doesn't"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(is_agent=self.value() == "yes")
