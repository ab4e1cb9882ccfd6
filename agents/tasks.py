"""What the clock does to agents."""

from celery import shared_task

from .services import availability, presence, sign_ins


@shared_task
def end_due_overrides() -> None:
    """Clear availability overrides whose time is over (LC-12)."""
    availability.end_due_overrides()


@shared_task
def forget_stale_presences() -> None:
    """Delete presences that ended long ago (LC-13)."""
    presence.forget_stale()


@shared_task
def clear_expired_sign_ins() -> None:
    """Delete sessions that have ended and old records of attempts to sign in."""
    sign_ins.clear_expired_sign_ins()
