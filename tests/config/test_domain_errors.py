from __future__ import annotations

import copy
import pickle

import pytest
from django.utils.functional import lazy

from config.lib.errors import ConflictError, DomainError, InvalidInput, NotAllowed, NotFound

pytestmark = pytest.mark.req("LC-51")


class SeatTaken(ConflictError):
    code = "seat_taken"
    message = "All %(limit)s seats are taken."


def test_error_says_its_sentence_and_carries_its_code() -> None:
    error = SeatTaken(params={"limit": 10}, field="seat")
    assert (str(error), error.code, error.field) == ("All 10 seats are taken.", "seat_taken", "seat")
    assert str(error.message) == "All 10 seats are taken."


def test_error_raised_with_its_own_words_keeps_the_class_untouched() -> None:
    error = InvalidInput("Too long.", code="too_long", field="text")
    assert (str(error), error.code, error.field) == ("Too long.", "too_long", "text")
    assert InvalidInput.code == "invalid_input"
    assert str(InvalidInput()) == str(InvalidInput.message) != "Too long."


def test_percent_sign_without_params_stays_as_written() -> None:
    assert str(InvalidInput("90 % is reached")) == "90 % is reached"


def test_sentence_follows_the_language_active_when_read() -> None:
    language = {"now": "%(n)s seats"}
    error = DomainError(lazy(lambda: language["now"], str)(), params={"n": 3})
    assert str(error) == "3 seats"
    language["now"] = "%(n)s platser"
    assert str(error) == "3 platser"


@pytest.mark.parametrize("kind", [InvalidInput, NotAllowed, NotFound, ConflictError])
def test_every_kind_is_a_domain_error_with_a_code_and_a_sentence(kind: type[DomainError]) -> None:
    error = kind()
    assert isinstance(error, DomainError)
    assert error.code != DomainError.code
    assert str(error).endswith(".")
    assert error.field is None


def test_repr_names_code_and_field_but_quotes_no_text() -> None:
    error = InvalidInput("“hanna@example.com” is blocked.", field="email")
    assert repr(error) == "InvalidInput(code='invalid_input', field='email')"


@pytest.mark.parametrize(
    "error",
    [SeatTaken(params={"limit": 10}, field="seat"), InvalidInput("Too long.", code="too_long"), NotFound()],
)
def test_error_survives_pickling_and_copying(error: DomainError) -> None:
    unpickled = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    for twin in (unpickled, copy.copy(error)):
        assert (str(twin), twin.code, twin.field) == (str(error), error.code, error.field)
