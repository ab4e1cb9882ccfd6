"""Who takes live chats: users, the permission that makes one an agent, teams, hours and presence."""

import uuid
import zoneinfo
from datetime import tzinfo
from typing import ClassVar, Self

from django.contrib.auth.models import AbstractUser, Group, UserManager
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from config.installation.models import MAX_SEATS
from config.lib.texts import is_blank, without_bidi_controls
from config.lib.zones import get_zone

from .permissions import ACCESS_PERMISSIONS
from .querysets import AgentManager


def check_time_zone(name: str) -> None:
    """Refuse a name that the time zone database doesn't have."""
    if name and name not in zoneinfo.available_timezones():
        raise ValidationError(
            _("There is no time zone called “%(name)s”."), code="time_zone", params={"name": name}
        )


def avatar_path(user: "User", filename: str) -> str:
    """Name a picture by its content, so that a new picture never changes what an old chat shows (LC-08)."""
    return f"avatars/{filename}"


class User(AbstractUser):
    """Somebody who signs in. Whoever holds the Live Chat permission is an agent (LC-05)."""

    job_title = models.CharField(_("title"), max_length=100, blank=True)
    avatar = models.FileField(
        _("profile picture"),
        upload_to=avatar_path,
        blank=True,
        help_text=_("Square. Visitors see it in the chat."),
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        blank=True,
        validators=[check_time_zone],
        help_text=_("For example Europe/Stockholm. Empty: UTC."),
    )
    seat_limit = models.PositiveSmallIntegerField(
        _("live chats at a time"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_SEATS)],
        help_text=_("From 1 to 10. Empty: the installation's limit."),
    )
    # What the agent chose by hand, and until when it overrides the schedule (LC-12).
    override_available = models.BooleanField(null=True, editable=False)
    override_until = models.DateTimeField(null=True, editable=False)
    # Who chose it in the agent's place; the name outlives the account. The database knows the default too:
    # while a new release comes, processes of the one before write rows without it.
    override_by = models.CharField(max_length=301, blank=True, default="", db_default="", editable=False)

    objects: ClassVar[UserManager[Self]] = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(
                condition=Q(seat_limit__isnull=True) | Q(seat_limit__gte=1, seat_limit__lte=MAX_SEATS),
                name="user_seat_limit_1_to_10",
            ),
            models.CheckConstraint(
                condition=Q(override_available__isnull=True, override_until__isnull=True)
                | Q(override_available__isnull=False, override_until__isnull=False),
                name="user_override_has_an_end",
            ),
        ]
        indexes = [
            # Reader: agents.services.availability.end_due_overrides
            models.Index(
                fields=["override_until"], name="user_due_override", condition=Q(override_until__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        # On one line and to be seen: it stands in banners, transcripts and before every message.
        name = " ".join(without_bidi_controls(self.get_full_name()).split())
        return self.username if is_blank(name) else name

    @property
    def zone(self) -> tzinfo:
        return get_zone(self.time_zone)


class Agent(User):
    """A user who may take live chats; ``Agent.objects``
    holds exactly those who may right now (LC-05, LC-07).
    """

    objects: ClassVar[AgentManager] = AgentManager()  # type: ignore[assignment]

    class Meta:
        proxy = True
        verbose_name = _("agent")
        verbose_name_plural = _("agents")
        default_permissions = ()


class Access(models.Model):  # noqa: DJ008 - it has no rows to name
    """Carries the product's permissions (``permissions.md``); it has no table."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = ACCESS_PERMISSIONS


class PermissionProfile(Group):
    """A group under the name that people know it by (LC-05)."""

    class Meta:
        proxy = True
        verbose_name = _("permission profile")
        verbose_name_plural = _("permission profiles")
        default_permissions = ()


class ProfileSetup(models.Model):
    """Remembers that a default permission profile was made,
    so that set-up never remakes or resets it (LC-06).
    """

    profile = models.CharField(max_length=40, unique=True)
    group = models.ForeignKey(Group, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.profile


class Team(models.Model):
    """A named group of agents (LC-09)."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    members = models.ManyToManyField(Agent, verbose_name=_("members"), related_name="teams", blank=True)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class ScheduleBlock(models.Model):
    """One stretch of a weekday in which an agent takes live chats, in the agent's time zone (LC-11)."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    agent = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="schedule_blocks", verbose_name=_("agent")
    )
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("to"), help_text=_("00:00 is the midnight at the end of the day."))

    class Meta:
        verbose_name = _("hours")
        verbose_name_plural = _("hours")
        ordering = ["weekday", "starts"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["agent", "weekday", "starts"], name="schedule_block_starts_once"),
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")) | Q(ends="00:00"),
                name="schedule_block_ends_after_start",
                violation_error_message=_("A block must end after it starts; 00:00 as its end is midnight."),
            ),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="schedule_block_known_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M}–{self.ends:%H:%M}"


class Preferences(models.Model):
    """How somebody wants to work and be told of what happens; who has no row has the defaults (LC-47)."""

    class OfferSound(models.TextChoices):
        BELL = "bell", _("Bell")
        RISE = "rise", _("Rising")
        KNOCK = "knock", _("Knocking")
        DEEP = "deep", _("Deep")
        NONE = "none", _("No sound")

    class MessageSound(models.TextChoices):
        CHIME = "chime", _("Chime")
        DROP = "drop", _("Drop")
        TICK = "tick", _("Tick")
        NONE = "none", _("No sound")

    user = models.OneToOneField(User, primary_key=True, on_delete=models.CASCADE, related_name="preferences")
    offer_sound = models.CharField(
        _("when somebody waits for you"), max_length=8, choices=OfferSound, default=OfferSound.BELL
    )
    message_sound = models.CharField(
        _("when a visitor writes"), max_length=8, choices=MessageSound, default=MessageSound.CHIME
    )
    volume = models.PositiveSmallIntegerField(_("volume"), default=70, validators=[MaxValueValidator(100)])
    notify_offers = models.BooleanField(_("Somebody waits for you"), default=True)
    notify_messages = models.BooleanField(_("A visitor writes to you"), default=True)
    notify_content = models.BooleanField(
        _("Show names and words in them"),
        default=True,
        help_text=_("Off: they only say that something is there. Better where others see your screen."),
    )
    mail_missed = models.BooleanField(
        _("A chat that you were asked to take was missed"),
        default=True,
    )
    # Single keys can be in the way of whoever speaks to the computer (WCAG 2.1.4).
    shortcuts = models.BooleanField(_("keyboard shortcuts"), default=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(volume__lte=100), name="preferences_volume_to_100"),
        ]

    def __str__(self) -> str:
        return str(self.user_id)


class Device(models.Model):
    """A browser that somebody is signed in with: the list from which a person signs it out again (S9).

    It belongs to the session of that key; a row whose session is over says nothing and is cleared.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="devices")
    session_key = models.CharField(max_length=40, unique=True)
    # As the browser calls itself; agents.devices reads it.
    user_agent = models.CharField(max_length=300, blank=True)
    address = models.GenericIPAddressField(null=True)
    signed_in_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.public_id)


class Presence(models.Model):
    """One open inbox socket; it counts until ``expires_at``, which heartbeats move on (LC-13).

    A socket that closes only shortens the time: a page change
    is no absence, and a killed process can't say good-bye.
    """

    agent = models.ForeignKey(User, on_delete=models.CASCADE, related_name="presences")
    socket_id = models.CharField(max_length=64, unique=True)
    since = models.DateTimeField(null=True)
    # The last sign of life (LC-57).
    seen_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    # The page was closed; false where the network, the browser or a process of ours went away. The database
    # knows it too: while a new release comes, processes of the one before write rows without it.
    said_goodbye = models.BooleanField(default=False, db_default=False)

    class Meta:
        default_permissions = ()
        indexes = [
            # Reader: AgentQuerySet.reachable
            models.Index(fields=["agent", "expires_at"], name="presence_of_agent"),
        ]

    def __str__(self) -> str:
        return self.socket_id
