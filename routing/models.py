"""To whom: rules, accounts, the robin's pointer, offers and the explained decision."""

import uuid
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.models import Agent, Team, User


def match_everybody() -> dict[str, Any]:
    return {"match": "all", "items": []}


class Rule(models.Model):
    """A custom routing rule: which visitors, and who is asked (LC-17)."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    priority = models.PositiveSmallIntegerField(
        _("priority"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(10_000)],
        help_text=_("1 is tried first. Rules with the same priority are tried in the order of their names."),
    )
    is_enabled = models.BooleanField(_("on"), default=True)
    conditions: "models.JSONField[dict[str, Any], Any]" = models.JSONField(
        _("conditions"), default=match_everybody
    )
    agents = models.ManyToManyField(Agent, verbose_name=_("agents"), related_name="routing_rules", blank=True)
    team = models.ForeignKey(
        Team,
        verbose_name=_("team"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="routing_rules",
    )

    class Meta:
        verbose_name = _("custom rule")
        verbose_name_plural = _("custom rules")
        ordering = ["priority", "name"]
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(priority__gte=1), name="rule_priority_from_1")]

    def __str__(self) -> str:
        return self.name


class RuleBook(models.Model):
    """Counts the changes of the custom rules, whoever makes them and by whatever way (LC-60).

    One row, id 1, that the database's own triggers count on with every statement that writes rules or their
    agents; nothing else writes it. ``RuleVersion`` says what the rules are in which edition.
    """

    edition = models.BigIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.edition)


class RuleVersion(models.Model):
    """The custom rules, all of them, as they were when a request was routed; never changed (LC-60).

    Known by what they say: rules that are put back as they were are the earlier version again. ``edition`` is
    the rule book's latest in which they stood so.
    """

    # SHA-256 of what decides: names, order, conditions, and who is asked by id.
    digest = models.CharField(_("digest"), max_length=64, unique=True, editable=False)
    # With the names that agents and teams had when it was frozen.
    rules: "models.JSONField[list[dict[str, Any]], Any]" = models.JSONField(_("rules"))
    edition = models.BigIntegerField()
    made_at = models.DateTimeField(_("first decision"))

    class Meta:
        verbose_name = _("version of the custom rules")
        verbose_name_plural = _("versions of the custom rules")
        default_permissions = ()
        indexes = [
            # Reader: routing.services.rule_versions.stamp_rules
            models.Index(fields=["edition"], name="rule_version_of_edition"),
        ]

    def __str__(self) -> str:
        return _("Version %(number)d") % {"number": self.pk}


class Account(models.Model):
    """A company that an agent owns; its visitors are offered to the owner first (LC-18)."""

    name = models.CharField(_("company"), max_length=200)
    # Lower case, as matched. Empty where an account is known by its name alone.
    name_key = models.CharField(max_length=200, editable=False, db_index=True)
    domain = models.CharField(
        _("e-mail domain"),
        max_length=253,
        null=True,
        blank=True,
        unique=True,
        validators=[
            RegexValidator(
                r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?\.[a-z0-9-]{2,}$", _("A domain such as example.com.")
            )
        ],
    )
    owner = models.ForeignKey(
        User, verbose_name=_("owner"), on_delete=models.PROTECT, related_name="accounts"
    )

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["name"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["name_key"], condition=Q(domain__isnull=True), name="account_name_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RobinPointer(models.Model):
    """Who was offered the last chat of a round robin; the next one in order after that agent is asked
    (LC-16).

    Moved by an offer and by nothing else, under this row's lock. ``scope`` is ``all``, ``team:<id>`` or
    ``rule:<id>``.
    The agent's id is a number, not a reference: the place in the order outlives the account.
    """

    scope = models.CharField(max_length=40, unique=True)
    last_agent_id = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.scope


class Transfer(models.Model):
    """An agent's wish to hand an active chat over to a colleague, or to a team (LC-34).

    The sender keeps the chat until somebody accepts; each one who is asked gets an offer. ``next_at`` is
    when the next of a team is to be asked, while no offer is pending.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("Waiting for a colleague")
        ACCEPTED = "accepted", _("Handed over")
        FAILED = "failed", _("Nobody took it")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    live_chat = models.ForeignKey("chat.LiveChat", on_delete=models.CASCADE, related_name="transfers")
    sender = models.ForeignKey(
        User, verbose_name=_("from"), on_delete=models.PROTECT, related_name="transfers"
    )
    # Who was asked for; the names outlive an account and a team.
    agent = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(
        Team, verbose_name=_("team"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    target_name = models.CharField(max_length=301)
    # For colleagues only; the visitor never sees it.
    note = models.TextField(blank=True)
    status = models.CharField(_("state"), max_length=9, choices=Status, default=Status.PENDING)
    # Why it came to nothing: declined, expired, undelivered, access_lost, nobody, taken_back, chat_ended …
    outcome = models.CharField(max_length=20, blank=True)
    started_at = models.DateTimeField(_("started"))
    next_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["live_chat"], condition=Q(status="pending"), name="transfer_one_pending_per_chat"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "accepted", "failed", "withdrawn"]),
                name="transfer_known_status",
            ),
            models.CheckConstraint(
                condition=Q(status="pending", settled_at__isnull=True)
                | (~Q(status="pending") & Q(settled_at__isnull=False, next_at__isnull=True)),
                name="transfer_settled_has_a_time",
            ),
        ]
        indexes = [
            # Reader: routing.services.timers.continue_transfers
            models.Index(fields=["next_at"], name="transfer_due", condition=Q(next_at__isnull=False)),
            # Reader: routing.selectors.transfers (what a sender waits for)
            models.Index(fields=["sender"], name="transfer_pending_of", condition=Q(status="pending")),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class Offer(models.Model):
    """One invitation to one agent to take a live chat (LC-21 to LC-25); of a colleague's where there is a
    ``transfer`` (LC-34).
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("Waiting for the agent")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("Not accepted in time")
        UNDELIVERED = "undelivered", _("Reached nobody")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    live_chat = models.ForeignKey(
        "chat.LiveChat", verbose_name=_("live chat"), on_delete=models.CASCADE, related_name="offers"
    )
    transfer = models.ForeignKey(Transfer, null=True, on_delete=models.CASCADE, related_name="offers")
    agent = models.ForeignKey(User, verbose_name=_("agent"), on_delete=models.PROTECT, related_name="offers")
    status = models.CharField(_("status"), max_length=11, choices=Status, default=Status.PENDING)
    # Why this agent: account, agent, robin, rule, team, anybody, transfer.
    via = models.CharField(_("asked through"), max_length=20)
    # An undelivered offer is no attempt (LC-24).
    attempt = models.PositiveSmallIntegerField(_("attempt"))
    offered_at = models.DateTimeField(_("offered"))
    expires_at = models.DateTimeField(_("open until"))
    # An inbox confirmed that the banner is on screen; until then the offer may be undelivered at this time.
    deliver_by = models.DateTimeField()
    shown_at = models.DateTimeField(_("seen"), null=True)
    settled_at = models.DateTimeField(_("settled"), null=True)
    decline_reason = models.CharField(_("reason given"), max_length=200, blank=True)
    # What became of it, for the agent who lost it: cancelled, limit, access_lost …
    outcome = models.CharField(_("what became of it"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["live_chat"], condition=Q(status="pending"), name="offer_one_pending_per_chat"
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["pending", "accepted", "declined", "expired", "undelivered", "withdrawn"]
                ),
                name="offer_known_status",
            ),
            models.CheckConstraint(
                condition=Q(status="pending", settled_at__isnull=True)
                | (~Q(status="pending") & Q(settled_at__isnull=False)),
                name="offer_settled_has_a_time",
            ),
        ]
        indexes = [
            # Reader: routing.services.timers.expire_due_offers
            models.Index(fields=["expires_at"], name="offer_due", condition=Q(status="pending")),
            # Reader: routing.services.timers.withdraw_undelivered_offers
            models.Index(
                fields=["deliver_by"],
                name="offer_unseen",
                condition=Q(status="pending", shown_at__isnull=True),
            ),
            # Reader: routing.selectors.list_pending_offers
            models.Index(fields=["agent"], name="offer_pending_of_agent", condition=Q(status="pending")),
            # Readers: routing.selectors.ledger, routing.selectors.history (the offers of some weeks)
            models.Index(fields=["offered_at"], name="offer_times"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class Decision(models.Model):
    """One routing decision, explained: each step, each agent considered, and why passed over (LC-20)."""

    class Outcome(models.TextChoices):
        OFFERED = "offered", _("Offered")
        FALLBACK = "fallback", _("Fallback")

    live_chat = models.ForeignKey(
        "chat.LiveChat", verbose_name=_("live chat"), on_delete=models.CASCADE, related_name="decisions"
    )
    offer = models.OneToOneField(Offer, null=True, on_delete=models.CASCADE, related_name="decision")
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    reason = models.CharField(_("reason"), max_length=20, blank=True)
    steps: "models.JSONField[list[dict[str, Any]], Any]" = models.JSONField()
    # Of the custom rules, as they were then. A colleague's handover asks none, and has none (LC-60).
    rule_version = models.ForeignKey(
        RuleVersion, null=True, on_delete=models.PROTECT, related_name="decisions"
    )
    made_at = models.DateTimeField(_("decided"))

    class Meta:
        verbose_name = _("routing decision")
        verbose_name_plural = _("routing decisions")
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["offered", "fallback"]), name="decision_known_outcome"
            )
        ]
        indexes = [
            # Reader: routing.selectors.ledger.list_considered
            models.Index(fields=["made_at"], name="decision_times"),
        ]

    def __str__(self) -> str:
        return f"{self.live_chat_id} {self.outcome}"
