"""How an agent wants to be told of what happens: sounds, notifications, e-mails (LC-47)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agents.forms import PreferencesForm
from agents.selectors import get_preferences
from agents.services.own_settings import save_preferences

from .page import agent_page, get_page_context, get_user


@require_http_methods(["GET", "HEAD", "POST"])
@agent_page
def show_notifications(request: HttpRequest) -> HttpResponse:
    """One form, saved as a whole."""
    agent = get_user(request)
    form = PreferencesForm(request.POST or None, instance=get_preferences(agent))
    if form.is_valid():
        save_preferences(user=agent, **form.cleaned_data)
        messages.success(request, _("Your choices are saved."))
        return redirect("settings-notifications")
    context = {"form": form} | get_page_context(agent)
    return render(request, "agents/notifications.html", context, status=422 if form.errors else 200)
