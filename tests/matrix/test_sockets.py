"""Who may open each socket, and what answers in front of Django: an address without a row fails."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from channels.routing import URLRouter
from channels.testing import HttpCommunicator
from django.conf import settings

from agents.models import User
from agents.services.profiles import setup_profiles
from chat.delivery.close_codes import CloseCode
from chat.designer.consumers import PreviewSocket
from chat.models import Conversation, LiveChat, Message, Visitor
from chat.polling.app import PATH
from chat.protocol import visitor
from chat.protocol.examples import EXAMPLES
from config.asgi import application
from tests.chat.sockets.tabs import HOST, SHOP, Tab, run
from tests.factories import DialogueFactory
from tests.matrix.people import ANYBODY, EVERYBODY, Party, Who, list_beside, may
from tests.matrix.scene import make_user
from tests.scenes import set_up, sign_in

pytestmark = pytest.mark.req("DL-10", "LC-05", "LC-06")

DIALOGUES = may("view_dialogues manage_dialogues publish_dialogues")
FLOWS = may("view_flows manage_flows publish_flows")
# Pattern -> the addresses that stand for it, and who may have each.
SOCKETS: dict[str, dict[str, Who]] = {
    "ws/visitor/": {"/ws/visitor/": ANYBODY},
    "ws/agent/": {"/ws/agent/": may("view_my_conversations")},
    "ws/preview/<int:dialogue_id>/": {"/ws/preview/1/": DIALOGUES, "/ws/preview/2/": FLOWS},
    # Anything else.
    "": {},
}
# Each class in front of Django -> the addresses that it answers itself.
IN_FRONT = {"BodyLimit": set(), "PollApp": {PATH}, "VisitsApp": {"/widget/visit", "/widget/shown"}}


def list_socket_patterns() -> list[str]:
    inner = application.application_mapping["websocket"]
    while not isinstance(inner, URLRouter):
        inner = getattr(inner, "sockets", None) or inner.inner
    return [str(route.pattern) for route in inner.routes]


def test_every_socket_has_a_row_and_every_row_a_socket() -> None:
    assert set(list_socket_patterns()) == set(SOCKETS), (
        "Say in SOCKETS of tests/matrix/test_sockets.py who may open each socket: its pattern, an address "
        "and a Who."
    )


def test_everything_in_front_of_django_has_a_row() -> None:
    app, found = application.application_mapping["http"], {}
    while type(app).__module__.split(".")[0] in ("chat", "config", "agents", "routing"):
        taken = set(vars(app).get("_handlers", {})) | ({PATH} if type(app).__name__ == "PollApp" else set())
        found[type(app).__name__] = taken
        app = vars(app).get("_app") or vars(app)["_pages"]
    assert found == IN_FRONT, (
        "Something new answers before Django looks who asks. Say in IN_FRONT of tests/matrix/test_sockets.py "
        "which addresses it takes."
    )


@pytest.mark.parametrize("path", sorted(set().union(*IN_FRONT.values())))
async def test_what_is_in_front_takes_no_session_and_no_made_up_token(
    path: str, loop_of_server: list[Tab]
) -> None:
    """Whoever asks is nobody's visitor: nothing of anybody's is told, and no row is made."""
    await run(set_up)
    superuser: User = await run(make_user, EVERYBODY[-1])
    cookie = f"{settings.SESSION_COOKIE_NAME}={await run(sign_in, superuser)}".encode()
    headers = [(b"host", HOST.encode()), (b"origin", SHOP.encode()), (b"cookie", cookie)]
    hello = b'{"type":"hello","protocol":1,"token":"made-up"}'
    body = b'{"hello":' + hello + b',"frames":[]}' if path == PATH else b"{}"
    for method, sent, statuses in (("GET", b"", {405}), ("POST", b"[", {400}), ("POST", body, {200, 400})):
        answer = await HttpCommunicator(application, method, path, sent, headers).get_response(10)
        assert answer["status"] in statuses, (method, sent)
    if path == PATH:
        assert b'"close":4401' in answer["body"]
    assert not await run(Visitor.objects.exists)


class KnockingTab(Tab):
    """Any of the sockets, with somebody's session."""

    def __init__(self, path: str, session_key: str) -> None:
        cookie = f"{settings.SESSION_COOKIE_NAME}={session_key}".encode()
        origin = f"http://{HOST}".encode()
        super().__init__(path, [(b"host", HOST.encode()), (b"origin", origin), (b"cookie", cookie)])


async def knock(path: str, key: str, opened: list[Tab]) -> int | None:
    """Say hello; the code that the socket was closed with, None where there was a welcome."""
    tab = await KnockingTab(path, key).open()
    opened.append(tab)
    await tab.send({"type": "hello", "protocol": 1})
    while not tab.frames and tab.close_code is None:
        await tab._receive("an answer to hello")
    if tab.close_code is None:
        assert tab.frames[0]["type"] == "welcome"
    return tab.close_code


def sign_in_as(party: Party) -> str:
    user = make_user(party)
    key = sign_in(user) if party.is_signed_in else ""
    User.objects.filter(pk=user.pk).update(is_active=party.is_active)
    return key


def make_drafts() -> None:
    setup_profiles()
    set_up()
    DialogueFactory.create(pk=1)
    DialogueFactory.create(pk=2, kind="flow", slug="demo")


async def test_each_socket_is_open_to_who_may(loop_of_server: list[Tab]) -> None:
    await run(make_drafts)
    asked = {path: who for paths in SOCKETS.values() for path, who in paths.items()}
    for party in (*EVERYBODY, *list_beside(*asked.values())):
        key = await run(sign_in_as, party)
        for path, who in asked.items():
            code = await knock(path, key, loop_of_server)
            if who.allows(party):
                assert code is None, (party.name, path)
            elif path == "/ws/agent/" and not party.is_somebody:
                assert code == CloseCode.UNAUTHENTICATED, (party.name, path)
            else:
                assert code == CloseCode.FORBIDDEN, (party.name, path)
        assert await knock("/ws/preview/3/", key, loop_of_server) == CloseCode.FORBIDDEN


async def test_a_preview_takes_no_frame_about_anything_else(
    loop_of_server: list[Tab], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a visitor may send: a person who tries a draft reaches no conversation, and writes nothing."""
    monkeypatch.setattr(PreviewSocket, "frame_burst", 1_000)
    await run(make_drafts)
    tab = KnockingTab("/ws/preview/1/", await run(sign_in_as, Party("looks", frozenset({"view_dialogues"}))))
    loop_of_server.append(await tab.open())
    await tab.ask({"type": "hello", "protocol": 1}, "welcome")
    for kind in visitor.VisitorClientFrame.__args__:
        fields = EXAMPLES[kind].__struct_fields__
        if "conversation" in fields and kind is not visitor.Hello:
            sent = visitor_frame(kind)
            assert (await tab.ask(sent))["code"] == "conversation_not_found", sent["type"]
    await tab.ping()
    for model in (Conversation, LiveChat, Message, Visitor):
        assert not await run(model._default_manager.exists)


def visitor_frame(kind: Any) -> dict[str, Any]:
    """The protocol's own example of a frame, which names a conversation."""
    sent: dict[str, Any] = msgspec.to_builtins(EXAMPLES[kind])
    return sent
