"""Files: documents that a dialogue shows, and what visitors and agents send each other."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from config.lib.storage import get_private_storage


class Document(models.Model):
    """A PDF that Document cards show in the widget."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=100, unique=True)
    file = models.FileField(_("file"), upload_to="documents/", max_length=200)
    size = models.PositiveIntegerField(_("bytes"), editable=False, default=0)
    pages = models.PositiveIntegerField(_("pages"), editable=False, default=0)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["name"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class DocumentReading(models.Model):
    """What one visitor did with the document of one card: opened it, read up to a page, downloaded it."""

    conversation = models.ForeignKey("chat.Conversation", on_delete=models.CASCADE, related_name="readings")
    card_id = models.CharField(max_length=120)
    document = models.ForeignKey(Document, null=True, on_delete=models.SET_NULL, related_name="readings")
    name = models.CharField(max_length=100)
    opened_at = models.DateTimeField(null=True)
    furthest_page = models.PositiveIntegerField(default=0)
    downloaded_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("document read")
        verbose_name_plural = _("documents read")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["conversation", "card_id"], name="reading_once_per_card"),
        ]

    def __str__(self) -> str:
        return self.name


class Attachment(models.Model):
    """An image or a PDF in a chat, for its two parties only (LC-35). The message that shows it has its id."""

    class Author(models.TextChoices):
        VISITOR = "visitor", _("Visitor")
        AGENT = "agent", _("Agent")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    conversation = models.ForeignKey(
        "chat.Conversation", on_delete=models.CASCADE, related_name="attachments"
    )
    author = models.CharField(max_length=10, choices=Author)
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    client_id = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    file = models.FileField(storage=get_private_storage, upload_to="attachments/%Y/%m/", max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "author", "client_id"], name="attachment_client_id_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name
