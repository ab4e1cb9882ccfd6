"""What a token opens: the visitor's own chat, and nothing of anybody else's (S4, S6)."""

from __future__ import annotations

import pytest

from chat.models import Conversation, LiveChat
from tests.matrix.people import STRANGER, SUPERUSER, Party
from tests.matrix.scene import CANARY, Scene, make_chat
from tests.matrix.visitor_rows import VISITOR_PAGES, Named, VisitorRow
from tests.scenes import get_token

pytestmark = pytest.mark.req("DL-10", "LC-35", "LC-40")


def name(conversation: Conversation) -> Named:
    return Named(conversation.public_id, conversation.attachments.get().public_id)


def ask(
    scene: Scene, row: VisitorRow, named: Named, token: str, party: Party = STRANGER
) -> tuple[int, bytes, list[str]]:
    """Status, content, and what was written."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    scene.session(party)
    with scene.undone() as written:
        answer = scene.ask(row.method, row.url(named), party, row.data(named) or "", **headers)
        return answer.status_code, answer.getvalue(), written


@pytest.mark.parametrize("key", VISITOR_PAGES)
def test_a_token_opens_its_own_chat_alone(scene: Scene, key: str) -> None:
    row = VISITOR_PAGES[key]
    own = make_chat(scene.user(SUPERUSER), LiveChat.Status.ACTIVE, "Hello").conversation
    others = scene.chat_of_colleague().conversation
    token = get_token(own.visitor)
    assert ask(scene, row, name(own), token)[0] == row.own
    of_others, missing = ask(scene, row, name(others), token), ask(scene, row, Named(), token)
    assert of_others == missing
    assert (missing[0], missing[2]) == (404, [])


@pytest.mark.parametrize("key", VISITOR_PAGES)
def test_without_a_token_nobody_gets_anything_not_even_a_superuser(scene: Scene, key: str) -> None:
    row, others = VISITOR_PAGES[key], name(scene.chat_of_colleague().conversation)
    made_up = "a" * 43
    for token, party in (("", STRANGER), (made_up, STRANGER), ("", SUPERUSER), (made_up, SUPERUSER)):
        status, content, written = ask(scene, row, others, token, party)
        assert (status, written) == (401, [])
        assert CANARY.encode() not in content
    wrong = VisitorRow({"GET": "POST", "POST": "GET"}[row.method], row.url, own=405)
    assert ask(scene, wrong, others, "")[0] == 405
