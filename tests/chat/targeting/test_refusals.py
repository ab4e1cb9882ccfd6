"""A pattern that can't match is refused at once, with its line and in words."""

from __future__ import annotations

import pytest

from chat.targeting import TargetsInvalid, parse_target, parse_targets
from chat.targeting.parsing import MAX_ERRORS, MAX_LINES

pytestmark = pytest.mark.req("DG-08")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/prices", "begin with the website"),
        ("prices/*", "begin with the website"),
        ("ftp://website.com/*", "begins with http:// or https://"),
        ("htps://website.com", "begins with http:// or https://"),
        ("mailto:ann@website.com", "begins with http:// or https://"),
        ("javascript:alert(1)", "begins with http:// or https://"),
        ("http:website.com", "begins with http:// or https://"),
        ("https://", "write a whole address"),
        ("https:///prices", "write a whole address"),
        ("https://website.com https://website.de", "no address has spaces"),
        ("https://web\u00a0site.com", "no address has spaces"),
        ("https://website.com/\x00", "no address has spaces"),
        ("https://website..com", "“website..com” can't be the name"),
        ("https://.website.com", "“.website.com” can't be the name"),
        ("https://web,site.com", "“web,site.com” can't be the name"),
        ("https://" + "a" * 64 + ".com", "can't be the name"),
        ("https://" + "a." * 140 + "com", "can't be the name"),
        ("https://ann:secret@website.com", "no @"),
        ("https://website.com:0", "a number from 1 to 65535"),
        ("https://website.com:65536", "a number from 1 to 65535"),
        ("https://website.com:*", "a number from 1 to 65535"),
        ("https://website.com/a/../b", "/../"),
        ("https://website.com/a/%2E%2e/b", "/../"),
        ("https://website.com\\prices", "write / in place of"),
        ("https://website.com/#/prices", "isn't looked at"),
        ("https://website.com/#!prices", "isn't looked at"),
        ("https://website.com/" + "a" * 2_000, "longer than 2000 characters"),
    ],
)
def test_line_that_no_page_can_match_is_refused(line: str, words: str) -> None:
    with pytest.raises(TargetsInvalid) as refusal:
        parse_targets(f"https://website.com\n\n{line}", field="target_include")
    assert words in str(refusal.value)
    assert str(refusal.value).startswith("Line 3: ")
    assert refusal.value.field == "target_include"
    assert [error.line for error in refusal.value.errors] == [3]


def test_every_wrong_line_is_named_up_to_a_limit() -> None:
    with pytest.raises(TargetsInvalid) as refusal:
        parse_targets("\n".join(["/prices", "https://website.com", "/jobs"]))
    assert [error.line for error in refusal.value.errors] == [1, 3]
    with pytest.raises(TargetsInvalid) as many:
        parse_targets("/prices\n" * 50)
    assert len(many.value.errors) == MAX_ERRORS


def test_too_many_lines_are_refused_and_repetitions_are_none() -> None:
    assert len(parse_targets("https://website.com\n" * 1_000)) == 1
    lines = [f"https://website.com/{number}" for number in range(MAX_LINES + 1)]
    assert len(parse_targets("\n".join(lines[:-1]))) == MAX_LINES
    with pytest.raises(TargetsInvalid, match=f"at most {MAX_LINES}"):
        parse_targets("\n".join(lines))


@pytest.mark.parametrize(
    ("include", "exclude"),
    [
        ("https://website.com/prices", "https://website.com/prices/"),
        ("https://website.com/prices/*", "https://*.website.com"),
        ("https://de.website.com/*", "https://*.website.com/*"),
        ("https://website.com:8443/a", "*"),
    ],
)
def test_line_of_which_the_exclusions_leave_nothing_is_refused(include: str, exclude: str) -> None:
    with pytest.raises(TargetsInvalid, match=r"Line 2: “.*” excludes all of it") as refusal:
        parse_target(
            f"https://other.example\n{include}",
            f"https://other.example/jobs\n{exclude}".replace("https://other.example/jobs\n*", "*.com/*"),
            include_field="target_include",
            exclude_field="target_exclude",
        )
    assert refusal.value.field == "target_include"


def test_line_of_which_something_is_left_is_taken() -> None:
    assert parse_target("https://website.com/*", "https://website.com/a*\nhttps://website.com:8443/*")


def test_wrong_exclusion_names_its_own_field() -> None:
    with pytest.raises(TargetsInvalid) as refusal:
        parse_target("https://website.com", "/jobs", include_field="a", exclude_field="b")
    assert refusal.value.field == "b"
