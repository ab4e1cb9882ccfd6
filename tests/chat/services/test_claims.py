"""What a page says of its visitor: attributes of its script, and an identity signed by its server."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import jwt
import pytest

from chat.errors import AttributesTooMany, AttributeUnfit, IdentityInvalid
from chat.events import VisitorChanged
from chat.models import Lead, Visitor
from chat.protocol.visitor import Hello
from chat.services.arrivals import receive_visitor
from chat.services.claims import Claims, note_claims, pick_key, read_attributes, read_claims, read_identity
from chat.services.leads import MOST_KEPT
from chat.services.visitors import find_visitor
from config.installation.models import Installation
from config.installation.selectors import get_installation
from config.lib.errors import DomainError
from tests.agents.conftest import Hear
from tests.chat.services.talking import answer, greet, make_dialogue, shown
from tests.factories import NOW, VisitorFactory
from tests.stage import at

pytestmark = pytest.mark.django_db


def sign(secret: str = "", *, algorithm: str = "HS256", **claims: Any) -> str:
    payload = {"sub": "42", "exp": int(at(600).timestamp()), **claims}
    given = {name: value for name, value in payload.items() if value is not None}
    return jwt.encode(given, secret or get_installation().identity_secret, algorithm=algorithm)


def unsigned(**claims: Any) -> str:
    """A token that says of itself that nobody has signed it."""
    parts = [{"alg": "none", "typ": "JWT"}, {"sub": "42", "exp": int(at(600).timestamp()), **claims}]
    written = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*written, ""])


def identify(key: str = "vera", **claims: Any) -> None:
    read = Claims(signed=read_identity(sign(**claims), now=NOW))
    visitor = find_visitor(key)
    assert visitor is not None
    note_claims(visitor_id=visitor.pk, claims=read)


@pytest.mark.req("DG-19", "DG-16")
def test_signed_identity_is_read() -> None:
    token = sign(email="Ada@Fleet.Example", attributes={"plan": "pro"})
    assert read_identity(token, now=NOW) == {"sub": "42", "email": "Ada@fleet.example", "plan": "pro"}


@pytest.mark.req("DG-19")
@pytest.mark.parametrize(
    "claims",
    [
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 201},
        {"exp": None},
        {"exp": int(at(-120).timestamp())},
        {"exp": int(at(3_700).timestamp())},
        {"exp": "soon"},
        {"exp": True},
        {"email": 5},
        {"attributes": ["plan"]},
        {"attributes": {"plan": 5}},
        {"attributes": {"sub": "43"}},
    ],
    ids=str,
)
def test_token_that_says_too_little_or_too_much_is_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(IdentityInvalid):
        read_identity(sign(**claims), now=NOW)


@pytest.mark.req("DG-19")
def test_token_of_another_secret_another_way_or_no_way_is_refused() -> None:
    secret = get_installation().identity_secret
    forged = [
        sign("x" * 64),
        sign(algorithm="HS384"),
        unsigned(),
        sign()[:-2],
        "",
        "a.b.c",
        "å" * 50,
        "x" * 4000,
    ]
    for token in forged:
        with pytest.raises(IdentityInvalid):
            read_identity(token, now=NOW)
    good = sign()
    Installation.objects.update(identity_secret=secret[::-1])
    with pytest.raises(IdentityInvalid):
        read_identity(good, now=NOW)


@pytest.mark.req("DG-19")
def test_attributes_are_kept_as_text_without_what_turns_it_over() -> None:
    given = {"plan": " pro\u202e ", "email": "ada@FLEET.example", "note": "a\0b", "gone": ""}
    assert read_attributes(given) == {"plan": "pro", "email": "ada@fleet.example", "note": "ab", "gone": ""}


@pytest.mark.req("DG-19")
@pytest.mark.parametrize(
    "name", ["", "9lives", "with space", "a" * 41, "é", "__proto__", "a.b", "a\0", "constructor()"]
)
def test_attribute_with_another_name_is_refused_and_named(name: str) -> None:
    with pytest.raises(AttributeUnfit) as refused:
        read_attributes({name: "x"})
    assert refused.value.field == name.replace("\0", "")[:40]


@pytest.mark.req("DG-19")
def test_too_many_or_too_long_attributes_are_refused() -> None:
    with pytest.raises(AttributesTooMany):
        read_attributes({f"a{n}": "x" for n in range(51)})
    with pytest.raises(AttributeUnfit):
        read_attributes({"plan": "x" * 501})
    with pytest.raises(DomainError):
        read_attributes({"email": "nobody"})
    assert len(read_attributes({f"a{n}": "x" * 500 for n in range(50)})) == 50


@pytest.mark.req("DG-19")
def test_one_bad_claim_leaves_the_others_alone() -> None:
    claims, refusals = read_claims({"bad name": "x"}, sign(), now=NOW)
    assert (claims.attributes, claims.signed) == ({}, {"sub": "42"})
    assert [refusal.code for refusal in refusals] == ["attribute_unfit"]


@pytest.mark.req("DG-19", "LC-39")
def test_claims_are_stored_with_the_visitor_and_only_signed_ones_identify(hear: Hear) -> None:
    visitor = VisitorFactory(attributes={"first_name": "Vera", "plan": "free"})
    with hear(VisitorChanged) as changes:
        note_claims(visitor_id=visitor.pk, claims=Claims({"plan": "pro", "first_name": ""}))
        visitor.refresh_from_db()
        assert (visitor.attributes, visitor.is_identified) == ({"plan": "pro"}, False)
        note_claims(visitor_id=visitor.pk, claims=Claims(signed={"sub": "42", "email": "ada@fleet.example"}))
        note_claims(visitor_id=visitor.pk, claims=Claims({"plan": "pro"}))
    visitor.refresh_from_db()
    assert visitor.attributes == {"plan": "pro", "email": "ada@fleet.example"}
    assert (visitor.is_identified, visitor.signed["sub"]) == (True, "42")
    assert changes == [VisitorChanged(visitor.pk)] * 2


@pytest.mark.req("DG-19")
def test_script_that_makes_up_names_for_ever_fills_no_row() -> None:
    visitor = VisitorFactory(attributes={"plan": "free"})
    for batch in range(10):
        made_up = {f"a{batch}_{number}": "x" for number in range(50)}
        note_claims(visitor_id=visitor.pk, claims=Claims({**made_up, "plan": str(batch)}))
    note_claims(visitor_id=visitor.pk, claims=Claims(signed={"sub": "42", "email": "ada@fleet.example"}))
    visitor.refresh_from_db()
    assert len(visitor.attributes) == MOST_KEPT + 1
    assert (visitor.attributes["plan"], visitor.attributes["email"]) == ("9", "ada@fleet.example")


@pytest.mark.req("DG-19", "DG-09")
def test_address_that_a_page_says_makes_the_visitor_the_lead_who_has_it() -> None:
    lead = Lead.objects.create(email="ada@fleet.example", attributes={"company": "Fleet"})
    visitor = VisitorFactory(attributes={})
    note_claims(visitor_id=visitor.pk, claims=Claims(signed={"sub": "42", "email": "Ada@fleet.example"}))
    visitor.refresh_from_db()
    assert visitor.lead == lead
    assert visitor.attributes == {"email": "Ada@fleet.example"}


@pytest.mark.req("DG-19")
def test_of_nobody_nothing_is_kept() -> None:
    note_claims(visitor_id=0, claims=Claims({"plan": "pro"}))
    assert not Visitor.objects.exists()


@pytest.mark.req("DG-19", "DL-10")
def test_next_person_at_a_shared_computer_gets_nothing_of_the_one_before() -> None:
    make_dialogue()
    answer(shown(greet()), "yes")
    identify()
    same, other = Claims(signed={"sub": "42"}), Claims(signed={"sub": "43"})
    assert pick_key("vera", same) == pick_key("vera", Claims()) == "vera"
    assert pick_key("nobody", other) == "nobody"
    fresh = pick_key("vera", other)
    assert len(fresh) >= 43
    assert greet(key=fresh, show=False).visitor is None


@pytest.mark.req("DG-19", "DG-03")
def test_hello_brings_its_claims_to_the_visitor_that_it_makes() -> None:
    make_dialogue()
    hello = Hello(
        protocol=1, attributes={"plan": "pro", "bad name": "x"}, identity=sign(email="ada@fleet.example")
    )
    arrival = receive_visitor(key="ada", hello=hello, now=NOW)
    assert [refusal.code for refusal in arrival.refusals] == ["attribute_unfit"]
    assert arrival.greeting.visitor is not None
    assert arrival.greeting.visitor.signed == {"sub": "42", "email": "ada@fleet.example"}
    assert arrival.greeting.conversation is not None


@pytest.mark.req("DG-19")
def test_the_clock_may_be_a_minute_off() -> None:
    just = int((NOW - timedelta(seconds=30)).timestamp())
    assert read_identity(sign(exp=just), now=NOW)["sub"] == "42"
