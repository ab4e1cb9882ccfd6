"""Which pages our visitors have looked at."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PageView(models.Model):
    """A page that a visitor whom we know came to; without query and fragment. Kept for 90 days (LC-39)."""

    visitor = models.ForeignKey("chat.Visitor", on_delete=models.CASCADE, related_name="page_views")
    url = models.CharField(max_length=2_000)
    title = models.CharField(max_length=300, blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("page seen")
        verbose_name_plural = _("pages seen")
        default_permissions = ()
        indexes = [
            # Readers: chat.selectors.history, chat.services.pages (a visitor's pages, newest first)
            models.Index(fields=["visitor", "-seen_at"], name="page_view_of_visitor"),
            # Reader: chat.services.pages.forget_pages
            models.Index(fields=["seen_at"], name="page_view_age"),
        ]

    def __str__(self) -> str:
        return self.url
