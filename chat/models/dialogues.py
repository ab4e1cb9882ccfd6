"""What is said automatically: dialogues, conversational flows, and their frozen versions."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def empty_stream() -> dict[str, Any]:
    return {"start": None, "cards": {}}


class Dialogue(models.Model):
    """One automated conversation, edited as a draft and shown as its newest published version (DG-01).

    A flow is its sibling that is started by an action instead of being chosen for a visitor (DG-20).
    Priority and status act at once; all else reaches visitors when it is published (DG-02).
    """

    class Kind(models.TextChoices):
        DIALOGUE = "dialogue", _("Dialogue")
        FLOW = "flow", _("Conversational flow")

    class Start(models.TextChoices):
        CLICK = "click", _("When an element is clicked")
        LOAD = "load", _("When the page is loaded")
        CALL = "call", _("Only when the page's own script asks for it")

    class Look(models.TextChoices):
        POPUP = "popup", _("Pop-up in the middle of the page")
        CHATBOT = "chatbot", _("In the chat window")
        INLINE = "inline", _("Inside an element of the page")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        UNPUBLISHED = "unpublished", _("Unpublished")

    # What people set beside the stream: on its page, in its copies and in the configuration's file.
    SETTINGS: ClassVar[tuple[str, ...]] = (
        "name",
        "description",
        "priority",
        "language",
        "audience",
        "target_include",
        "target_exclude",
        "event_page_seconds",
        "event_site_seconds",
        "event_scroll_percent",
        "poke",
    )

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.DIALOGUE, editable=False)
    name = models.CharField(_("name"), max_length=100, unique=True)
    description = models.TextField(_("description"), blank=True, max_length=1_000)
    priority = models.PositiveSmallIntegerField(
        _("priority"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(1_000)],
        help_text=_(
            "1 is the highest. A visitor gets the first one that is published and not yet completed."
        ),
    )
    language = models.CharField(
        _("language"), max_length=10, choices=settings.VISITOR_LANGUAGES, default="en"
    )
    stream: "models.JSONField[dict[str, Any], Any]" = models.JSONField(
        _("stream"), default=empty_stream, blank=True
    )
    # Counts the draft's changes: who saves on top of another one's change is told (DG-15).
    draft_revision = models.PositiveIntegerField(default=0, editable=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    audience: "models.JSONField[dict[str, Any], Any]" = models.JSONField(
        _("audience"),
        default=dict,
        blank=True,
        help_text=_("Who gets it. Without conditions: everybody."),
    )
    target_include = models.TextField(
        _("pages"),
        blank=True,
        max_length=10_000,
        help_text=_("One address a line, * for anything: https://*.example.com/prices/*. Empty: every page."),
    )
    target_exclude = models.TextField(
        _("but not on"), blank=True, max_length=10_000, help_text=_("Written in the same way.")
    )
    event_page_seconds = models.PositiveIntegerField(
        _("seconds on the page"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(86_400)],
        help_text=_("Shown when the visitor has been on the page for more than this."),
    )
    event_site_seconds = models.PositiveIntegerField(
        _("seconds on the website"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(86_400)],
        help_text=_("Shown when the visitor has been on the website for more than this."),
    )
    event_scroll_percent = models.PositiveSmallIntegerField(
        _("percent scrolled"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(99)],
        help_text=_("Shown when the visitor has scrolled down more than this share of the page."),
    )
    poke = models.BooleanField(
        _("show the first words beside the button"),
        default=True,
        help_text=_("While the chat is closed, visitors see the first card's text beside the button."),
    )
    slug = models.SlugField(
        _("short name"),
        max_length=60,
        unique=True,
        null=True,
        blank=True,
        help_text=_("Names the flow in the page's script and in the address of its landing page."),
    )
    start_on = models.CharField(_("starts"), max_length=10, choices=Start, default=Start.CLICK)
    start_selector = models.CharField(
        _("element"),
        max_length=200,
        blank=True,
        help_text=_("A CSS selector, for example #book-demo. Needed for a click and for inside an element."),
    )
    look = models.CharField(_("shown"), max_length=10, choices=Look, default=Look.CHATBOT)
    has_landing_page = models.BooleanField(
        _("landing page"),
        default=False,
        help_text=_("A page of its own that holds nothing but this flow, for links in e-mails."),
    )
    landing_title = models.CharField(_("title of the landing page"), max_length=120, blank=True)
    landing_text = models.TextField(_("text of the landing page"), max_length=1_000, blank=True)
    status = models.CharField(
        _("status"), max_length=12, choices=Status, default=Status.DRAFT, editable=False
    )
    published_version = models.ForeignKey(
        "chat.DialogueVersion", null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("dialogue")
        verbose_name_plural = _("dialogues")
        ordering = ["priority", "name"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["draft", "published", "unpublished"]), name="dialogue_known_status"
            ),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(published_version__isnull=False),
                name="dialogue_published_has_version",
            ),
            models.CheckConstraint(condition=Q(priority__gte=1), name="dialogue_priority_from_1"),
            models.CheckConstraint(condition=Q(kind__in=["dialogue", "flow"]), name="dialogue_known_kind"),
        ]

    def __str__(self) -> str:
        return self.name


class Flow(Dialogue):
    """The same rows as pages of their own in the admin: only those of the kind "flow" (DG-20)."""

    SETTINGS = (
        "name",
        "slug",
        "description",
        "language",
        "start_on",
        "start_selector",
        "look",
        "audience",
        "target_include",
        "target_exclude",
        "has_landing_page",
        "landing_title",
        "landing_text",
    )

    class Meta:
        proxy = True
        verbose_name = _("conversational flow")
        verbose_name_plural = _("conversational flows")
        ordering = ["name"]
        default_permissions = ()


class DialogueVersion(models.Model):
    """A dialogue as it was published: its stream, and in ``setup`` whom it is for, where, when and in which
    language; never changed afterwards (DG-02).
    """

    dialogue = models.ForeignKey(
        Dialogue, verbose_name=_("dialogue"), on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField(_("version"))
    stream: "models.JSONField[dict[str, Any], Any]" = models.JSONField()
    setup: "models.JSONField[dict[str, Any], Any]" = models.JSONField(default=dict)
    published_at = models.DateTimeField(_("published"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("published by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        verbose_name = _("published version")
        verbose_name_plural = _("published versions")
        ordering = ["-number"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["dialogue", "number"], name="dialogue_version_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.dialogue} {self.number}"


class Trigger(models.Model):
    """A dialogue was shown to a visitor in a session: once, however many pages and reloads (DG-04).

    Written in batches, for visitors too of whom nothing else is kept. ``session_hash`` is the SHA-256 of
    the browser's own random id of the session (DG-21).
    """

    dialogue = models.ForeignKey(Dialogue, on_delete=models.CASCADE, related_name="triggers")
    version = models.ForeignKey(DialogueVersion, on_delete=models.CASCADE, related_name="+")
    session_hash = models.CharField(max_length=64)
    is_known = models.BooleanField(default=False)
    page_url = models.CharField(max_length=2_000, blank=True)
    triggered_at = models.DateTimeField()

    class Meta:
        verbose_name = _("time shown")
        verbose_name_plural = _("times shown")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["session_hash", "dialogue"], name="trigger_once_per_session"),
        ]
        indexes = [
            # Reader: reports, by dialogue and day
            models.Index(fields=["dialogue", "triggered_at"], name="trigger_of_dialogue"),
        ]

    def __str__(self) -> str:
        return f"{self.dialogue_id}/{self.session_hash[:8]}"
