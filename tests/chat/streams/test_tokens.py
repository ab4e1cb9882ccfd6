from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.streams.tokens import attribute_name, has_malformed_token, render
from tests.chat.streams.builders import UNHURRIED

pytestmark = pytest.mark.req("DG-11")

KNOWN = {
    "first_name": "Ada",
    "company_name": "Engines",
    "planName": "Gold",
    "plan_name": "Silver",
    "blank": "  ",
}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('Hi {{lead.firstName:"there"}}!', "Hi Ada!"),
        ('Hi {{first_name:"there"}}!', "Hi Ada!"),
        ("Hi {{first_name}}!", "Hi Ada!"),
        ('{{ first_name : "there" }}', "Ada"),
        ('{{company.name:"?"}} {{lead.companyName}}', "Engines Engines"),
        ('Hi {{nick:"there"}}!', "Hi there!"),
        ("Hi {{nick}}!", "Hi !"),
        ('Hi {{blank:"there"}}!', "Hi there!"),
        ('{{nick:""}}', ""),
        ("{{planName}} {{plan_name}}", "Gold Silver"),
        ("no token { here } {}", "no token { here } {}"),
        ('{{nick:"a {curly} & <b>default</b>"}}', "a {curly} & <b>default</b>"),
    ],
)
def test_token_becomes_what_is_known_or_its_default(text: str, shown: str) -> None:
    assert render(text, KNOWN) == shown


@pytest.mark.parametrize(
    "text", ["{{}}", "{{1st}}", "{{first name}}", "{{a:b}}", '{{a:"b}}', "{{a", "a}}", '{{a "b"}}']
)
def test_malformed_token_is_left_as_written_and_noticed(text: str) -> None:
    assert render(f"Hi {text}!", {"a": "x"}) == f"Hi {text}!"
    assert has_malformed_token(text)


@pytest.mark.parametrize("text", ["plain", '{{a:"{b}"}}', "{{a}} and {{b.c}}", "{single}"])
def test_well_formed_text_is_not_noticed(text: str) -> None:
    assert not has_malformed_token(text)


def test_value_is_inserted_literally_and_never_read_as_a_token() -> None:
    hostile = {"first_name": r'{{email:"x"}} \g<name> <script>', "email": "ada@example.com"}
    assert render("{{first_name}}", hostile) == hostile["first_name"]


@pytest.mark.parametrize(
    ("name", "stored"),
    [("lead.firstName", "first_name"), ("email", "email"), ("company.name", "company_name")],
)
def test_token_names_the_stored_attribute(name: str, stored: str) -> None:
    assert attribute_name(name) == stored


@UNHURRIED
@given(st.text(max_size=200), st.dictionaries(st.text(max_size=5), st.text(max_size=5)))
def test_any_text_with_any_attributes_is_rendered(text: str, attributes: dict[str, str]) -> None:
    shown = render(text, attributes)
    if "{{" not in text:
        assert shown == text
