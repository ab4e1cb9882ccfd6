"""An agent's inbox: only live chats, newest first (LC-37)."""

import uuid
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from agents.models import User
from chat.models import Conversation, LiveChat, Message, Visitor
from chat.protocol import agent as frames
from chat.selectors.handovers import get_successors, list_given_away
from chat.selectors.known import known_attributes, name_visitor, with_people
from chat.selectors.states import build_state
from chat.selectors.waits import get_waiting_since, list_said, with_waits

# What the panel shows by itself; everything else that is known is listed below it, answers first.
_CARD_ATTRIBUTES = ("first_name", "last_name", "job_title", "email", "phone", "crm_status", "company")
_PAGE_ATTRIBUTES = ("page_url", "page_title", "referrer")
LINE = 200  # characters of the last message in a list

# Bytes of further facts about one visitor. A website or a visitor may tell fifty long ones, and an inbox of
# ten such chats has to fit into one frame.
FACTS = 32_000


def list_active_chats(*, agent: User) -> list[frames.Chat]:
    """Return an agent's running chats, the last one spoken in first. Constant queries."""
    mine = LiveChat.objects.filter(agent=agent, status=LiveChat.Status.ACTIVE)
    return _frames(_with_lines(mine.order_by("-conversation__active_at", "-pk")))


def list_past_chats(*, agent: User, limit: int = 50, before: uuid.UUID | None = None) -> list[frames.Chat]:
    """Return an agent's ended chats, the latest first, and those that somebody else took over and has ended;
    ``before`` is the conversation of the last one had. Constant queries (LC-38).
    """
    mine = LiveChat.objects.filter(agent=agent, status=LiveChat.Status.ENDED)
    given_away = list_given_away(agent)
    if before is not None:
        here = Q(conversation__public_id=before)
        last = mine.filter(here).first() or given_away.filter(here).first()
        mine, given_away = (_list_before(rows, last) if last else rows.none() for rows in (mine, given_away))
    # Apart, so that each is read by its own index and only to the end of the page.
    found = [row for rows in (mine, given_away) for row in _with_lines(_list_latest(rows, limit))]
    found.sort(key=lambda row: (row.ended_at, row.pk), reverse=True)
    return _name_successors(_frames(found[:limit]), found[:limit], agent)


def _name_successors(chats: list[frames.Chat], rows: Sequence[LiveChat], agent: User) -> list[frames.Chat]:
    others = [row.pk for row in rows if row.agent_id != agent.pk]
    names = get_successors(agent=agent, live_chat_ids=others) if others else {}
    return [
        msgspec.structs.replace(chat, taken_over_by=names.get(row.pk, ""))
        for chat, row in zip(chats, rows, strict=True)
    ]


def _list_latest(rows: "QuerySet[LiveChat]", limit: int) -> "QuerySet[LiveChat]":
    return rows.order_by("-ended_at", "-pk")[:limit]


def list_waiting_chats(*, user: User, limit: int = 200) -> list[frames.Chat]:
    """Return the visitors whom nobody has yet, for those who may see them, the longest waiting first, with
    who is being asked. Constant queries (LC-38).
    """
    if not user.has_perm("agents.view_all_conversations"):
        return []
    waiting = LiveChat.objects.filter(status__in=LiveChat.WAITING).order_by("routing_since", "pk")
    rows = list(_with_lines(waiting.prefetch_related("seats__agent")[:limit]))
    return [
        msgspec.structs.replace(chat, asked=", ".join(seat.agent.display_name for seat in row.seats.all()))
        for chat, row in zip(_frames(rows), rows, strict=True)
    ]


def list_others_chats(*, user: User, limit: int = 200) -> list[frames.Chat]:
    """Return the running chats of everybody else, for those who may see them; the last one spoken in first.
    Constant queries (LC-38).
    """
    if not user.has_perm("agents.view_all_conversations"):
        return []
    running = LiveChat.objects.filter(status=LiveChat.Status.ACTIVE).exclude(agent=user)
    return _frames(_with_lines(running.order_by("-conversation__active_at", "-pk")[:limit]))


def list_everyones_past_chats(
    *, user: User, limit: int = 50, before: uuid.UUID | None = None
) -> list[frames.Chat]:
    """Return everybody's ended chats, for those who may see them, in pages as ``list_past_chats``."""
    ended = LiveChat.objects.filter(status=LiveChat.Status.ENDED, agent__isnull=False)
    if not user.has_perm("agents.view_all_conversations"):
        return []
    if before is not None:
        last = ended.filter(conversation__public_id=before).first()
        ended = _list_before(ended, last) if last else ended.none()
    return _frames(_with_lines(_list_latest(ended, limit)))


def _list_before(rows: "QuerySet[LiveChat]", last: LiveChat) -> "QuerySet[LiveChat]":
    # By id too: one sweep ends several chats at the very same time. The time stands alone, so that the index
    # is entered there: with "or" all later chats would be gone through first.
    at_once = Q(ended_at=last.ended_at, pk__gte=last.pk)
    return rows.filter(~at_once, ended_at__lte=last.ended_at)


def get_chat(*, live_chat: LiveChat, reader: User | None = None) -> frames.Chat:
    """Return one chat as the inbox lists it, to this reader."""
    rows = list(_with_lines(LiveChat.objects.filter(pk=live_chat.pk)))
    (chat,) = _name_successors(_frames(rows), rows, reader) if reader else _frames(rows)
    return chat


def describe_visitor(visitor: Visitor, conversation: Conversation) -> frames.VisitorCard:
    """Return who the visitor is, for the panel and the banner (LC-39)."""
    known = known_attributes(visitor)
    return frames.VisitorCard(
        name=name_visitor(visitor, known),
        first_name=known.get("first_name", ""),
        last_name=known.get("last_name", ""),
        job_title=known.get("job_title", ""),
        email=known.get("email", ""),
        phone=known.get("phone", ""),
        crm_status=known.get("crm_status", ""),
        company=known.get("company", ""),
        page_url=conversation.page_url,
        page_title=conversation.page_title,
        referrer=conversation.referrer,
        attributes=_list_other_facts(visitor, known),
        verified=[name for name, value in visitor.signed.items() if known.get(name) == value],
    )


def _list_other_facts(visitor: Visitor, known: Mapping[str, str]) -> dict[str, str]:
    shown = {*_CARD_ATTRIBUTES, *_PAGE_ATTRIBUTES}
    found_out = visitor.inferred.keys() | {"language"}
    names = sorted(known.keys() - shown, key=lambda name: (name in found_out, [*known].index(name)))
    return _fit({name: known[name] for name in names})


def _fit(facts: Mapping[str, str]) -> dict[str, str]:
    """The first of these facts that go into `FACTS` bytes."""
    left, fitting = FACTS, {}
    for name, value in facts.items():
        left -= len(f"{name}{value}".encode())
        if left < 0:
            break
        fitting[name] = value
    return fitting


def get_visitor_now(conversation_id: int) -> frames.VisitorNow:
    """Return who a conversation's visitor is now, and on which page."""
    conversation = Conversation.objects.select_related("visitor__lead").get(pk=conversation_id)
    card = describe_visitor(conversation.visitor, conversation)
    return frames.VisitorNow(str(conversation.public_id), card)


def get_last_text(conversation: Conversation) -> str:
    """Return what the visitor said last, shortened; facts that a card captured aside."""
    said = list_said().filter(conversation=conversation)
    return (said.values_list("text", flat=True).first() or "")[:LINE]


def _with_lines(live_chats: "QuerySet[LiveChat]") -> "QuerySet[LiveChat]":
    """Return the chats with what a list shows of each."""
    said = Message.objects.filter(conversation=OuterRef("conversation"), kind=Message.Kind.TEXT).order_by(
        "-seq"
    )
    return with_people(with_waits(live_chats), conversation="conversation").annotate(
        last_text=Subquery(said.values("text")[:1]),
        last_at=Subquery(said.values("created_at")[:1]),
    )


def _frames(rows: Iterable[LiveChat]) -> list[frames.Chat]:
    rows = list(rows)
    unread = _count_unread(row.conversation_id for row in rows)
    return [_frame(row, unread.get(row.conversation_id, 0)) for row in rows]


def _count_unread(conversation_ids: Iterable[int]) -> dict[int, int]:
    """Visitors' messages beyond the agent's read mark, by conversation."""
    rows = (
        Message.objects.filter(
            conversation__in=list(conversation_ids),
            author=Message.Author.VISITOR,
            seq__gt=F("conversation__agent_read"),
        )
        .values("conversation_id")
        .annotate(unread=Count("pk"))
        .order_by()
    )
    return {row["conversation_id"]: row["unread"] for row in rows}


def _frame(live_chat: LiveChat, unread: int) -> frames.Chat:
    conversation = live_chat.conversation
    return frames.Chat(
        state=build_state(conversation, live_chat, "staff"),
        visitor=describe_visitor(conversation.visitor, conversation),
        dialogue=conversation.version.dialogue.name,
        accepted_at=live_chat.accepted_at,
        last_text=(getattr(live_chat, "last_text", "") or "")[:LINE],
        last_at=getattr(live_chat, "last_at", None),
        unread=unread if live_chat.status == LiveChat.Status.ACTIVE else 0,
        waiting_since=get_waiting_since(live_chat),
    )
