"""The supervisor's board: as a page, and as what of it may change, asked for every few seconds."""

import hashlib
from collections.abc import Callable
from datetime import datetime, time
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from agents.models import Agent, User
from agents.selectors import describe_author, describe_availability, describe_end
from agents.services.availability import set_availability_of
from routing.policy import Verdict
from routing.selectors.board import AgentNow, Board, get_board

from .page import get_shell_context, get_user, signed_in_page

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_VERDICTS: "dict[Verdict, StrOrPromise]" = {
    Verdict.ABLE: gettext_lazy("Can take a chat"),
    Verdict.NO_SEAT: gettext_lazy("All seats taken"),
    Verdict.UNREACHABLE: gettext_lazy("No open inbox"),
    Verdict.UNAVAILABLE: gettext_lazy("Switched to unavailable"),
    Verdict.OUTSIDE_HOURS: gettext_lazy("Outside hours"),
}
# What was wanted, and whether it had to be changed.
_SWITCHED = {
    ("yes", True): gettext_lazy("%(name)s is available now."),
    ("no", True): gettext_lazy("%(name)s is unavailable now. Active chats go on."),
    ("yes", False): gettext_lazy("%(name)s was available already."),
    ("no", False): gettext_lazy("%(name)s was unavailable already."),
}


def supervisor_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Open to signed-in users who may see everybody's chats (LC-38)."""

    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not get_user(request).has_perm("agents.view_all_conversations"):
            raise PermissionDenied(_("The board is for people who may view all conversations."))
        return view(request, **kwargs)

    return signed_in_page(guarded)


@require_safe
@supervisor_page
def show_board(request: HttpRequest) -> HttpResponse:
    """The board as it is now; a script keeps it true."""
    user = get_user(request)
    words = {
        "minutes": _("{n} min"),
        "updated": _("Updated {time}"),
        "stale": _("Not updated since {time}. Trying again …"),
    }
    context = _get_context(user) | get_shell_context(user) | {"board_words": words}
    return render(request, "agents/board.html", context)


@require_POST
@supervisor_page
def switch_agent(request: HttpRequest, agent_id: int) -> HttpResponse:
    """Set an agent's availability in their place: who manages agents may (LC-12)."""
    user = get_user(request)
    if not user.has_perm("agents.manage_agents"):
        raise PermissionDenied(_("Availability is set by the agents themselves, and by who manages agents."))
    agent = get_object_or_404(Agent, pk=agent_id)
    wanted = request.POST.get("available")
    if wanted not in ("yes", "no"):
        return HttpResponseBadRequest()
    changed = set_availability_of(agent=agent, available=wanted == "yes", by=user)
    words = _SWITCHED[wanted, changed]
    messages.success(request, words % {"name": agent.display_name})
    return redirect("board")


@require_safe
@supervisor_page
def refresh_board(request: HttpRequest) -> HttpResponse:
    """Its rows as HTML, or 304 where nothing but the time has changed; the time comes as a header."""
    now = timezone.now()
    body = render_to_string("agents/parts/board.html", _get_context(get_user(request), now=now), request)
    etag = f'"{hashlib.sha256(body.encode()).hexdigest()}"'
    response = get_conditional_response(
        request, etag=etag, response=HttpResponse(body, headers={"ETag": etag})
    )
    assert response is not None  # noqa: S101 - it is the one given, or the one that says 304
    response["X-Server-Time"] = now.isoformat()
    return response


def _get_context(user: User, *, now: datetime | None = None) -> dict[str, Any]:
    now = now or timezone.now()
    wall = now.astimezone(user.zone)
    board = get_board(midnight=datetime.combine(wall.date(), time(0), tzinfo=user.zone), now=now)
    return {
        "board": board,
        "rows": [_describe(row, user, now) for row in board.agents],
        "longest": _get_longest_wait(board),
        "may_switch_agents": user.has_perm("agents.manage_agents"),
        "may_open": user.has_perm("agents.view_my_conversations"),
        "zone": user.zone,
        "server_time": now.isoformat(),
    }


def _describe(row: AgentNow, reader: User, now: datetime) -> dict[str, Any]:
    """Until when, as the reader's own clock shows it: people of several zones are on one board."""
    # Who isn't available is so for the reason that the label says already.
    held = row.availability
    words = [describe_end(held, agent=reader, now=now), describe_author(held)]
    if held.available:
        words = [describe_availability(held, agent=reader, now=now)]
    return {
        "agent": row.agent,
        "verdict": row.verdict.value,
        "label": _("No hours set") if held.reason == "no_hours" else _VERDICTS[row.verdict],
        "words": " · ".join(filter(None, words)),
        "available": held.available,
        "taken": row.seats_taken,
        "seats": row.seats,
        "pips": [number < row.seats_taken for number in range(row.seats)],
    }


def _get_longest_wait(board: Board) -> datetime | None:
    """Since when somebody has been waiting, for an agent or for an agent's answer."""
    moments = [chat.since for chat in board.waiting]
    moments += [chat.waiting_since for chat in board.active if chat.waiting_since]
    return min(moments, default=None)
