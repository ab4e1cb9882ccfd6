"""The writers of this process: what visitors and agents send together is committed together (DL-01)."""

from collections.abc import Sequence

from chat.delivery.writer import Outcome, PerLoop
from chat.protocol.state import Ack
from chat.reads import add_read
from chat.services.messages import MarkUpdate, Post, post_messages, save_marks


def _commit_posts(posts: list[Post]) -> Sequence[Outcome[Ack]]:
    return post_messages(posts)


def _commit_marks(updates: list[MarkUpdate]) -> Sequence[Outcome[None]]:
    return save_marks(updates)


_posts: PerLoop[Post, Ack] = PerLoop(_commit_posts, name="messages")
_marks: PerLoop[MarkUpdate, None] = PerLoop(_commit_marks, name="marks")


async def post(message: Post) -> Ack:
    """Return the acknowledgement once the message is committed; raises what it was refused with (DL-01)."""
    return await _posts.get().submit(message)


async def mark(update: MarkUpdate) -> None:
    """Store how far a side has got; that it has looked comes on the timeline, a little later."""
    await _marks.get().submit(update)
    if update.read:
        add_read((update.conversation_id, update.side))
