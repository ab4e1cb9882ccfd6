"""The part of a conversation that a human takes: its states, seats, engagements and timeline."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.installation.models import MAX_SEATS


class LiveChat(models.Model):
    """A visitor's request for a human, from asking to its end.

    requested -> offered -> active -> ended; or fallback (nobody took it) or abandoned
    (the visitor left). Moves happen under this row's lock. Deadlines are columns:
    ``route_at`` while requested, the offer's own while offered, ``idle_at`` while active.
    """

    class Status(models.TextChoices):
        REQUESTED = "requested", _("Looking for an agent")
        OFFERED = "offered", _("Waiting for an agent")
        ACTIVE = "active", _("Active")
        ENDED = "ended", _("Ended")
        FALLBACK = "fallback", _("Missed")
        ABANDONED = "abandoned", _("Abandoned")

    class End(models.TextChoices):
        AGENT = "agent", _("Ended by the agent")
        VISITOR = "visitor", _("Ended by the visitor")
        IDLE = "idle", _("Nobody wrote")
        AGENT_GONE = "agent_gone", _("The agent left and nobody could take over")
        CANCELLED = "cancelled", _("The visitor stopped waiting")
        CONTACT = "contact", _("The visitor left an address")
        NO_AGENT = "no_agent", _("Nobody could take it")
        NOT_ACCEPTED = "not_accepted", _("Nobody accepted in time")
        NO_RULE = "no_rule", _("No rule matched")
        LIMIT = "limit", _("The engagement limit is reached")
        BLOCKED = "blocked", _("Blocked e-mail domain")

    OPEN = (Status.REQUESTED, Status.OFFERED, Status.ACTIVE)
    WAITING = (Status.REQUESTED, Status.OFFERED)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    conversation = models.ForeignKey("chat.Conversation", on_delete=models.CASCADE, related_name="live_chats")
    card_id = models.CharField(max_length=120)
    # The Live chat card as it was when the visitor reached it: option, agent, team.
    card: "models.JSONField[dict[str, Any], Any]" = models.JSONField()
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.REQUESTED)
    end_reason = models.CharField(_("why it ended"), max_length=14, choices=End, blank=True)
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("agent"),
        null=True,
        on_delete=models.PROTECT,
        related_name="live_chats",
    )
    # What this visitor sees of the agent until the chat ends, whatever the agent changes meanwhile (LC-08).
    agent_name = models.CharField(max_length=301, blank=True)
    agent_avatar = models.CharField(max_length=100, blank=True)
    requested_at = models.DateTimeField(_("asked for"))
    # Since when this round of offers runs; a chat whose agent was lost starts a new one (LC-07).
    routing_since = models.DateTimeField()
    route_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    # When to look whether somebody has written since; the deadline itself follows
    # Conversation.active_at, so that a message costs no second row (LC-31).
    idle_at = models.DateTimeField(null=True)
    idle_warned_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("live chat")
        verbose_name_plural = _("live chats")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"],
                condition=Q(status__in=["requested", "offered", "active"]),
                name="live_chat_one_open_per_conversation",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["requested", "offered", "active", "ended", "fallback", "abandoned"]),
                name="live_chat_known_status",
            ),
            models.CheckConstraint(
                condition=~Q(status="active")
                | Q(agent__isnull=False, idle_at__isnull=False, accepted_at__isnull=False),
                name="live_chat_active_has_an_owner",
            ),
            models.CheckConstraint(
                condition=~Q(status="requested") | Q(route_at__isnull=False),
                name="live_chat_requested_has_a_deadline",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["requested", "offered", "active"]) | Q(ended_at__isnull=False),
                name="live_chat_settled_has_a_time",
            ),
        ]
        indexes = [
            # Reader: routing.services.timers.route_waiting
            models.Index(fields=["route_at"], name="live_chat_due_route", condition=Q(status="requested")),
            # Reader: chat.services.idle
            models.Index(fields=["idle_at"], name="live_chat_due_idle", condition=Q(status="active")),
            # Reader: chat.selectors.inbox (an agent's chats; the past ones in the order of their end)
            models.Index(fields=["agent", "status", "-ended_at", "-id"], name="live_chat_of_agent_by_end"),
            # Readers: chat.selectors.inbox (everybody's past chats), config.guide (those just missed)
            models.Index(fields=["status", "-ended_at", "-id"], name="live_chat_by_end"),
            # Reader: routing.selectors.board (what became of today's requests)
            models.Index(fields=["requested_at"], name="live_chat_requests"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class Seat(models.Model):
    """One of an agent's places for a live chat, taken from the offer until the chat ends.

    The database refuses an eleventh, whatever the processes
    believe (LC-10). Rows are deleted when the seat is free.
    """

    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="seats")
    number = models.PositiveSmallIntegerField()
    live_chat = models.ForeignKey(LiveChat, on_delete=models.CASCADE, related_name="seats")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["agent", "number"], name="seat_number_once_per_agent"),
            models.UniqueConstraint(fields=["agent", "live_chat"], name="seat_once_per_chat"),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=MAX_SEATS), name="seat_number_1_to_10"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id}/{self.number}"


class Engagement(models.Model):
    """A visitor who was connected to an agent, counted once per visitor and session (LC-02)."""

    visitor = models.ForeignKey(
        "chat.Visitor", null=True, on_delete=models.SET_NULL, related_name="engagements"
    )
    visitor_key = models.UUIDField()
    session_number = models.PositiveIntegerField()
    live_chat = models.ForeignKey(LiveChat, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("engagement")
        verbose_name_plural = _("engagements")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["visitor_key", "session_number"], name="engagement_once_per_session"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visitor_key}/{self.session_number}"


class TimelineEntry(models.Model):
    """One thing that happened to a live chat: append-only, the source of explanations and reports (LC-57)."""

    class Kind(models.TextChoices):
        REQUESTED = "requested", _("Visitor asked for a human")
        ROUTED = "routed", _("Routing decided")
        OFFERED = "offered", _("Offered")
        SHOWN = "shown", _("Banner on screen")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("Not accepted in time")
        UNDELIVERED = "undelivered", _("Reached nobody")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        FALLBACK = "fallback", _("Fallback message")
        CANCELLED = "cancelled", _("Visitor stopped waiting")
        TRANSFER = "transfer", _("Transfer begun")
        TRANSFERRED = "transferred", _("Transferred")
        TRANSFER_OFF = "transfer_off", _("Transfer came to nothing")
        AGENT_LOST = "agent_lost", _("Agent lost")
        IDLE_WARNED = "idle_warned", _("Idle warning")
        READ = "read", _("Read")
        DROPPED = "dropped", _("Connection lost")
        LEFT = "left", _("Page closed")
        RECONNECTED = "reconnected", _("Back again")
        ENDED = "ended", _("Ended")

    # The last of these about a party tells whether it is known to be away.
    AWAY = (Kind.DROPPED, Kind.LEFT)

    live_chat = models.ForeignKey(
        LiveChat, verbose_name=_("live chat"), on_delete=models.CASCADE, related_name="timeline"
    )
    at = models.DateTimeField(_("time"))
    kind = models.CharField(_("what happened"), max_length=12, choices=Kind)
    # Of reads and connections: nobody here is the visitor.
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("agent"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    data: "models.JSONField[dict[str, Any], Any]" = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("timeline entry")
        verbose_name_plural = _("timeline")
        ordering = ["id"]
        default_permissions = ()
        indexes = [
            # Reader: chat.selectors.lines (the last that is known of a party)
            models.Index(
                fields=["live_chat", "agent", "id"],
                name="timeline_of_party",
                condition=Q(kind__in=["read", "dropped", "left", "reconnected"]),
            ),
            # Reader: chat.selectors.handovers (an agent's chats that somebody else had after)
            models.Index(
                fields=["agent", "live_chat"],
                name="timeline_given_away",
                condition=Q(kind__in=["transfer", "agent_lost"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.live_chat_id} {self.kind}"
