"""Profile pictures."""

import secrets

from django.core.files.base import ContentFile
from django.db import transaction

from agents.models import User
from config.lib.pictures import reencode_avatar


def set_avatar(*, user: User, data: bytes) -> None:
    """Give the user this picture, re-encoded and square (LC-08). Raises what `reencode_avatar` refuses.

    The old file is kept under its own name: the chats that began with it go on showing it.
    """
    picture = ContentFile(reencode_avatar(data))
    with transaction.atomic():
        user.avatar.save(f"{secrets.token_hex(16)}.webp", picture, save=False)
        user.save(update_fields=["avatar"])


def remove_avatar(*, user: User) -> None:
    """Leave the user without a picture; the file is kept as above (LC-08)."""
    user.avatar = ""
    user.save(update_fields=["avatar"])
