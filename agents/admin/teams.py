"""Teams (Prime)."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from agents.models import Agent, Team
from agents.selectors import list_agents
from config.admin_permissions import ModelForm, PrimePages


class TeamForm(ModelForm):
    """Only people who may take live chats now can be members (LC-07, LC-09)."""

    class Meta:
        model = Team
        fields = ("name", "members")
        help_texts = {
            "members": _("Agents only. A new agent is offered here as soon as the permission is given.")
        }


@admin.register(Team)
class TeamAdmin(PrimePages):
    viewers = ("view_agent_teams",)
    editors = ("manage_agent_teams",)
    form = TeamForm
    list_display = ("name", "member_names")
    search_fields = ("name",)
    filter_horizontal = ("members",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        # Agents: a member who lost the permission is kept for when it comes back, but isn't in the team now.
        return super().get_queryset(request).prefetch_related("members")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = list_agents()
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @admin.display(description=_("members"))
    def member_names(self, team: Team) -> str:
        return ", ".join(str(agent) for agent in team.members.all()) or str(_("Nobody: no chat can go here"))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not Agent.objects.filter(teams=form.instance).exists():
            words = _("Nobody is in “%(team)s”, so no chat can go to it.") % {"team": form.instance}
            messages.warning(request, words)
