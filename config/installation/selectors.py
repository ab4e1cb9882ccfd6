"""Reading the installation's settings."""

from datetime import datetime, timedelta

from .models import Installation

FORMER_SECRET_LIVES = timedelta(days=1)


def get_installation(*, lock: bool = False) -> Installation:
    """Return the settings row, made with its defaults on first use.

    ``lock`` takes the row's lock until the transaction ends: what counts against a limit does that (LC-02).
    """
    rows = Installation.objects.select_for_update(no_key=True) if lock else Installation.objects.all()
    found = rows.filter(pk=1).first()
    if found is not None:
        return found
    Installation.objects.get_or_create(pk=1)
    return rows.get(pk=1)


def list_identity_secrets(installation: Installation, *, now: datetime) -> list[str]:
    """Return the secrets that a visitor's signed identity may be signed with: the one, and for a day after a
    new one was made the one before it, unless that was given up at once (S4).
    """
    former, changed_at = installation.former_identity_secret, installation.identity_secret_changed_at
    is_taken = bool(former) and changed_at is not None and now < changed_at + FORMER_SECRET_LIVES
    return [installation.identity_secret, former] if is_taken else [installation.identity_secret]
