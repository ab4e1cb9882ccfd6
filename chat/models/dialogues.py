"""What is said automatically: dialogues and their frozen versions."""

import uuid
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def empty_stream() -> dict[str, Any]:
    return {"start": None, "cards": {}}


class Dialogue(models.Model):
    """One automated conversation, edited as a draft and shown as its newest published version (DG-01)."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        UNPUBLISHED = "unpublished", _("Unpublished")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
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
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    stream: "models.JSONField[dict[str, Any], Any]" = models.JSONField(
        _("stream"), default=empty_stream, blank=True
    )
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
        ]

    def __str__(self) -> str:
        return self.name


class DialogueVersion(models.Model):
    """A stream as it was published; never changed afterwards (DG-02)."""

    dialogue = models.ForeignKey(Dialogue, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    stream: "models.JSONField[dict[str, Any], Any]" = models.JSONField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
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
