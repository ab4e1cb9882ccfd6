"""The custom rules as they were, by version, to read (LC-60)."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.admin.conversations import ReadOnlyPages
from config.admin_permissions import holds, show_moment
from config.lib.conditions import ConditionsInvalid, describe, parse_conditions
from routing.models import RuleVersion

SHORT_DIGEST = 12


@admin.register(RuleVersion)
class RuleVersionAdmin(ReadOnlyPages):
    """A version comes into being with the first decision by it."""

    viewers = ("view_custom_rules", "manage_custom_rules", "view_all_conversations")
    list_display = ("number", "first_used", "short_digest")
    ordering = ("-id",)
    fields = ("number", "first_used", "digest", "frozen", "decisions")

    class Media:
        css = {"all": ("chat/admin/live_chats.css", "routing/pages.css")}

    def get_queryset(self, request: HttpRequest) -> QuerySet[RuleVersion]:
        rows: QuerySet[RuleVersion] = super().get_queryset(request)
        match = request.resolver_match
        # All rules of each: the list doesn't show them.
        is_list = bool(match and match.url_name == "routing_ruleversion_changelist")
        return rows.defer("rules") if is_list else rows

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        may_see = holds(request, ["view_all_conversations"])
        return self.fields if may_see else [name for name in self.fields if name != "decisions"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    @admin.display(description=_("version"), ordering="id")
    def number(self, version: RuleVersion) -> str:
        return str(version)

    @admin.display(description=_("first decision (UTC)"), ordering="made_at")
    def first_used(self, version: RuleVersion) -> str:
        return show_moment(version.made_at)

    @admin.display(description=_("digest"))
    def short_digest(self, version: RuleVersion) -> str:
        return version.digest[:SHORT_DIGEST]

    @admin.display(description=_("the rules then"))
    def frozen(self, version: RuleVersion) -> SafeString:
        rules = [{**rule, "when": _say_conditions(rule), "asks": _say_asked(rule)} for rule in version.rules]
        heads = (_("Priority"), _("Name"), _("On"), _("Matches when"), _("Asks"))
        return render_to_string("admin/routing/rule/frozen.html", {"rules": rules, "heads": heads})

    @admin.display(description=_("decisions"))
    def decisions(self, version: RuleVersion) -> SafeString:
        url = reverse("admin:routing_decision_changelist")
        words = gettext("Decisions by these rules")
        return format_html('<a href="{}?rule_version__id__exact={}">{}</a>', url, version.pk, words)


def link_to_version(version: RuleVersion) -> SafeString:
    """Number, time and digest on one line, with the way to the rules themselves."""
    words = gettext("first decision %(time)s UTC, digest %(digest)s") % {
        "time": show_moment(version.made_at),
        "digest": version.digest[:SHORT_DIGEST],
    }
    url = reverse("admin:routing_ruleversion_change", args=[version.pk])
    return format_html('<a href="{}">{}</a> ({})', url, version, words)


def _say_conditions(rule: Mapping[str, Any]) -> str:
    try:
        return describe(parse_conditions(rule.get("conditions")))
    except ConditionsInvalid:
        return gettext("The conditions can't be read, so the rule matches nobody.")


def _say_asked(rule: Mapping[str, Any]) -> str:
    names = [str(agent["name"]) for agent in rule.get("agents", ())]
    if rule.get("team"):
        names.append(gettext("team “%(team)s”") % {"team": rule["team"]["name"]})
    return ", ".join(names) or gettext("Nobody")
