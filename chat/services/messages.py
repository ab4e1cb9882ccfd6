"""Writing messages: under the conversation's row lock, with the next numbers, each client id once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Literal

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest, Least
from django.utils import timezone

from chat.errors import ConversationClosed, ConversationNotFound, MessageEmpty, NobodyListening, NotYourChat
from chat.events import MarksMoved, MessagesPosted
from chat.models import Conversation, LiveChat, Message
from chat.protocol import state
from chat.selectors.messages import as_frame
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


def post_message(post: Post, *, now: datetime | None = None) -> state.Ack:
    """Commit one message; raises what ``post_messages`` answers."""
    (answer,) = post_messages([post], now=now)
    if isinstance(answer, DomainError):
        raise answer
    return answer


@dataclass(slots=True)
class _Standing:
    """What a locked conversation allows now."""

    public_id: str
    visitor_id: int
    last_seq: int
    is_open: bool
    status: str = ""
    agent_id: int | None = None
    agent_name: str = ""

    def refuse(self, post: Post) -> DomainError | None:
        if post.author == "visitor":
            if post.writer_id != self.visitor_id:
                return ConversationNotFound()
            # Also while an agent is being asked: it is kept for whoever accepts (LC-27).
            if self.status:
                return None
            return NobodyListening() if self.is_open else ConversationClosed()
        held = self.status == LiveChat.Status.ACTIVE and self.agent_id == post.writer_id
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

    def __init__(self, standings: dict[int, _Standing], taken: dict[_Key, _Taken]) -> None:
        self.standings = standings
        self.taken = taken
        self.rows: list[Message] = []
        self.frames: list[state.Message] = []

    def take(self, post: Post, now: datetime) -> state.Ack | DomainError:
        standing = self.standings.get(post.conversation_id)
        if standing is None:
            return ConversationNotFound()
        refused = standing.refuse(post)
        taken = self.taken.get((post.conversation_id, post.author, post.client_id))
        # Whoever wrote it hears that it is there, also when the chat is over; a stranger learns nothing.
        if taken is not None and (refused is None or taken.writer_id == post.writer_id):
            return taken.ack
        text = storable(post.text)
        refused = refused or (MessageEmpty(field="text") if is_blank(text) else None)
        return refused or self._number(post, text, standing, now)

    def _number(self, post: Post, text: str, standing: _Standing, now: datetime) -> state.Ack:
        standing.last_seq += 1
        by_agent = post.author == "agent"
        row = Message(
            conversation_id=post.conversation_id,
            seq=standing.last_seq,
            author=post.author,
            client_id=post.client_id,
            text=text,
            agent_id=post.writer_id if by_agent else None,
            payload={"name": standing.agent_name} if by_agent else {},
            created_at=now,
        )
        self.rows.append(row)
        self.frames.append(as_frame(row, standing.public_id))
        ack = state.Ack(conversation=standing.public_id, client_id=post.client_id, seq=row.seq, at=now)
        self.taken[post.conversation_id, post.author, post.client_id] = _Taken(ack, post.writer_id)
        return ack

    def write(self, now: datetime) -> None:
        if not self.rows:
            return
        Message.objects.bulk_create(self.rows)
        _move_on({row.conversation_id: row.seq for row in self.rows}, now)
        publish(MessagesPosted(tuple(self.frames)))


def _open_desk(posts: Sequence[Post], *, look_for_repeats: bool) -> _Desk:
    ids = {post.conversation_id for post in posts}
    # Locked in the order of their ids, so that two processes' batches can't wait for each other.
    locked = Conversation.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    standings = {
        pk: _Standing(str(public_id), visitor_id, last_seq, is_open)
        for pk, public_id, visitor_id, last_seq, is_open in locked.values_list(
            "pk", "public_id", "visitor_id", "last_seq", "is_open"
        )
    }
    # Read after the lock: who ends a chat appends a line
    # under the same lock, so "active" here holds until commit.
    chats = LiveChat.objects.filter(conversation_id__in=ids, status__in=LiveChat.OPEN)
    for pk, status, agent_id, name in chats.values_list(
        "conversation_id", "status", "agent_id", "agent_name"
    ):
        standing = standings[pk]
        standing.status, standing.agent_id, standing.agent_name = status, agent_id, name
    return _Desk(standings, _find_taken(posts, ids, standings) if look_for_repeats else {})


def _find_taken(posts: Sequence[Post], ids: set[int], standings: dict[int, _Standing]) -> dict[_Key, _Taken]:
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


def _move_on(last_seqs: dict[int, int], now: datetime) -> None:
    """Store the numbers given out and the time of the last
    word, in one statement however many conversations.
    """
    values = ", ".join(["(%s, %s)"] * len(last_seqs))
    # SQLite keeps times as text; the ORM writes them without the zone, and so must this.
    params: list[Any] = [connection.ops.adapt_datetimefield_value(now)]
    for pk, seq in last_seqs.items():
        params += [pk, seq]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE chat_conversation SET last_seq = moved.column2, active_at = %s"  # noqa: S608 - placeholders only
            f" FROM (VALUES {values}) AS moved WHERE chat_conversation.id = moved.column1",
            params,
        )


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
