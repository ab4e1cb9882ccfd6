"""One visitor's run through a dialogue, and everything said in it."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Conversation(models.Model):
    """One visitor's run through a version of a dialogue.

    ``last_seq`` is given out under this row's lock, so that sequence numbers have no gaps and are in commit
    order (DL-03). Marks are how far each side has got (delivered) and looked at (read); they only grow.
    """

    public_id = models.UUIDField(_("id"), default=uuid.uuid4, unique=True, editable=False)
    visitor = models.ForeignKey(
        "chat.Visitor", verbose_name=_("visitor"), on_delete=models.CASCADE, related_name="conversations"
    )
    version = models.ForeignKey(
        "chat.DialogueVersion", on_delete=models.PROTECT, related_name="conversations"
    )
    is_open = models.BooleanField(_("open"), default=True)
    # Set aside, with its place kept, while a flow that the visitor started runs (DG-20); not open meanwhile.
    is_suspended = models.BooleanField(default=False)
    # The card that waits for the visitor's answer; empty when none does.
    awaiting_card = models.CharField(max_length=120, blank=True)
    last_seq = models.PositiveIntegerField(_("messages"), default=0)
    # Grows with every change of state; a client ignores a state older than the one it has (R6).
    revision = models.PositiveIntegerField(default=0)
    # When the visitor or an agent last wrote; typing and notices don't count (LC-31).
    active_at = models.DateTimeField()
    visitor_delivered = models.PositiveIntegerField(default=0)
    visitor_read = models.PositiveIntegerField(default=0)
    agent_delivered = models.PositiveIntegerField(default=0)
    agent_read = models.PositiveIntegerField(default=0)
    session_number = models.PositiveIntegerField(default=1)
    page_url = models.CharField(_("page"), max_length=2_000, blank=True)
    page_title = models.CharField(_("title of the page"), max_length=300, blank=True)
    referrer = models.CharField(_("came from"), max_length=2_000, blank=True)
    triggered_at = models.DateTimeField(_("shown"))
    engaged_at = models.DateTimeField(_("first answered"), null=True)
    completed_at = models.DateTimeField(_("gone through"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        default_permissions = ()
        constraints = [
            # Ten tabs that start at once make one conversation (R12).
            models.UniqueConstraint(
                fields=["visitor"], condition=Q(is_open=True), name="conversation_one_open_per_visitor"
            ),
            models.CheckConstraint(
                condition=Q(is_open=True, closed_at__isnull=True) | Q(is_open=False, closed_at__isnull=False),
                name="conversation_closed_has_a_time",
            ),
        ]
        indexes = [
            # Reader: chat.selectors.usage.count_monthly_engagements
            models.Index(
                fields=["engaged_at"], name="conversation_engaged", condition=Q(engaged_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class GoalReached(models.Model):
    """A Goal card that a visitor passed; the visitor sees nothing of it."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="goals")
    card_id = models.CharField(max_length=120)
    name = models.CharField(max_length=100)
    reached_at = models.DateTimeField()

    class Meta:
        verbose_name = _("goal reached")
        verbose_name_plural = _("goals reached")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["conversation", "card_id"], name="goal_once_per_conversation"),
        ]

    def __str__(self) -> str:
        return self.name


class Message(models.Model):
    """One line of a conversation: text, a card that was shown, an answer, or a notice. Never changed."""

    class Author(models.TextChoices):
        VISITOR = "visitor", _("Visitor")
        AGENT = "agent", _("Agent")
        BOT = "bot", _("Bot")
        SYSTEM = "system", _("System")

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        CARD = "card", _("Card")
        NOTICE = "notice", _("Notice")
        FALLBACK = "fallback", _("Fallback message")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    seq = models.PositiveIntegerField()
    author = models.CharField(max_length=10, choices=Author)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.TEXT)
    # Who of the staff wrote it; the name is kept in the payload too, for when the account is gone.
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # The sender's own id of this message, unique per conversation
    # and author (DL-02); empty where a service wrote it.
    client_id = models.CharField(max_length=64, blank=True)
    text = models.TextField(blank=True)
    # What a card or a notice needs besides its text: choices, input kind, notice code and values.
    payload: "models.JSONField[dict[str, Any], Any]" = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["conversation", "seq"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="message_seq_once"),
            models.UniqueConstraint(
                fields=["conversation", "author", "client_id"],
                condition=~Q(client_id=""),
                name="message_client_id_once",
            ),
            models.CheckConstraint(condition=Q(seq__gte=1), name="message_seq_from_1"),
            models.CheckConstraint(
                condition=Q(author__in=["visitor", "agent", "bot", "system"]), name="message_known_author"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["text", "card", "notice", "fallback"]), name="message_known_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}/{self.seq}"
