"""What the staff write to each other beside a conversation."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Note(models.Model):
    """A note to colleagues. It is no message: whatever reads messages for a visitor can't come across one.

    ``number`` counts a conversation's notes from 1 without gaps, under the conversation's row lock.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    conversation = models.ForeignKey("chat.Conversation", on_delete=models.CASCADE, related_name="notes")
    number = models.PositiveIntegerField()
    # The last message there was when it was written: it stands below that one.
    after_seq = models.PositiveIntegerField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Kept for when the account is gone.
    author_name = models.CharField(max_length=301)
    # The writer's own id of this note: sent again it stays one note (DL-02).
    client_id = models.CharField(max_length=64)
    text = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["conversation", "number"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["conversation", "number"], name="note_number_once"),
            models.UniqueConstraint(
                fields=["conversation", "author", "client_id"], name="note_client_id_once"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="note_number_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}/{self.number}"


class Mention(models.Model):
    """A colleague who was picked in a note, and is to look at it: whoever that is called by now.

    It says nothing about who may see the note; ``chat.selectors.mentions`` asks that each time.
    """

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="mentions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # As it stands behind the "@" in the note's text.
    name = models.CharField(max_length=301)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["note", "person"], name="mention_once_per_note"),
        ]
        indexes = [
            # Reader: chat.selectors.mentions
            models.Index(
                fields=["person", "-note"], name="mention_unseen_of", condition=Q(seen_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.note_id} {self.person_id}"
