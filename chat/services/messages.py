"""Writing messages: under the conversation's row lock, with the next numbers, each client id once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Literal

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Greatest, Least
from django.utils import timezone

from chat.errors import ConversationClosed, ConversationNotFound, MessageEmpty, NobodyListening, NotYourChat
from chat.events import ConversationChanged, MarksMoved, MessagesPosted
from chat.models import Conversation, LiveChat, Message
from chat.protocol import state
from chat.selectors.messages import as_frame
from chat.services.message_rows import Row, Standing, lock_conversations, write_rows
from config.lib.errors import DomainError
from config.lib.events import publish
from config.lib.failpoints import failpoint
from config.lib.texts import is_blank


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that a service is about to write."""

    author: Message.Author
    text: str = ""
    kind: Message.Kind = Message.Kind.TEXT
    payload: dict[str, Any] = field(default_factory=dict)
    client_id: str = ""
    agent_id: int | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """A message that a visitor or an agent sends; ``writer_id`` is the visitor's or the user's id."""

    conversation_id: int
    author: Literal["visitor", "agent"]
    writer_id: int
    client_id: str
    text: str


@dataclass(frozen=True, slots=True)
class MarkUpdate:
    """How far one side of a conversation has got and looked."""

    conversation_id: int
    side: Literal["visitor", "agent"]
    delivered: int = 0
    read: int = 0


def is_storable(text: str) -> bool:
    """Whether the text is kept as it is."""
    return "\0" not in text


def storable(text: str) -> str:
    """Return the text without NUL: PostgreSQL refuses it, and one such message would fail a whole batch."""
    return text.replace("\0", "")


def append_messages(conversation: Conversation, drafts: Iterable[Draft], *, now: datetime) -> list[Message]:
    """Write what a service has to say, with the next sequence numbers.

    The caller holds the conversation's row lock, and its instance is up to date (DL-03).
    """
    messages = [
        Message(
            conversation=conversation,
            seq=conversation.last_seq + place,
            author=draft.author,
            kind=draft.kind,
            text=draft.text,
            payload=draft.payload,
            client_id=draft.client_id,
            agent_id=draft.agent_id,
            created_at=now,
        )
        for place, draft in enumerate(drafts, start=1)
    ]
    if not messages:
        return []
    Message.objects.bulk_create(messages)
    conversation.last_seq = messages[-1].seq
    conversation.save(update_fields=["last_seq"])
    public_id = str(conversation.public_id)
    publish(MessagesPosted(tuple(as_frame(message, public_id) for message in messages)))
    return messages


def post_messages(posts: Sequence[Post], *, now: datetime | None = None) -> list[state.Ack | DomainError]:
    """Commit many people's messages in one transaction; answer each in its place (group commit, DL-01).

    A client id that is there already gives the same answer again, never a second
    message (DL-02). A post that may not be is answered with its error and leaves
    the others alone. Any number of conversations, in order within each.
    """
    now = now or timezone.now()
    try:
        return _commit(posts, now)
    except IntegrityError:
        # A client id is there already. Repeats are rare, so they are looked for only then.
        return _commit(posts, now, look_for_repeats=True)


def _commit(
    posts: Sequence[Post], now: datetime, *, look_for_repeats: bool = False
) -> list[state.Ack | DomainError]:
    with transaction.atomic():
        desk = _open_desk(posts, look_for_repeats=look_for_repeats)
        failpoint("message.locked")
        answers = [desk.take(post, now) for post in posts]
        if not look_for_repeats and any(isinstance(answer, DomainError) for answer in answers):
            # What may not be posted any more may have been posted before.
            desk = _open_desk(posts, look_for_repeats=True)
            answers = [desk.take(post, now) for post in posts]
        # The first to run after the commit: nobody has been told yet.
        transaction.on_commit(partial(failpoint, "message.committed"))
        desk.write(now)
        failpoint("message.inserted")
    failpoint("message.told")
    return answers


def refuse_post(post: Post, standing: Standing) -> DomainError | None:
    """Return what forbids this message in a locked conversation, if anything does (DL-10)."""
    if post.author == "visitor":
        if post.writer_id != standing.visitor_id:
            return ConversationNotFound()
        # Also while an agent is being asked: it is kept for whoever accepts (LC-27).
        if standing.status:
            return None
        return NobodyListening() if standing.is_open else ConversationClosed()
    held = standing.status == LiveChat.Status.ACTIVE and standing.agent_id == post.writer_id
    return None if held else NotYourChat()


# Conversation, author and client id: what is unique among messages (DL-02).
_Key = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class _Taken:
    """A message that is there already, and whose it is."""

    ack: state.Ack
    writer_id: int | None


class _Desk:
    """One batch: the conversations it concerns, locked; the ids that are there already; the rows to write."""

    def __init__(self, standings: dict[int, Standing], taken: dict[_Key, _Taken]) -> None:
        self.standings = standings
        self.taken = taken
        self.rows: list[Row] = []
        self.frames: list[state.Message] = []

    def take(self, post: Post, now: datetime) -> state.Ack | DomainError:
        standing = self.standings.get(post.conversation_id)
        if standing is None:
            return ConversationNotFound()
        refused = refuse_post(post, standing)
        taken = self.taken.get((post.conversation_id, post.author, post.client_id))
        # Whoever wrote it hears that it is there, also when the chat is over; a stranger learns nothing.
        if taken is not None and (refused is None or taken.writer_id == post.writer_id):
            return taken.ack
        text = storable(post.text)
        refused = refused or (MessageEmpty(field="text") if is_blank(text) else None)
        return refused or self._number(post, text, standing, now)

    def _number(self, post: Post, text: str, standing: Standing, now: datetime) -> state.Ack:
        standing.last_seq = seq = standing.last_seq + 1
        pk, public_id, client_id = post.conversation_id, standing.public_id, post.client_id
        agent_id, name = (post.writer_id, standing.agent_name) if post.author == "agent" else (None, None)
        self.rows.append(Row(pk, seq, post.author, client_id, text, agent_id, name))
        self.frames.append(
            state.Message(public_id, seq, post.author, "text", text, now, client_id, name or "")
        )
        ack = state.Ack(conversation=public_id, client_id=client_id, seq=seq, at=now)
        self.taken[pk, post.author, client_id] = _Taken(ack, post.writer_id)
        return ack

    def write(self, now: datetime) -> None:
        if not self.rows:
            return
        # The end that both sides were warned of has gone with the first word (LC-31).
        told = {row.conversation_id for row in self.rows}
        kept_open = {pk for pk in told if self.standings[pk].is_warned}
        write_rows(self.rows, now, changed=kept_open)
        publish(MessagesPosted(tuple(self.frames)))
        for pk in sorted(kept_open):
            publish(ConversationChanged(pk))


def _open_desk(posts: Sequence[Post], *, look_for_repeats: bool) -> _Desk:
    ids = {post.conversation_id for post in posts}
    standings = {each.pk: each for each in lock_conversations(ids)}
    return _Desk(standings, _find_taken(posts, ids, standings) if look_for_repeats else {})


def _find_taken(posts: Sequence[Post], ids: set[int], standings: dict[int, Standing]) -> dict[_Key, _Taken]:
    found = Message.objects.filter(conversation_id__in=ids, client_id__in={post.client_id for post in posts})
    return {
        (pk, author, client_id): _Taken(
            state.Ack(conversation=standings[pk].public_id, client_id=client_id, seq=seq, at=created_at),
            agent_id if author == "agent" else standings[pk].visitor_id,
        )
        for pk, author, client_id, seq, created_at, agent_id in found.values_list(
            "conversation_id", "author", "client_id", "seq", "created_at", "agent_id"
        )
    }


def save_marks(updates: Sequence[MarkUpdate]) -> list[None]:
    """Store how far each side has got; marks only grow and never pass the last message (LC-30)."""
    with transaction.atomic():
        for (pk, side), (delivered, read) in sorted(_merge(updates).items()):
            seen = Least(read, F("last_seq"))
            got = Least(max(delivered, read), F("last_seq"))
            Conversation.objects.filter(pk=pk).update(
                **{
                    f"{side}_read": Greatest(f"{side}_read", seen),
                    f"{side}_delivered": Greatest(f"{side}_delivered", got),
                }
            )
        publish(MarksMoved(tuple({update.conversation_id for update in updates})))
    return [None] * len(updates)


def _merge(updates: Sequence[MarkUpdate]) -> dict[tuple[int, str], tuple[int, int]]:
    merged: dict[tuple[int, str], tuple[int, int]] = {}
    for update in updates:
        delivered, read = merged.get((update.conversation_id, update.side), (0, 0))
        merged[update.conversation_id, update.side] = max(delivered, update.delivered), max(read, update.read)
    return merged
