"""Agents: everybody who may take live chats, as they stand now."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from agents.models import Agent
from agents.services.availability import set_availability_of
from agents.views.page import get_user
from config.admin_permissions import PermittedAdmin, link_to

from .coverage import show_coverage
from .standing import AvailableFilter, ReachableFilter, StandingColumns, annotate_standing


@admin.register(Agent)
class AgentAdmin(StandingColumns, PermittedAdmin):
    """A list only: each name leads to the user's page."""

    editors = ("manage_agents",)
    list_display = ("name", "job_title", "team_names", "now", "seats", "reachable")
    list_display_links = None
    list_filter = (AvailableFilter, ReachableFilter, "teams")
    list_per_page = 50
    search_fields = ("first_name", "last_name", "username", "email", "job_title")
    ordering = ("first_name", "last_name", "username")
    actions = ("make_available", "make_unavailable")

    class Media:
        css = {"all": ("agents/admin/people.css",)}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.coverage_view)
        # First, or its name would be taken for an agent's id.
        return [path("coverage/", view, name="agents_coverage"), *super().get_urls()]

    def coverage_view(self, request: HttpRequest) -> HttpResponse:
        """Open to more people than the list: it is read, and changes nothing."""
        return show_coverage(request, self.admin_site)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Agent]:
        return annotate_standing(super().get_queryset(request)).prefetch_related("teams")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("admin:agents_user_change", object_id)

    @admin.display(description=_("name"), ordering="first_name")
    def name(self, agent: Agent) -> SafeString:
        return link_to(agent, page="agents_user")

    @admin.display(description=_("teams"))
    def team_names(self, agent: Agent) -> str:
        return ", ".join(team.name for team in agent.teams.all()) or "–"

    @admin.action(description=_("Make available until hours or midnight change it"), permissions=["change"])
    def make_available(self, request: HttpRequest, agents: QuerySet[Agent]) -> None:
        self._switch(request, agents, available=True)

    @admin.action(description=_("Make unavailable until hours or midnight change it"), permissions=["change"])
    def make_unavailable(self, request: HttpRequest, agents: QuerySet[Agent]) -> None:
        self._switch(request, agents, available=False)

    def _switch(self, request: HttpRequest, agents: QuerySet[Agent], *, available: bool) -> None:
        for agent in agents:
            if set_availability_of(agent=agent, available=available, by=get_user(request)):
                self.log_change(request, agent, [{"changed": {"fields": ["available"]}}])
        count = len(agents)
        words = (
            ngettext("%(count)d agent is available now.", "%(count)d agents are available now.", count)
            if available
            else ngettext(
                "%(count)d agent is unavailable now.", "%(count)d agents are unavailable now.", count
            )
        )
        messages.success(request, words % {"count": count})
