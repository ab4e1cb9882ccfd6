"""What can be wrong with a stream as it was written, or with a visitor's answer to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from config.lib.errors import ConflictError, InvalidInput

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class StreamInvalid(InvalidInput):
    """The stream can't be read at all. `card_id` and `field` say where, as far as it is known."""

    code = "stream_invalid"
    message = _("This is not a stream of cards.")

    def __init__(
        self,
        message: StrOrPromise | None = None,
        *,
        code: str | None = None,
        card_id: str | None = None,
        field: str | None = None,
        params: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message, code=code, field=field, params=params)
        self.card_id = card_id


class AnswerInvalid(InvalidInput):
    """The visitor's answer doesn't fit the card; the sentence is for the visitor, who is asked again."""

    code = "answer_invalid"
    message = _("Please check your answer.")

    def __init__(
        self,
        message: StrOrPromise | None = None,
        *,
        code: str | None = None,
        field: str | None = "value",
        params: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message, code=code, field=field, params=params)


class AnswerLate(ConflictError):
    """The conversation no longer waits at this card (answered in another tab, or sent twice)."""

    code = "answer_late"
    message = _("This was answered already.")


class AnswerMisplaced(ConflictError):
    """The answer is for a card that is not in the stream, or that asks nothing."""

    code = "answer_misplaced"
    message = _("There is no question to answer here.")
