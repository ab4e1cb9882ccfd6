from __future__ import annotations

import pytest

from chat.streams import AnswerInvalid
from chat.streams.answers import email_answer, phone_answer, picklist_answer, text_answer, tidy


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ada \n", "Ada"),
        ("a\x00b\x07c", "abc"),
        ("one\ntwo\tthree", "one\ntwo\tthree"),
        ("lone \ud800 half", "lone  half"),
        ("👩‍💻 Zoë", "👩‍💻 Zoë"),
        (" \u00a0 ", ""),
    ],
)
def test_answer_is_kept_without_what_cannot_be_seen_or_stored(typed: str, kept: str) -> None:
    assert tidy(typed) == kept


def test_text_may_have_500_characters_and_no_more() -> None:
    assert text_answer("x" * 500) == "x" * 500
    with pytest.raises(AnswerInvalid, match="500") as refused:
        text_answer("x" * 501)
    assert (refused.value.code, refused.value.field) == ("answer_too_long", "value")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("ada@example.com", "ada@example.com"), ("Ada.L+x@EXAMPLE.Com", "Ada.L+x@example.com")],
)
def test_email_address_is_accepted_with_its_domain_in_small_letters(typed: str, stored: str) -> None:
    assert email_answer(typed) == stored


@pytest.mark.parametrize(
    "typed", ["ada", "ada@", "@example.com", "ada@example", "a b@example.com", "ada@ex..com", "<a@b.c>"]
)
def test_what_is_no_email_address_is_refused_with_a_reason(typed: str) -> None:
    with pytest.raises(AnswerInvalid, match="name@example") as refused:
        email_answer(typed)
    assert refused.value.code == "email_invalid"


def test_email_address_longer_than_mail_allows_is_refused() -> None:
    domain = ".".join(["d" * 60] * 4) + ".com"
    with pytest.raises(AnswerInvalid) as refused:
        email_answer(f"someone@{domain}")
    assert refused.value.code == "email_too_long"
    assert email_answer(f"a@{domain}") == f"a@{domain}"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("+41 79 123 45 67", "+41791234567"),
        ("0041 (0)79/123.45.67", "+41791234567"),
        ("+41 (0) 79 123 45 67", "+41791234567"),
        ("+1 (555) 010-9999", "+15550109999"),
        ("079 123 45 67", "0791234567"),
        ("(0)79 123 45 67", "0791234567"),
        ("555-010\u20139999", "5550109999"),
        ("\uff0b\uff14\uff11 79 123 45 67", "+41791234567"),
        ("+966 \u0665\u0660 123 4567", "+966501234567"),
    ],
)
def test_phone_number_of_any_country_is_accepted_and_stored_one_way(typed: str, stored: str) -> None:
    assert phone_answer(typed) == stored


@pytest.mark.parametrize(
    "typed",
    ["12345", "call me", "+", "00", "+1234567890123456", "079 123 45 6x", "++41791234567", "4179+1234567"],
)
def test_what_is_no_phone_number_is_refused_with_a_reason(typed: str) -> None:
    with pytest.raises(AnswerInvalid, match=r"\+41 79") as refused:
        phone_answer(typed)
    assert refused.value.code == "phone_invalid"


@pytest.mark.parametrize("typed", ["Straße", "STRASSE", "straße"])
def test_picked_option_is_stored_as_it_is_written(typed: str) -> None:
    assert picklist_answer(typed, ["Weg", " Straße "]) == "Straße"


@pytest.mark.parametrize("typed", ["", "We", "Weg, Straße"])
def test_what_is_not_in_the_list_is_refused(typed: str) -> None:
    with pytest.raises(AnswerInvalid) as refused:
        picklist_answer(typed, ["Weg", "Straße"])
    assert refused.value.code == "option_unknown"
