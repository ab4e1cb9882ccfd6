"""Beat's entries for the chat."""

from celery import shared_task

from chat.services import idle, pages


@shared_task
def settle_idle_chats() -> None:
    """Warn and end chats in which nobody writes (LC-31)."""
    idle.settle_idle_chats()


@shared_task
def forget_pages() -> None:
    """Delete page views older than 90 days (LC-39)."""
    pages.forget_pages()
