"""Canned replies: what may be in one, whose it is, and who is offered it."""

from __future__ import annotations

from typing import Any

import pytest

from agents.models import User
from chat.models import CannedReply
from chat.selectors.canned import get_variables, list_offered_replies, list_replies_of
from chat.services.canned import MOST_OWN, ReplyInvalid, save_reply, set_approval
from tests.factories import AgentFactory

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-42")]


@pytest.fixture
def agent() -> User:
    user: User = AgentFactory()
    return user


def save(author: User, code: str = "price-list", **given: Any) -> CannedReply:
    words = {"title": "Prices", "text": "Hi {{visitor.first_name|there}}!", **given}
    return save_reply(author=author, code=code, **words)


def offered(user: User) -> list[str]:
    return [reply.code for reply in list_offered_replies(user=user)]


def test_own_reply_is_offered_to_nobody_else(agent: User) -> None:
    save(agent, "/Price-List ")
    assert offered(agent) == ["price-list"]
    colleague = AgentFactory()
    assert offered(colleague) == []
    assert not list_replies_of(colleague).exists()


def test_proposed_reply_is_everybodys_once_it_is_approved(agent: User) -> None:
    reply = save(agent, propose=True)
    colleague, boss = AgentFactory(), AgentFactory()
    assert (offered(agent), offered(colleague)) == (["price-list"], [])
    assert set_approval(ids=[reply.pk], approved=True, user=boss) == 1
    assert set_approval(ids=[reply.pk], approved=True, user=boss) == 0
    assert offered(colleague) == ["price-list"]
    assert CannedReply.objects.get().approved_by == boss
    set_approval(ids=[reply.pk], approved=False, user=boss)
    assert offered(colleague) == []
    assert CannedReply.objects.get().approved_by is None


def test_own_reply_hides_everybodys_of_the_same_code(agent: User, django_assert_num_queries: Any) -> None:
    CannedReply.objects.create(code="price-list", title="All", text="All", is_approved=True)
    save(agent)
    with django_assert_num_queries(1):
        (reply,) = list_offered_replies(user=agent)
    assert (reply.title, reply.is_own) == ("Prices", True)


def test_approval_is_for_the_library_only(agent: User) -> None:
    own = save(agent)
    assert set_approval(ids=[own.pk], approved=True, user=agent) == 0


def test_code_is_there_once_for_everybody_and_once_for_each_owner(agent: User) -> None:
    save(agent)
    save(agent, propose=True)
    save(AgentFactory())
    for propose in (False, True):
        with pytest.raises(ReplyInvalid) as refusal:
            save(agent, propose=propose)
        assert (refusal.value.code, refusal.value.field) == ("code_taken", "code")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", ""),
        ("code", "with space"),
        ("code", "-dash"),
        ("code", "x" * 41),
        ("code", "å"),
        ("title", " \u200b"),
        ("title", "x" * 101),
        ("text", ""),
        ("text", "\0"),
        ("text", "x" * 4_001),
        ("text", "Hi {{visitor.password}}"),
        ("text", "Hi {{}}"),
        ("text", "Hi {{visitor.__class__|x}}"),
        ("text", "Hi {{visitor.first_name"),
        ("text", "Hi visitor.first_name}}"),
        ("text", "{{visitor.first_name|{{agent.name}}}}"),
        ("text", "{% if x %}{{ settings }}"),
    ],
)
def test_unfit_reply_is_refused_by_its_field(agent: User, field: str, value: str) -> None:
    with pytest.raises(ReplyInvalid) as refusal:
        save(agent, **{field: value})
    assert refusal.value.field == field
    assert str(refusal.value)
    assert not CannedReply.objects.exists()


def test_every_variable_may_be_used_with_and_without_a_fallback(agent: User) -> None:
    text = " ".join(f"{{{{{name}}}}} {{{{ {name} | you, dear }}}}" for name in get_variables())
    assert save(agent, text=text).text == text


def test_nobody_fills_the_table_alone(agent: User) -> None:
    CannedReply.objects.bulk_create(
        CannedReply(owner=agent, code=f"c{n}", title="x", text="x") for n in range(MOST_OWN)
    )
    with pytest.raises(ReplyInvalid):
        save(agent)


def test_own_replies_go_with_the_account_and_the_librarys_stay(agent: User) -> None:
    save(agent)
    save(agent, propose=True)
    agent.delete()
    assert CannedReply.objects.get().proposed_by is None
