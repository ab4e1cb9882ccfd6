"""Changes of the configuration, as they were made."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Change(models.Model):
    """One change of the configuration: who, what, before and after. Append-only: nobody edits the past.

    Written in the transaction of the change itself, so there is neither without the other. What it is about
    is named, not referred to: the record outlives the row, and the account of who did it. No secret and
    nothing of a visitor is ever in it.
    """

    class Action(models.TextChoices):
        ADDED = "added", _("Added")
        CHANGED = "changed", _("Changed")
        DELETED = "deleted", _("Deleted")
        DONE = "done", _("Done")

    at = models.DateTimeField(_("when"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    actor_name = models.CharField(_("name"), max_length=301, blank=True)
    action = models.CharField(_("what was done"), max_length=8, choices=Action)
    # The model's label, for example "routing.rule".
    kind = models.CharField(_("kind"), max_length=60)
    object_id = models.CharField(max_length=40, blank=True)
    object_name = models.CharField(_("of what"), max_length=200)
    # By field: [before, after]; of what was added or deleted one of them is null.
    values: "models.JSONField[dict[str, Any], Any]" = models.JSONField(_("changes"), default=dict)
    # What is no change of a field: a secret that was looked at, a file that was imported.
    words = models.CharField(_("details"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("change of the configuration")
        verbose_name_plural = _("changes of the configuration")
        ordering = ["-id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.object_name}"
