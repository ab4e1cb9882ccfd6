"""Where a conversation stands, as each side is told."""

from datetime import datetime
from typing import Literal

from django.core.files.storage import default_storage

from chat.models import Conversation, LiveChat
from chat.protocol import state

Audience = Literal["visitor", "staff"]

_PHASES: dict[str, state.Phase] = {
    LiveChat.Status.REQUESTED: "waiting",
    LiveChat.Status.OFFERED: "waiting",
    LiveChat.Status.ACTIVE: "active",
    LiveChat.Status.ENDED: "ended",
    LiveChat.Status.FALLBACK: "missed",
    LiveChat.Status.ABANDONED: "abandoned",
}
_CAN: dict[tuple[Audience, state.Phase], list[state.Action]] = {
    ("visitor", "waiting"): ["post", "cancel", "contact"],
    ("visitor", "active"): ["post", "end"],
    ("staff", "active"): ["post", "end"],
}


def get_live_chat(conversation: Conversation) -> LiveChat | None:
    """Return the conversation's latest live chat."""
    return LiveChat.objects.filter(conversation=conversation).order_by("-pk").first()


def get_state(conversation: Conversation, audience: Audience) -> state.State:
    """Return the whole state for one side (DL-04): two or three queries."""
    return build_state(conversation, get_live_chat(conversation), audience)


def build_state(conversation: Conversation, live_chat: LiveChat | None, audience: Audience) -> state.State:
    """Return the state of a conversation whose latest live chat is at hand."""
    phase = get_phase(conversation, live_chat)
    return state.State(
        conversation=str(conversation.public_id),
        revision=conversation.revision,
        phase=phase,
        last_seq=conversation.last_seq,
        can=_get_actions(conversation, phase, audience),
        awaiting=conversation.awaiting_card if conversation.is_open else "",
        agent=_get_agent_card(live_chat),
        waiting_since=live_chat.routing_since if live_chat and phase == "waiting" else None,
        idle_at=_get_idle_at(conversation, live_chat) if phase == "active" else None,
        marks=get_marks(conversation),
    )


def get_phase(conversation: Conversation, live_chat: LiveChat | None) -> state.Phase:
    """Return where a conversation stands, in one word that both sides and the reports use."""
    if live_chat is not None:
        return _PHASES[live_chat.status]
    return "bot" if conversation.is_open else "done"


def get_marks(conversation: Conversation) -> state.Marks:
    """Return how far each side has got and looked (LC-30)."""
    return state.Marks(
        conversation=str(conversation.public_id),
        visitor_delivered=conversation.visitor_delivered,
        visitor_read=conversation.visitor_read,
        agent_delivered=conversation.agent_delivered,
        agent_read=conversation.agent_read,
    )


def _get_actions(conversation: Conversation, phase: state.Phase, audience: Audience) -> list[state.Action]:
    # One that is set aside keeps its card, for when it comes back (DG-20).
    if audience == "visitor" and conversation.awaiting_card and conversation.is_open:
        return ["answer"]
    return _CAN.get((audience, phase), [])


def _get_agent_card(live_chat: LiveChat | None) -> state.AgentCard | None:
    if live_chat is None or not live_chat.agent_name:
        return None
    avatar = default_storage.url(live_chat.agent_avatar) if live_chat.agent_avatar else ""
    return state.AgentCard(name=live_chat.agent_name, avatar=avatar)


def _get_idle_at(conversation: Conversation, live_chat: LiveChat | None) -> datetime | None:
    """The end that was warned of; nothing once somebody has written since."""
    if (
        live_chat is None
        or live_chat.idle_warned_at is None
        or live_chat.idle_warned_at < conversation.active_at
    ):
        return None
    return live_chat.idle_at
