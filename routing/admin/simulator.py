"""The simulator's page: who would be asked, and why, with nothing changed (LC-20)."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext

from routing.models import Rule
from routing.selectors.simulation import simulate

from .reading import RoundRead, describe_round
from .simulator_form import SimulatorForm


def show_simulator(site: admin.AdminSite, request: HttpRequest) -> HttpResponse:
    """The form, and beneath it what was found. By GET: it changes nothing, and its address can be shared."""
    form = SimulatorForm(request.GET) if request.GET else SimulatorForm()
    rounds = _simulate(form) if form.is_valid() else []
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": gettext("Routing simulator"),
        "opts": Rule._meta,
        "form": form,
        "rounds": rounds,
    }
    status = 400 if form.errors else 200
    return TemplateResponse(request, "admin/routing/rule/simulator.html", context, status=status)


def _simulate(form: SimulatorForm) -> list[RoundRead]:
    rounds = simulate(form.make_case(), now=timezone.now())
    return [describe_round(decided) for decided in rounds]
