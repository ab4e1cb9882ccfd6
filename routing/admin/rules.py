"""Custom rules."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents.selectors import list_agents
from config.admin_permissions import PermittedAdmin
from config.installation.selectors import get_installation
from config.lib.conditions import ConditionsInvalid, describe, parse_conditions
from routing.forms import RuleForm
from routing.models import Rule

from .simulator import show_simulator


@admin.register(Rule)
class RuleAdmin(PermittedAdmin):
    viewers = ("view_custom_rules",)
    editors = ("manage_custom_rules",)
    form = RuleForm
    list_display = ("name", "priority", "is_enabled", "in_words", "asks")
    list_editable = ("priority", "is_enabled")
    list_filter = ("is_enabled", "team", "agents")
    list_select_related = ("team",)
    search_fields = ("name",)
    filter_horizontal = ("agents",)

    change_list_template = "admin/routing/rule/change_list.html"

    class Media:
        css = {"all": ("routing/conditions.css",)}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.simulator_view)
        return [path("simulator/", view, name="routing_simulator"), *super().get_urls()]

    def simulator_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return show_simulator(self.admin_site, request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Rule]:
        return super().get_queryset(request).prefetch_related("agents")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = [*RuleForm.Meta.fields]
        if not self.has_change_permission(request, obj):
            fields[fields.index("conditions")] = "in_words"
        return fields if get_installation().is_prime else [name for name in fields if name != "team"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if self.has_change_permission(request, obj) else ("in_words",)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "agents":
            kwargs["queryset"] = list_agents()
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @admin.display(description=_("matches when"))
    def in_words(self, rule: Rule) -> str:
        try:
            return describe(parse_conditions(rule.conditions))
        except ConditionsInvalid:
            return gettext("The conditions can't be read, so the rule matches nobody.")

    @admin.display(description=_("asks"))
    def asks(self, rule: Rule) -> str:
        names = [str(agent) for agent in rule.agents.all()]
        if rule.team:
            names.append(gettext("team “%(team)s”") % {"team": rule.team.name})
        return ", ".join(names) or gettext("Nobody: its agents take no live chats any more")
