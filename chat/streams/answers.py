"""What visitors type into an information capture: made storable, or refused with a reason (dialogues, C).

Each function takes the answer as typed and returns it as stored,
or raises `AnswerInvalid` with a sentence for the visitor.
"""

import re
import unicodedata
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from chat.streams.errors import AnswerInvalid
from config.lib.texts import is_blank, without_bidi_controls

TEXT_LIMIT = 500
EMAIL_LIMIT = 254
_PHONE_WRITING = re.compile(r"[\s().\-/\u2010-\u2015]+")
_PHONE = re.compile(r"\+?[0-9]{6,15}")


def tidy(answer: str) -> str:
    """The answer without blanks around it and without signs nobody can see or the database can't keep."""
    kept = "".join(
        sign for sign in answer if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs")
    )
    return "" if is_blank(kept) else without_bidi_controls(kept).strip()


def text_answer(answer: str) -> str:
    """Free text, at most 500 characters."""
    if len(answer) > TEXT_LIMIT:
        raise AnswerInvalid(
            _("That is too long: please use at most %(limit)d characters."),
            code="answer_too_long",
            params={"limit": TEXT_LIMIT},
        )
    return answer


def email_answer(answer: str) -> str:
    """An e-mail address; its domain in small letters, so that one address is stored in one way."""
    try:
        validate_email(answer)
    except ValidationError:
        raise AnswerInvalid(
            _("That doesn't look like an e-mail address. Please write it like name@example.com."),
            code="email_invalid",
        ) from None
    if len(answer) > EMAIL_LIMIT:
        raise AnswerInvalid(_("That e-mail address is too long. Please check it."), code="email_too_long")
    name, _at, domain = answer.rpartition("@")
    return f"{name}@{domain.lower()}"


def phone_answer(answer: str) -> str:
    """A phone number of any country: digits, with a leading + where the country is given.

    "+41 79 123 45 67" and "0041 (0)79/123.45.67" are both
    +41791234567. Without a country the digits stay as typed.
    """
    number = unicodedata.normalize("NFKC", answer).strip()
    if number.startswith(("+", "00")):
        number = number.replace("(0)", "")
    number = _ascii_digits(_PHONE_WRITING.sub("", number))
    if number.startswith("00"):
        number = f"+{number[2:]}"
    if not _PHONE.fullmatch(number):
        raise AnswerInvalid(
            _("That doesn't look like a phone number. Please write it like +41 79 123 45 67."),
            code="phone_invalid",
        )
    return number


def picklist_answer(answer: str, options: Sequence[str]) -> str:
    """The option that was picked, as it is written in the card; how it was typed doesn't matter."""
    wanted = answer.casefold()
    for option in options:
        if option.strip().casefold() == wanted:
            return option.strip()
    raise AnswerInvalid(_("Please choose one of the options."), code="option_unknown")


def _ascii_digits(number: str) -> str:
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in number)
