"""Images and PDFs in a chat: kept for its two parties, with the message that shows them (LC-35)."""

import secrets
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from chat.errors import ConversationNotFound, FilesOff, FilesTooMany
from chat.models import Attachment, Conversation, Message
from chat.protocol import state
from chat.selectors.messages import as_frame
from chat.services.live_chats import change_state
from chat.services.message_rows import Standing, lock_conversations
from chat.services.messages import Draft, Post, append_messages, refuse_post
from chat.services.uploads import Upload
from config.installation.selectors import get_installation
from config.lib.errors import ConflictError

# Of one visitor, in a day.
MOST_FILES = 40
MOST_BYTES = 100 * 1024 * 1024
DAY = timedelta(days=1)


def check_may_attach(post: Post) -> None:
    """Refuse before the file is read what would be refused after it; ``post.text`` counts for nothing.

    Raises ``FilesOff``, ``FilesTooMany``, and what a message would be refused with.
    """
    with transaction.atomic():
        standing = _lock(post)
        if _find(post) is None:
            _check(post, standing, 0, timezone.now())


def add_attachment(post: Post, upload: Upload, *, now: datetime | None = None) -> state.Message:
    """Keep a file and post the message that shows it, in one transaction; the same client id again gives the
    same message (DL-02). Only in a live chat, asked for or active, by its visitor or its agent (DL-10).
    """
    now = now or timezone.now()
    path = ""
    try:
        with transaction.atomic():
            standing = _lock(post)
            known = _find(post)
            if known is not None:
                return known
            _check(post, standing, len(upload.data), now)
            attachment = _keep(post, upload, now)
            path = str(attachment.file.name)
            return _say(post, standing, attachment, now)
    except BaseException:
        # The row is not there, so nobody would ever take the file away.
        if path:
            Attachment.file.field.storage.delete(path)
        raise


def _lock(post: Post) -> Standing:
    standing = next(iter(lock_conversations([post.conversation_id])), None)
    if standing is None:
        raise ConversationNotFound
    return standing


def _check(post: Post, standing: Standing, size: int, now: datetime) -> None:
    refused = refuse_post(post, standing)
    if refused is not None:
        raise refused
    if not get_installation().files_enabled:
        raise FilesOff
    if post.author == "visitor" and not _has_room(post.writer_id, size, now):
        raise FilesTooMany


def _has_room(visitor_id: int, size: int, now: datetime) -> bool:
    sent = Attachment.objects.filter(
        conversation__visitor_id=visitor_id, author=Attachment.Author.VISITOR, created_at__gt=now - DAY
    )
    total = sent.aggregate(bytes=Sum("size", default=0))["bytes"]
    return sent.count() < MOST_FILES and total + size <= MOST_BYTES


def _find(post: Post) -> state.Message | None:
    """The message that this very upload has become before; only its sender asks under this id."""
    found = Message.objects.filter(
        conversation_id=post.conversation_id, author=post.author, client_id=post.client_id
    ).select_related("conversation")
    message = found.first()
    if message is None:
        return None
    writer = message.agent_id if post.author == "agent" else message.conversation.visitor_id
    if writer != post.writer_id:
        raise ConversationNotFound
    if "file" not in message.payload:
        raise ConflictError
    return as_frame(message, str(message.conversation.public_id))


def _keep(post: Post, upload: Upload, now: datetime) -> Attachment:
    attachment = Attachment(
        conversation_id=post.conversation_id,
        author=post.author,
        agent_id=post.writer_id if post.author == "agent" else None,
        client_id=post.client_id,
        name=upload.name,
        content_type=upload.content_type,
        size=len(upload.data),
        width=upload.width,
        height=upload.height,
        created_at=now,
    )
    name = f"{secrets.token_hex(16)}.{upload.extension}"
    attachment.file.save(name, ContentFile(upload.data), save=False)
    attachment.save()
    return attachment


def _say(post: Post, standing: Standing, attachment: Attachment, now: datetime) -> state.Message:
    by_agent = post.author == "agent"
    file = {
        "id": str(attachment.public_id),
        "name": attachment.name,
        "type": attachment.content_type,
        "size": attachment.size,
        "width": attachment.width,
        "height": attachment.height,
    }
    draft = Draft(
        Message.Author(post.author),
        attachment.name,
        payload={"file": file, **({"name": standing.agent_name} if by_agent else {})},
        client_id=post.client_id,
        agent_id=post.writer_id if by_agent else None,
    )
    conversation = Conversation.objects.get(pk=post.conversation_id)
    (message,) = append_messages(conversation, [draft], now=now)
    conversation.active_at = now
    conversation.save(update_fields=["active_at"])
    if standing.is_warned:
        change_state(conversation)
    return as_frame(message, standing.public_id)
