"""Mail of the embedded mode: printed, and kept as files under ``DATA_DIR/mail``."""

from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.console import EmailBackend as ConsoleBackend
from django.core.mail.backends.filebased import EmailBackend as FileBackend


class ConsoleAndFileBackend(BaseEmailBackend):
    """Nothing leaves the machine."""

    def __init__(self, fail_silently: bool = False, **options: Any) -> None:
        super().__init__(fail_silently=fail_silently)
        self._backends = (
            FileBackend(fail_silently=fail_silently, **options),
            ConsoleBackend(fail_silently=fail_silently),
        )

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for backend in self._backends:
            backend.send_messages(list(email_messages))
        return len(email_messages)
