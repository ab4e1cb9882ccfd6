"""What is written about the installation, beside its forms."""

import hashlib
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction

from config.lib.pictures import reencode_square

from .models import Installation, make_secret
from .selectors import get_installation

DIGEST_CHARACTERS = 32


def set_chatbot_avatar(*, data: bytes) -> None:
    """Give the chatbot this picture, re-encoded (DG-17). Raises what `reencode_square` refuses.

    Its address tells its content, so it is cached for ever; the one before is kept for pages that are open.
    """
    picture = reencode_square(data)
    name = f"widget/{hashlib.sha256(picture).hexdigest()[:DIGEST_CHARACTERS]}.webp"
    storage = Installation._meta.get_field("avatar").storage
    if not storage.exists(name):
        storage.save(name, ContentFile(picture))
    _save_avatar(name)


def remove_chatbot_avatar() -> None:
    """Leave the chatbot without a picture; the file is kept as above (DG-17)."""
    _save_avatar("")


def _save_avatar(name: str) -> None:
    with transaction.atomic():
        installation = get_installation(lock=True)
        installation.avatar = name
        installation.save(update_fields=["avatar"])


def rotate_identity_secret(*, now: datetime, keep_former: bool) -> None:
    """Make a new secret for visitors' signed identities (DG-19). ``keep_former``: the one before is still
    taken for a day, for a website that has to change over; without it, it counts no more from now on (S4).
    """
    with transaction.atomic():
        installation = get_installation(lock=True)
        installation.former_identity_secret = installation.identity_secret if keep_former else ""
        installation.identity_secret = make_secret()
        installation.identity_secret_changed_at = now
        installation.save(
            update_fields=["identity_secret", "former_identity_secret", "identity_secret_changed_at"]
        )
