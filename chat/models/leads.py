"""People who have given an address, whatever browsers they came with."""

import uuid
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class LeadList(models.Model):
    """A list that leads are on, for audiences and branches (DG-07)."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    description = models.TextField(_("description"), blank=True, max_length=1_000)

    class Meta:
        verbose_name = _("list")
        verbose_name_plural = _("lists")
        ordering = ["name"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class Lead(models.Model):
    """One person, resolved by e-mail address (DG-09). ``email`` is in lower case; ``attributes`` as captured.

    Records with one address are merged into the oldest; a merged one stays, with its attributes as they
    were, and points at the one that is used instead.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    attributes: "models.JSONField[dict[str, str], Any]" = models.JSONField(
        _("attributes"), default=dict, blank=True
    )
    lists = models.ManyToManyField(LeadList, blank=True, related_name="leads", verbose_name=_("lists"))
    merged_into = models.ForeignKey(
        "self", null=True, editable=False, on_delete=models.CASCADE, related_name="merged"
    )
    merged_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        default_permissions = ()
        indexes = [
            # Reader: chat.services.leads.resolve_lead
            models.Index(fields=["email"], name="lead_by_email", condition=models.Q(merged_into=None)),
        ]

    def __str__(self) -> str:
        return self.email or _("Lead #%(number)d") % {"number": self.pk}
