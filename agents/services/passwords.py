"""A person's own password."""

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import authenticate
from django.db import transaction
from django.http import HttpRequest

from agents.errors import TooManyGuesses
from agents.models import User


@transaction.atomic
def change_password(*, user: User, password: str) -> None:
    """Set a password. Every session of before is over with it, and its sockets close at once (S9, R16)."""
    user.set_password(password)
    # The signal of this says so to everybody concerned.
    user.save(update_fields=["password"])


def check_password(*, user: User, password: str, request: HttpRequest) -> bool:
    """Say whether this is the person's password; a wrong one counts as a failed sign-in from this address.

    Whoever finds a browser that is signed in has no more guesses than a stranger (S9). Raises
    ``TooManyGuesses``, also for the right one.
    """
    found = authenticate(request, username=user.get_username(), password=password)
    if getattr(request, "axes_locked_out", False):
        # The lock's own page would be in place of the form, for people who are signed in.
        request.axes_locked_out = False  # type: ignore[attr-defined]
        raise TooManyGuesses
    if found is None:
        return False
    AxesProxyHandler.reset_attempts(username=user.get_username(), ip_address=request.META.get("REMOTE_ADDR"))
    return found.pk == user.pk
