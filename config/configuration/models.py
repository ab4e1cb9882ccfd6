"""A configuration file between the page that shows what it changes, and the yes to that."""

import uuid

from django.conf import settings
from django.db import models


class Upload(models.Model):
    """A file as somebody has uploaded it: the yes brings its id, so that what is imported is what was shown.

    It is kept until then, at most for an hour, and only its own person gets at it.
    """

    public_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    content = models.BinaryField()
    prune = models.BooleanField(default=False)
    uploaded_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.public_id)
