"""The browsers that somebody is signed in with: noted, and signed out again (S9)."""

import uuid
from datetime import datetime

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from agents.devices import Client
from agents.errors import DeviceNotFound
from agents.models import Device, User


def note_device(*, user_id: int, session_key: str, client: Client, now: datetime | None = None) -> None:
    """Say that this session is in use, from where and by which browser. Repeatable; one statement."""
    now = now or timezone.now()
    row = Device(
        user_id=user_id,
        session_key=session_key,
        user_agent=client.user_agent,
        address=client.address,
        signed_in_at=now,
        seen_at=now,
    )
    Device.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["session_key"],
        update_fields=["user", "user_agent", "address", "seen_at"],
    )


@transaction.atomic
def sign_out_device(*, user: User, public_id: uuid.UUID, current_key: str) -> None:
    """End one of a person's other sessions; its sockets close at once (S9, R16).

    Raises DeviceNotFound for another person's, for one that is over, and for the one that asks.
    """
    own = Device.objects.filter(user=user, public_id=public_id).exclude(session_key=current_key)
    device = own.first()
    # Deleted one by one, so that the signal says whose it was.
    ended, _rows = Session.objects.filter(session_key=device.session_key).delete() if device else (0, {})
    if device is None or not ended:
        raise DeviceNotFound
    device.delete()


@transaction.atomic
def sign_out_others(*, user: User, current_key: str) -> int:
    """End every session of a person but this one, also those that no list shows; how many there were (S9)."""
    # Two browsers of one person that do this to each other at once come one after the other.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    running = Session.objects.filter(expire_date__gt=timezone.now()).exclude(session_key=current_key)
    # Whose it is stands only inside a session. A few milliseconds for each thousand, and rarely asked for.
    found = [row for row in running.iterator() if row.get_decoded().get(SESSION_KEY) == str(user.pk)]
    for session in found:
        session.delete()
    Device.objects.filter(user=user).exclude(session_key=current_key).delete()
    return len(found)


def forget_ended_devices() -> int:
    """Delete the rows of sessions that are over; return how many. Repeatable."""
    living = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=timezone.now())
    return Device.objects.filter(~Exists(living)).delete()[0]
