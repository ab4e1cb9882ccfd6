"""Custom rules."""

from dataclasses import asdict
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents.selectors import list_agents
from config.admin_permissions import PermittedAdmin, holds
from config.installation.selectors import get_installation
from config.lib.conditions import ConditionsInvalid, describe, parse_conditions
from routing.forms import RuleForm, RuleRowForm
from routing.models import Rule
from routing.selectors.findings import Doubts, LastWeek
from routing.services.rule_order import lock_rules

from .findings import find_in_form, find_of_rule, list_warnings, show_tally
from .replay import show_replay
from .rule_order import Places, describe_order, pair_forms, save_order
from .simulator import show_simulator

_GONE = _(
    "Somebody added or deleted a rule meanwhile, so nothing was saved. These are the rules as they are now."
)


@admin.register(Rule)
class RuleAdmin(PermittedAdmin):
    viewers = ("view_custom_rules",)
    editors = ("manage_custom_rules",)
    form = RuleForm
    list_display = ("name", "priority", "is_enabled", "in_words", "asks")
    list_display_links = ("name",)
    list_editable = ("priority", "is_enabled")
    list_filter = ("is_enabled", "team", "agents")
    list_select_related = ("team",)
    search_fields = ("name",)
    filter_horizontal = ("agents",)

    change_list_template = "admin/routing/rule/change_list.html"
    change_form_template = "admin/routing/rule/change_form.html"

    class Media:
        css = {"all": ("routing/conditions.css", "routing/pages.css", "routing/rule_order.css")}

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("simulator/", guard(self.simulator_view), name="routing_simulator"),
            path("replay/", guard(self.replay_view), name="routing_replay"),
            path("order/", guard(self.order_view), name="routing_rule_order"),
            path("findings/", guard(self.findings_view), name="routing_rule_findings"),
            *super().get_urls(),
        ]

    def replay_view(self, request: HttpRequest) -> HttpResponse:
        """Past requests have their visitors' names, so the rules alone aren't enough to see them."""
        if not (self.has_view_permission(request) and holds(request, ["view_all_conversations"])):
            raise PermissionDenied
        return show_replay(self.admin_site, request)

    def get_list_display(self, request: HttpRequest) -> Any:
        """With columns whose facts are read once for the whole list."""
        now = timezone.now()
        doubts, week, places = Doubts(now), LastWeek(now), Places()

        @admin.display(description=_("place"))
        def place(rule: Rule) -> str:
            return places.show(rule)

        @admin.display(description=_("last week's visitors"))
        def tally(rule: Rule) -> str:
            return show_tally(rule, week)

        @admin.display(description=_("warnings"))
        def warnings(rule: Rule) -> str:
            return " ".join(list_warnings(rule, doubts)) if rule.is_enabled else ""

        return (place, *self.list_display, tally, warnings)

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_form(request, **{"form": RuleRowForm, **kwargs})

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        if isinstance(form, RuleRowForm):
            lock_rules()
        return super().save_form(request, form, change)

    def save_model(self, request: HttpRequest, obj: Rule, form: Any, change: bool) -> None:
        if isinstance(form, RuleRowForm):
            # The row was read before it was locked: somebody may have moved or changed the rule since.
            obj.save(update_fields=form.changed_data)
        else:
            super().save_model(request, obj, form, change)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        response = super().changelist_view(request, extra_context)
        context = getattr(response, "context_data", None)
        if context and "cl" in context:
            if not pair_forms(context["cl"]):
                messages.error(request, _GONE)
                return redirect(request.get_full_path())
            may_change = self.has_change_permission(request)
            context["order"] = describe_order(context["cl"], may_change=may_change)
        return response

    def order_view(self, request: HttpRequest) -> HttpResponse:
        """Where a row of the list was moved to."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return save_order(self, request)

    def findings_view(self, request: HttpRequest) -> HttpResponse:
        """What is to be said of a rule as the form has it now; saved or not."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return JsonResponse(asdict(find_in_form(request.POST, now=timezone.now())))

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        rule = kwargs.get("obj")
        context["findings"] = find_of_rule(rule, now=timezone.now()) if rule else None
        return super().render_change_form(request, context, *args, **kwargs)

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
        if get_installation().is_prime or (obj and obj.team_id):
            return fields
        return [name for name in fields if name != "team"]

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
