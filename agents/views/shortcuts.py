"""Keyboard shortcuts, on or off, as an agent chose (LC-43, WCAG 2.1.4)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from agents.services.own_settings import save_preferences

from .page import agent_page, get_user


@require_POST
@agent_page
def keep_shortcuts(request: HttpRequest) -> HttpResponse:
    """A form with ``shortcuts``, "on" or anything else."""
    save_preferences(user=get_user(request), shortcuts=request.POST.get("shortcuts") == "on")
    return HttpResponse(status=204)
