"""The inbox: an agent's live chats, one of them open (LC-37 to LC-40)."""

import uuid
from typing import Any

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from agents.models import User
from chat.models import Conversation
from chat.protocol.agent import Chat
from chat.protocol.state import Message
from chat.selectors.conversations import is_handed_over
from chat.selectors.handovers import list_given_away
from chat.selectors.inbox import describe_visitor, get_chat, list_active_chats, list_past_chats
from chat.selectors.messages import list_last_messages, list_messages
from chat.selectors.notes import list_notes
from chat.selectors.states import get_live_chat, get_state

from .page import agent_page, get_conversation, get_page_context, get_user

PAST = 50  # chats a page


@require_safe
@agent_page
def show_inbox(request: HttpRequest, public_id: uuid.UUID | None = None) -> HttpResponse:
    """The three panes, with a conversation open where the address names one."""
    agent = get_user(request)
    try:
        opened = get_conversation(request, public_id) if public_id else None
    except Http404:
        if public_id and is_handed_over(user=agent, public_id=public_id):
            return redirect("inbox")
        raise
    active = list_active_chats(agent=agent)
    past = list_past_chats(agent=agent, limit=PAST, before=_get_before(request))
    context: dict[str, Any] = {"active_chats": active, "past_chats": past, "blank": _BLANK}
    context["older"] = past[-1].state.conversation if len(past) == PAST else None
    known = next((chat for chat in active + past if chat.state.conversation == str(public_id)), None)
    context |= _get_tabs(request, is_past=known in past, others=None if known else opened)
    if opened is None:
        return render(
            request, "agents/inbox.html", context | get_page_context(agent, chats=_plain(active + past))
        )
    shown = known or _get_other(opened, agent)
    chat = {"read_only": known is None, **_plain(shown)}
    messages, has_earlier = _list_shown(opened, can_write=_can_write(chat))
    context |= get_page_context(
        agent,
        chats=[*_plain([row for row in active + past if row is not known]), chat],
        open=str(public_id),
        messages=_plain(messages),
        notes=_plain(list_notes(conversation=opened)),
    )
    context |= {"open_chat": shown, "messages": messages, "has_earlier": has_earlier}
    context["can_write"] = _can_write(chat)
    return render(request, "agents/inbox.html", context)


@require_safe
def go_home(request: HttpRequest) -> HttpResponse:
    """Agents go to the inbox, others who work here to the admin."""
    if not request.user.is_authenticated:
        return redirect("sign-in")
    user = get_user(request)
    if user.has_perm("agents.view_my_conversations") or not user.get_all_permissions():
        return redirect("inbox")
    return redirect("admin:index")


def _get_tabs(request: HttpRequest, *, is_past: bool, others: Conversation | None) -> dict[str, bool]:
    """The list begins with the tab of the open chat; ``others`` is one beyond the agent's own lists."""
    agent = get_user(request)
    may_watch = agent.has_perm("agents.view_all_conversations")
    is_everyone = may_watch and others is not None and not _had(agent, others)
    is_all = not is_everyone and (is_past or others is not None or "before" in request.GET)
    return {
        "may_watch": may_watch,
        "tab_is_everyone": is_everyone,
        "tab_is_all": is_all,
        "tab_is_active": not is_everyone and not is_all,
    }


def _had(agent: User, conversation: Conversation) -> bool:
    live_chat = get_live_chat(conversation)
    if live_chat is None:
        return False
    return live_chat.agent_id == agent.pk or list_given_away(agent).filter(pk=live_chat.pk).exists()


def _get_before(request: HttpRequest) -> uuid.UUID | None:
    """The past chat that the page before this one ended with."""
    try:
        return uuid.UUID(request.GET.get("before", ""))
    except ValueError:
        return None


def _get_other(conversation: Conversation, reader: User) -> Chat:
    """A chat beyond the lists: an older one, or another agent's for those who may look."""
    live_chat = get_live_chat(conversation)
    if live_chat is not None:
        return get_chat(live_chat=live_chat, reader=reader if _had(reader, conversation) else None)
    return Chat(
        state=get_state(conversation, "staff"),
        visitor=describe_visitor(conversation.visitor, conversation),
        dialogue=conversation.version.dialogue.name,
    )


def _list_shown(conversation: Conversation, *, can_write: bool) -> tuple[list[Message], bool]:
    """The messages for the page, and whether it leaves earlier ones out: never of the agent's own running
    chat, where the socket brings what comes after these.
    """
    if can_write:
        return list_messages(conversation=conversation), False
    return list_last_messages(conversation=conversation)


def _can_write(chat: dict[str, Any]) -> bool:
    return bool(chat["state"]["phase"] == "active" and not chat["read_only"])


def _plain(frames: Any) -> Any:
    return msgspec.to_builtins(frames)


# Stands in the template that the browser copies for each chat; its id replaces this one.
_BLANK = {"state": {"conversation": uuid.UUID(int=0)}, "visitor": {"name": "", "company": ""}}
