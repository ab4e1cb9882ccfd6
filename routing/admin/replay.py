"""The replay's page: past requests under the rules of now, and under a draft of one of them (LC-20)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from routing.forms import ConditionsField
from routing.models import Rule
from routing.selectors.replay import MOST_REQUESTS, Draft, Outcome, Replayed, replay

from .reading import name_circle, name_reason


class ReplayForm(forms.Form):
    """Which requests, and which rule is to be thought of otherwise."""

    days = forms.TypedChoiceField(
        choices=[("7", _("the last 7 days")), ("30", _("the last 30 days"))], coerce=int, label=_("Period")
    )
    rule = forms.ModelChoiceField(
        Rule.objects.all(),
        required=False,
        label=_("Rule to change"),
        empty_label=_("none: the rules as they are"),
    )


class DraftForm(forms.Form):
    """The rule as somebody thinks of having it; saved nowhere."""

    is_enabled = forms.BooleanField(required=False, label=_("Switched on"))
    priority = forms.IntegerField(
        label=_("Priority"), validators=[MinValueValidator(1), MaxValueValidator(10_000)]
    )
    conditions = ConditionsField(required=False, label=_("Conditions"))


@dataclass(frozen=True)
class Row:
    """One request, in words."""

    replayed: Replayed
    was: str
    now: str
    draft: str


def show_replay(site: admin.AdminSite, request: HttpRequest) -> HttpResponse:
    """What differs. By POST with a draft, which may be long; nothing is changed in either way."""
    sent = request.POST if request.method == "POST" else request.GET
    form = ReplayForm({"days": sent.get("days") or "7", "rule": sent.get("rule", "")})
    rule = cast("Rule | None", form.cleaned_data["rule"]) if form.is_valid() else None
    drafting = _make_draft_form(request, rule) if rule else None
    is_whole = form.is_valid() and (drafting is None or not drafting.is_bound or drafting.is_valid())
    draft = _read_draft(rule, drafting)
    found = _replay(form.cleaned_data["days"], draft) if is_whole else []
    context = {
        **site.each_context(request),
        "title": gettext("Replay past requests"),
        "opts": Rule._meta,
        "form": form,
        "drafting": drafting,
        "rule": rule,
        "has_draft": draft is not None,
        "rows": [_describe(each) for each in found if each.differs],
        "seen": len(found),
        "most": MOST_REQUESTS,
    }
    status = 200 if is_whole else 400
    return TemplateResponse(request, "admin/routing/rule/replay.html", context, status=status)


def _make_draft_form(request: HttpRequest, rule: Rule) -> DraftForm:
    if request.method == "POST":
        return DraftForm(request.POST)
    as_it_is = {"is_enabled": rule.is_enabled, "priority": rule.priority, "conditions": rule.conditions}
    return DraftForm(initial=as_it_is)


def _read_draft(rule: Rule | None, form: DraftForm | None) -> Draft | None:
    if rule is None or form is None or not form.is_bound or not form.is_valid():
        return None
    data = form.cleaned_data
    return Draft(rule.pk, data["is_enabled"], data["priority"], data["conditions"])


def _replay(days: int, draft: Draft | None) -> Sequence[Replayed]:
    now = timezone.now()
    return replay(since=now - timedelta(days=days), until=now, draft=draft)


def _describe(replayed: Replayed) -> Row:
    draft = _say(replayed.draft) if replayed.draft else ""
    return Row(replayed, _say(replayed.was), _say(replayed.now), draft)


def _say(outcome: Outcome) -> str:
    if not outcome.agent:
        return gettext("Fallback: %(reason)s") % {"reason": name_reason(outcome.reason)}
    words: dict[str, Any] = {"agent": outcome.agent, "circle": name_circle(outcome.step, outcome.label)}
    return gettext("%(agent)s (%(circle)s)") % words
