"""Where the snippet has been seen working."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Sighting(models.Model):
    """A page of a customer's website that has loaded the snippet; proof for who installs it."""

    origin = models.CharField(max_length=300)
    path = models.CharField(max_length=500)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("page with the snippet")
        verbose_name_plural = _("pages with the snippet")
        ordering = ["-last_seen_at"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["origin", "path"], name="sighting_once_per_page"),
        ]

    def __str__(self) -> str:
        return f"{self.origin}{self.path}"
