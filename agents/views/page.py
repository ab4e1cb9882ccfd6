"""What every page of an agent carries: who it is, the switch, and what its scripts need."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

import msgspec
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from agents.inbox_frames import get_availability_frame
from agents.models import Preferences, User
from agents.querysets import LIVE_CHAT_PERMISSION
from agents.selectors import get_preferences
from chat.models import Conversation
from chat.protocol import PROTOCOL_VERSION
from chat.selectors.conversations import get_conversation_for_agent
from config.installation.selectors import get_installation
from config.lib.errors import NotFound

from .words import get_words

View = Callable[..., HttpResponse]
SOCKET_URL = "/ws/agent/"


def agent_page(view: View) -> View:
    """Open to signed-in users with the Live Chat permission; nothing of it stays in a cache (LC-05)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not get_user(request).has_perm(f"agents.{LIVE_CHAT_PERMISSION}"):
            raise PermissionDenied(_("The inbox is for people with the Live Chat permission."))
        return view(request, *args, **kwargs)

    return never_cache(login_required(guarded))


def signed_in_page(view: View) -> View:
    """Open to everybody who is signed in; nothing of it stays in a cache."""
    return never_cache(login_required(view))


def get_user(request: HttpRequest) -> User:
    """The signed-in user; only for views behind ``login_required``."""
    assert isinstance(request.user, User)  # noqa: S101 - says to the type checker what the decorator holds
    return request.user


def get_conversation(request: HttpRequest, public_id: uuid.UUID) -> Conversation:
    """A conversation that the signed-in user has, had or may look at; else there is no such page (LC-38)."""
    try:
        return get_conversation_for_agent(user=get_user(request), public_id=public_id)
    except NotFound as error:
        raise Http404(str(error)) from error


def get_shell_context(user: User) -> dict[str, Any]:
    """The context of ``agents/page.html`` for whoever is signed in (LC-05): without the Live Chat permission,
    nothing of the inbox.
    """
    return get_page_context(user) if user.has_perm(f"agents.{LIVE_CHAT_PERMISSION}") else {}


def get_page_context(agent: User, **state: Any) -> dict[str, Any]:
    """The context of ``agents/page.html``; ``state`` goes to the scripts beside the availability."""
    availability = get_availability_frame(agent, now=timezone.now())
    return {
        "availability": availability,
        "may_switch": agent.has_perm("agents.manage_own_live_chat_availability"),
        "page_config": _get_config(agent),
        "page_state": {"availability": msgspec.to_builtins(availability), **state},
    }


def _get_config(agent: User) -> dict[str, Any]:
    chosen = get_preferences(agent)
    return {
        "me": {"id": agent.pk, "name": agent.display_name},
        "timeZone": str(agent.zone) if agent.time_zone else "",
        "protocol": PROTOCOL_VERSION,
        "socketUrl": SOCKET_URL,
        "pulseUrl": static("agents/pulse.js"),
        "signInUrl": reverse("sign-in"),
        "inboxUrl": reverse("inbox"),
        "sounds": _get_sounds(chosen),
        "shortcuts": chosen.shortcuts,
        "repliesUrl": reverse("inbox-replies"),
        "files": get_installation().files_enabled,
        "words": get_words(),
    }


def _get_sounds(chosen: Preferences) -> dict[str, str | int]:
    return {"offer": chosen.offer_sound, "message": chosen.message_sound, "volume": chosen.volume}
