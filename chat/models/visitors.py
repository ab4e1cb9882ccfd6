"""Whom we talk with."""

import uuid
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Visitor(models.Model):
    """A person on a customer's website, known by a key that only that person's browser holds.

    The row comes into being when a dialogue is shown; ``key_hash`` is the
    SHA-256 of the key, so a copy of the database opens nobody's conversation
    (S5). What is captured in dialogues is in ``attributes`` (name -> text).
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    attributes: "models.JSONField[dict[str, str], Any]" = models.JSONField(default=dict, blank=True)
    # What the browser tells by itself: device, time_zone, country … (name -> text); replaced on each visit.
    inferred: "models.JSONField[dict[str, str], Any]" = models.JSONField(default=dict, blank=True)
    lead = models.ForeignKey("chat.Lead", null=True, on_delete=models.SET_NULL, related_name="visitors")
    # The page's own server has signed who this is (S4); an address typed in is only a claim.
    is_identified = models.BooleanField(default=False)
    # What it has signed, with its own name of the person under "sub"; the rest is in ``attributes`` too.
    signed: "models.JSONField[dict[str, str], Any]" = models.JSONField(default=dict, blank=True)
    language = models.CharField(max_length=35, blank=True)
    # A visitor session ends after 30 minutes without activity
    # (DG-21); engagements count once in each (LC-02).
    session_number = models.PositiveIntegerField(default=1)
    session_seen_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("visitor")
        verbose_name_plural = _("visitors")
        default_permissions = ()

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The visitor's name, else the e-mail address, else a number."""
        name = f"{self.attributes.get('first_name', '')} {self.attributes.get('last_name', '')}".strip()
        return name or self.attributes.get("email", "") or f"{_('Visitor')} #{self.pk}"
