"""Beat's entries for routing; each is one sweep."""

from celery import shared_task

from routing.services import timers


@shared_task
def settle_offers() -> None:
    """Expire and withdraw offers (LC-22, LC-24)."""
    timers.settle_offers()


@shared_task
def route_waiting() -> None:
    """Route what was left unrouted."""
    timers.route_waiting()


@shared_task
def release_lost_agents() -> None:
    """Pass on what agents without access still hold (LC-07)."""
    timers.release_lost_agents()
