"""The preview's socket: it speaks as the visitor's does, and plays the draft in memory."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any
from urllib.parse import parse_qs

import msgspec
from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agents.models import User
from agents.sessions import get_session_user_id
from chat.delivery.close_codes import CloseCode
from chat.delivery.hub import Hints
from chat.delivery.socket import FrameSocket
from chat.delivery.standing import Place
from chat.delivery.topics import Audience, agent_topic, staff_room
from chat.designer.access import get_access
from chat.designer.playing import Performance, read_facts
from chat.designer.staging import stage
from chat.errors import ConversationNotFound
from chat.models import Dialogue
from chat.protocol import PROTOCOL_VERSION, state
from chat.protocol import visitor as frames
from config.lib.languages import pick_language
from config.lib.threads import in_thread


class PreviewSocket(FrameSocket):
    """A draft's first visitor: somebody signed in, as long as they may look at it (DG-14, R16)."""

    audience = Audience.STAFF
    decoder = msgspec.json.Decoder(frames.VisitorClientFrame)
    hello_type = frames.Hello

    performance: Performance | None = None

    async def on_hello(self, frame: frames.Hello) -> None:
        self.session_key = self.scope.get("cookies", {}).get(settings.SESSION_COOKIE_NAME, "")
        user_id = await in_thread(get_session_user_id)(self.session_key)
        if user_id is not None:
            # Join first, look then: what changes in between is heard of.
            await self.join(staff_room(agent_topic(user_id)))
        dialogue = await self._check_access()
        if dialogue is None:
            return
        translation.activate(pick_language(frame.language))
        self.performance = await in_thread(self._begin)(dialogue)
        self.send_frame(
            frames.Welcome(
                protocol=PROTOCOL_VERSION,
                now=timezone.now(),
                token="preview",  # noqa: S106 - nobody's
                state=self.performance.show(),
                messages=self.performance.messages,
                reset=True,
            )
        )

    async def _check_access(self) -> Dialogue | None:
        """Close for who may not look (any more); at connect, on a hint, at each ping (DL-10)."""
        dialogue = await in_thread(_find)(self.session_key, self.scope["url_route"]["kwargs"]["dialogue_id"])
        if dialogue is None:
            self.performance = None
            self.shut(CloseCode.FORBIDDEN, discard=True)
        return dialogue

    async def on_push(self, hints: Hints) -> None:
        if "access" in hints:
            await self._check_access()

    async def on_ping(self) -> None:
        await self._check_access()

    def _begin(self, dialogue: Dialogue) -> Performance:
        query = parse_qs(self.scope.get("query_string", b"").decode(errors="replace"))
        performance = stage(dialogue, _read_facts(query), is_agent_available="available" in query)
        performance.begin(query.get("start", [""])[0])
        return performance

    async def on_frame(self, frame: Any) -> None:
        performance = self.performance
        if performance is None or getattr(frame, "conversation", performance.id) != performance.id:
            raise ConversationNotFound
        match frame:
            case frames.Answer():
                new = await in_thread(performance.answer)(frame.card, frame.value, frame.client_id)
                self.send_frame(frames.Accepted(conversation=performance.id, client_id=frame.client_id))
                self._show(performance, new)
            case frames.Post() if performance.phase == "waiting":
                self._show(performance, [performance.post(frame.text, frame.client_id)])
            case frames.Cancel() | frames.End():
                seen = len(performance.messages)
                performance.finish(_("You have left."))
                self._show(performance, performance.messages[seen:])
            case frames.Sync():
                missed = performance.messages[frame.after :]
                self.send_frame(state.Messages(conversation=performance.id, messages=missed))
                self.send_frame(performance.show())

    def _show(self, performance: Performance, messages: Iterable[state.Message]) -> None:
        for message in messages:
            self.send_frame(message)
        self.send_frame(performance.show())

    async def fetch_after(self, conversation: str, seq: int) -> Iterable[tuple[int, str]]:
        return []

    async def current_places(self, conversations: Collection[str]) -> dict[str, Place]:
        return {}


def _read_facts(query: dict[str, list[str]]) -> dict[str, str]:
    try:
        facts = json.loads(query.get("facts", ["{}"])[0])
    except (ValueError, RecursionError):
        return {}
    return read_facts(facts) if isinstance(facts, dict) else {}


def _find(session_key: str, dialogue_id: int) -> Dialogue | None:
    """The dialogue, where this session's person may look at it."""
    user_id = get_session_user_id(session_key)
    user = User.objects.filter(pk=user_id).first() if user_id else None
    dialogue = Dialogue.objects.filter(pk=dialogue_id).first()
    if user is None or dialogue is None:
        return None
    may_look = any(user.has_perm(f"agents.{codename}") for codename in get_access(dialogue).look)
    return dialogue if may_look else None
