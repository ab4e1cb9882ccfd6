"""A person's own password."""

from django.db import transaction

from agents.models import User


@transaction.atomic
def change_password(*, user: User, password: str) -> None:
    """Set a password. Every session of before is over with it, and its sockets close at once (S9, R16)."""
    user.set_password(password)
    # The signal of this says so to everybody concerned.
    user.save(update_fields=["password"])
