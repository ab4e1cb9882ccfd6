"""Beat's entries for the chat."""

from celery import shared_task

from chat.services import idle, lines, pages, presences


@shared_task
def settle_idle_chats() -> None:
    """Warn and end chats in which nobody writes (LC-31)."""
    idle.settle_idle_chats()


@shared_task
def forget_pages() -> None:
    """Delete page views older than 90 days (LC-39)."""
    pages.forget_pages()


@shared_task
def settle_lines() -> None:
    """Note which parties of live chats were cut off, and which are back (LC-57)."""
    lines.settle_lines()


@shared_task
def forget_visitor_presences() -> None:
    """Delete presences that ended long ago."""
    presences.forget_visitors()
