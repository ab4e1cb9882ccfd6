"""What can be refused, in words for people and a code for machines.

A service raises the most specific subclass; each interface maps the four general kinds once:
`InvalidInput` (HTTP 400), `NotAllowed` (403), `NotFound` (404), `ConflictError` (409).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def _fill(sentence: StrOrPromise, params: Mapping[str, object]) -> str:
    return str(sentence) % params


# Filled when read, not when raised: the reader's language may differ from the raiser's.
_fill_lazily = lazy(_fill, str)


class DomainError(Exception):
    """Something the product refuses to do; `str()` is its sentence, in the language active when read.

    Subclasses set `code` and `message`; a raiser may give either for the occasion. `params` fill `%(name)s`
    in the sentence. `field` names the form field or frame member concerned (LC-51), where there is one.
    """

    code: str = "error"
    message: StrOrPromise = _("This didn't work. Please try again.")

    def __init__(
        self,
        message: StrOrPromise | None = None,
        *,
        code: str | None = None,
        field: str | None = None,
        params: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__()
        self.code = code or type(self).code
        self.field = field
        self.params = dict(params or {})
        sentence = type(self).message if message is None else message
        self.message = _fill_lazily(sentence, self.params) if self.params else sentence

    def __str__(self) -> str:
        return str(self.message)

    def __repr__(self) -> str:
        # The code only: a repr ends up in logs, and the sentence may quote what a visitor wrote.
        return f"{type(self).__name__}(code={self.code!r}, field={self.field!r})"


class InvalidInput(DomainError):
    """What was sent can't be understood or breaks a rule; sending it again unchanged will fail again."""

    code = "invalid_input"
    message: StrOrPromise = _("Please check what you entered.")


class NotAllowed(DomainError):
    """The person may not do this."""

    code = "not_allowed"
    message: StrOrPromise = _("You don't have permission to do this. Ask an administrator if you need it.")


class NotFound(DomainError):
    """The thing doesn't exist, or not for this person."""

    code = "not_found"
    message: StrOrPromise = _("This doesn't exist, or is no longer here.")


class ConflictError(DomainError):
    """The request was fine, but the state has moved on or someone else was first."""

    code = "conflict"
    message: StrOrPromise = _(
        "Something changed in the meantime. Please look again and retry if you still want to."
    )
