"""The fairness ledger's pages: everybody's counts, and one agent's decisions (LC-56)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents.models import User
from config.lib.downloads import make_download
from config.lib.sheets import write_csv
from routing.models import Decision, Offer
from routing.policy import STEPS
from routing.selectors.ledger import LedgerRow, list_considered, list_ledger

from .reading import ConsideredRead, describe_considered, describe_decision

PAGE = 50
_PERIODS = (("7", _("the last 7 days")), ("30", _("the last 30 days")), ("90", _("the last 90 days")))
_COLUMNS = (
    "offered",
    "accepted",
    "declined",
    "missed",
    "undelivered",
    "withdrawn",
    "taken_over",
    "handed_over",
)
_CONSIDERED_HEADS = (_("Time"), _("What was found"), _("Who was asked"), _("Decision"), _("Rules"))


class LedgerForm(forms.Form):
    """Over which time, and through which step of routing."""

    days = forms.ChoiceField(required=False, choices=_PERIODS, label=_("Period"))
    via = forms.ChoiceField(
        required=False,
        choices=[("", _("all of routing")), *((step.value, words) for step, words in STEPS.items())],
        label=_("Asked through"),
    )

    def read(self, now: datetime) -> tuple[datetime, str]:
        """Since when, and the step; what can't be read is as if it weren't asked for."""
        found = self.cleaned_data if self.is_valid() else {}
        return now - timedelta(days=int(found.get("days") or 30)), str(found.get("via") or "")


def show_ledger(site: admin.AdminSite, request: HttpRequest) -> HttpResponse:
    """Everybody's counts, as a page or with ``?format=csv`` as a file."""
    now = timezone.now()
    form = LedgerForm(request.GET or {"days": "30"})
    since, via = form.read(now)
    rows = list_ledger(since=since, until=now, via=via)
    if request.GET.get("format") == "csv":
        return _export(rows)
    query = request.GET.copy()
    query["format"] = "csv"
    context = {
        **_frame(site, request, gettext("Fairness ledger")),
        "form": form,
        "rows": rows,
        "since": since,
        "csv_query": query.urlencode(),
    }
    return TemplateResponse(request, "admin/routing/offer/ledger.html", context)


def show_agent(site: admin.AdminSite, request: HttpRequest, agent_id: int) -> HttpResponse:
    """Why this agent, and why not: every decision that considered the agent, with what was found."""
    agent = get_object_or_404(User, pk=agent_id)
    now = timezone.now()
    form = LedgerForm(request.GET or {"days": "30"})
    since, _via = form.read(now)
    decisions = list_considered(agent_id=agent_id, since=since, until=now)
    page = Paginator(decisions, PAGE).get_page(request.GET.get("page"))
    context = {
        **_frame(site, request, gettext("Why %(agent)s was asked, or not") % {"agent": agent.display_name}),
        "days": request.GET.get("days") or "30",
        "page": page,
        "heads": _CONSIDERED_HEADS,
        "rows": [_describe(decision, agent_id) for decision in page],
    }
    return TemplateResponse(request, "admin/routing/offer/considered.html", context)


def _describe(decision: Decision, agent_id: int) -> dict[str, Any]:
    found: Sequence[ConsideredRead] = describe_considered(decision, agent_id)
    return {"decision": decision, "read": describe_decision(decision), "found": found}


def _frame(site: admin.AdminSite, request: HttpRequest, title: str) -> dict[str, Any]:
    return {**site.each_context(request), "title": title, "opts": Offer._meta}


def _export(rows: Sequence[LedgerRow]) -> HttpResponse:
    lines = [
        [
            row.name,
            *(getattr(row, name) for name in _COLUMNS),
            round(row.share, 4),
            row.median_wait.total_seconds() if row.median_wait is not None else None,
        ]
        for row in rows
    ]
    head = ["agent", *_COLUMNS, "share", "median_seconds_to_accept"]
    return make_download(
        write_csv([head, *lines]), name="fairness-ledger.csv", content_type="text/csv; charset=utf-8"
    )
