"""Replies that were written before: everybody's library, and everybody's own."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

LONGEST = 4_000  # signs, as a message


class CannedReply(models.Model):
    """A text that agents put into their reply by its short code (LC-42).

    Without an owner it is everybody's, once it is approved; until then only who proposed it is offered it.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="canned_replies",
    )
    code = models.CharField(
        _("short code"),
        max_length=40,
        validators=[
            RegexValidator(r"\A[a-z0-9][a-z0-9_-]*\Z", _("Small letters from a to z, digits, - and _ only."))
        ],
        help_text=_("What agents type after “/”, for example “price-list”."),
    )
    title = models.CharField(_("title"), max_length=100)
    text = models.TextField(_("text"), max_length=LONGEST)
    is_approved = models.BooleanField(
        _("approved"), default=False, help_text=_("Only approved replies are offered to all agents.")
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("proposed by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("approved by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("canned reply")
        verbose_name_plural = _("canned replies")
        ordering = ["code"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=Q(owner__isnull=True), name="canned_reply_code_once"
            ),
            models.UniqueConstraint(
                fields=["owner", "code"],
                condition=Q(owner__isnull=False),
                name="canned_reply_code_once_per_owner",
            ),
        ]

    def __str__(self) -> str:
        return f"/{self.code}"
