"""The supervisor's board: as a page, and as what of it may change, asked for every few seconds."""

import hashlib
from collections.abc import Callable
from datetime import datetime, time
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from agents.models import User
from agents.selectors import describe_availability, describe_end
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


def supervisor_page(view: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Open to signed-in users who may see everybody's chats (LC-38)."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not get_user(request).has_perm("agents.view_all_conversations"):
            raise PermissionDenied(_("The board is for people who may view all conversations."))
        return view(request)

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
        "may_open": user.has_perm("agents.view_my_conversations"),
        "zone": user.zone,
        "server_time": now.isoformat(),
    }


def _describe(row: AgentNow, reader: User, now: datetime) -> dict[str, Any]:
    """Until when, as the reader's own clock shows it: people of several zones are on one board."""
    # Who isn't available is so for the reason that the label says already.
    describe = describe_availability if row.availability.available else describe_end
    return {
        "agent": row.agent,
        "verdict": row.verdict.value,
        "label": _("No hours set") if row.availability.reason == "no_hours" else _VERDICTS[row.verdict],
        "words": describe(row.availability, agent=reader, now=now),
        "taken": row.seats_taken,
        "seats": row.seats,
        "pips": [number < row.seats_taken for number in range(row.seats)],
    }


def _get_longest_wait(board: Board) -> datetime | None:
    """Since when somebody has been waiting, for an agent or for an agent's answer."""
    moments = [chat.since for chat in board.waiting]
    moments += [chat.waiting_since for chat in board.active if chat.waiting_since]
    return min(moments, default=None)
