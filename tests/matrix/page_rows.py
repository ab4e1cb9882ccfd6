"""The rows of the product's own pages: agents', the widget's, and what is open to everybody."""

from __future__ import annotations

from typing import Any

from chat.models import Document, LiveChat
from chat.widget import get_page_events, get_part, get_pinned_snippet, get_version
from config.demo.links import make_token
from tests.chat.test_document_pages import make_document
from tests.matrix.people import ANYBODY, SIGNED_IN, Party, may
from tests.matrix.rows import Case, Row
from tests.matrix.scene import CANARY, MISSING, NO_SUCH_ROW, Scene

AGENT = may("view_my_conversations")
SUPERVISOR = may("view_all_conversations")
ENDED = LiveChat.Status.ENDED


def conversation_of(chat: LiveChat) -> tuple[object]:
    return (chat.conversation.public_id,)


def file_of(chat: LiveChat) -> tuple[object]:
    return (chat.conversation.attachments.get().public_id,)


MISSING_CASE = Case(lambda scene, party: (MISSING,), get=404, post=404)
CHATS = {
    "own": Case(lambda scene, party: conversation_of(scene.chat_of(party))),
    "own, ended": Case(lambda scene, party: conversation_of(scene.chat_of(party, ENDED))),
    "a colleague's": Case(lambda scene, party: conversation_of(scene.chat_of_colleague()), who=SUPERVISOR),
    "a colleague's, ended": Case(
        lambda scene, party: conversation_of(scene.chat_of_colleague(ENDED)), who=SUPERVISOR
    ),
    "missing": MISSING_CASE,
}
# A transcript is there once the chat has ended.
TRANSCRIPTS = {
    **CHATS,
    "own": Case(CHATS["own"].find, get=404),
    "a colleague's": Case(CHATS["a colleague's"].find, who=SUPERVISOR, get=404),
}
FILES = {
    "own": Case(lambda scene, party: file_of(scene.chat_of(party))),
    "a colleague's": Case(lambda scene, party: file_of(scene.chat_of_colleague()), who=SUPERVISOR),
    "missing": MISSING_CASE,
}
# Looking on is no taking part: a supervisor sends nothing, and nobody sends into what is over.
UPLOADS = {
    "own": CHATS["own"],
    "own, ended": Case(CHATS["own, ended"].find, post=404),
    "a colleague's": Case(CHATS["a colleague's"].find, who=SUPERVISOR, post=404),
    "missing": MISSING_CASE,
}


def earlier(pair: Any) -> Any:
    """A chat of one's own, and below it another conversation; of another visitor it isn't there."""
    return lambda scene, party: (*conversation_of(scene.chat_of(party)), *conversation_of(pair(scene, party)))


EARLIER = {
    "itself": Case(earlier(lambda scene, party: scene.chat_of(party)), get=404),
    "another visitor's": Case(earlier(lambda scene, party: scene.chat_of(party, ENDED)), get=404),
    "a colleague's": Case(earlier(lambda scene, party: scene.chat_of_colleague()), get=404),
    "below a colleague's": Case(
        lambda scene, party: conversation_of(scene.chat_of_colleague()) * 2, who=SUPERVISOR, get=404
    ),
    "missing": Case(lambda scene, party: (MISSING, MISSING), get=404),
}


def document(scene: Scene, party: Party) -> tuple[object]:
    made: Document = scene.row(Document, lambda: make_document("First", CANARY))
    return (made.public_id,)


def page(number: int) -> Any:
    return lambda scene, party: (*document(scene, party), number)


def guess(party: Party) -> int:
    """Who is signed in already is led on."""
    return 302 if party.is_somebody else 200


def at(*arguments: object, **others: Any) -> dict[str, Case]:
    return {"": Case(lambda scene, party: arguments, **others)}


AGENT_PAGES = {
    "home": Row(ANYBODY, get=302),
    "inbox": Row(AGENT),
    "inbox-everyone": Row(AGENT & SUPERVISOR),
    "inbox-replies": Row(AGENT, post=200, data={"code": "hi", "title": "Hi", "text": "Hi"}),
    "inbox-chat": Row(AGENT, cases=CHATS),
    "transcript": Row(AGENT, cases=TRANSCRIPTS),
    "transcript-html": Row(AGENT, cases=TRANSCRIPTS),
    "transcript-json": Row(AGENT, cases=TRANSCRIPTS),
    "inbox-colleagues": Row(AGENT, cases=CHATS),
    "inbox-history": Row(AGENT, cases=CHATS),
    "inbox-earlier-chat": Row(AGENT, cases=EARLIER),
    # A form without a file gets as far as this only in a chat that the agent may write in.
    "inbox-files": Row(AGENT, get=None, post=400, data={"client_id": "file-0002"}, cases=UPLOADS),
    "inbox-file": Row(AGENT, cases=FILES),
    "board": Row(SUPERVISOR),
    "board-now": Row(SUPERVISOR),
    "board-agent": Row(
        SUPERVISOR & may("manage_agents"),
        get=None,
        post=302,
        data={"available": "no"},
        cases={
            "an agent": Case(lambda scene, party: (scene.colleague.pk,)),
            "missing": Case(lambda scene, party: (NO_SUCH_ROW,), post=404),
        },
    ),
    "settings": Row(
        AGENT,
        post=302,
        data={"form": "details", "first_name": "Ann", "last_name": "Berg", "job_title": ""},
        cases={
            "details": Case(),
            "hours": Case(
                data={"form": "hours", "time_zone": "", "hours-TOTAL_FORMS": "0", "hours-INITIAL_FORMS": "0"},
                post=lambda party: 302 if may("manage_own_live_chat_availability").allows(party) else 422,
            ),
        },
    ),
    "settings-notifications": Row(
        AGENT, post=302, data={"offer_sound": "bell", "message_sound": "chime", "volume": "50"}
    ),
    "shortcuts": Row(AGENT, get=None, post=204, data={"shortcuts": "off"}),
    "settings-devices": Row(
        SIGNED_IN,
        post=302,
        data={"form": "others"},
        cases={"others": Case(), "password": Case(data={"form": "password"}, post=422)},
    ),
    "settings-device": Row(
        SIGNED_IN,
        get=None,
        post=302,
        cases={
            "own": Case(lambda scene, party: (scene.device_of(scene.user(party)).public_id,)),
            "a colleague's": Case(
                lambda scene, party: (scene.device_of(scene.colleague).public_id,), post=404
            ),
            "missing": MISSING_CASE,
        },
    ),
    "avatar": Row(ANYBODY, get=404, cases=at("none.webp")),
    "icon": Row(ANYBODY, get=302),
    "sign-in": Row(ANYBODY, get=guess, post=guess),
    "sign-out": Row(ANYBODY, get=None, post=302),
}
WIDGET_PAGES = {
    "widget": Row(ANYBODY),
    "widget-config": Row(ANYBODY),
    "widget-pinned": Row(
        ANYBODY,
        cases={
            "the present one": Case(lambda scene, party: (get_version(get_pinned_snippet()),)),
            "missing": Case(lambda scene, party: ("0" * 16,), get=404),
        },
    ),
    "widget-events": Row(
        ANYBODY,
        cases={
            "the present one": Case(lambda scene, party: (get_page_events().digest,)),
            "missing": Case(lambda scene, party: ("0" * 43,), get=404),
        },
    ),
    "widget-part": Row(
        ANYBODY,
        cases={
            "the present one": Case(lambda scene, party: ("chat", "en", get_part("chat", "en").digest)),
            "missing": Case(lambda scene, party: ("chat", "en", "0" * 43), get=404),
        },
    ),
    # What a card shows is for whoever has its address, which nobody guesses.
    "document": Row(ANYBODY, cases={"": Case(document), "missing": MISSING_CASE}),
    "document-page": Row(
        ANYBODY,
        cases={"": Case(page(1)), "missing": Case(page(9), get=404)},
    ),
    "document-words": Row(
        ANYBODY,
        cases={"": Case(page(1)), "missing": Case(page(9), get=404)},
    ),
    "landing-page": Row(ANYBODY, get=404, cases=at("missing")),
    "chatbot-avatar": Row(ANYBODY, get=404, cases=at("0" * 32)),
}
# They exist in the embedded mode alone.
DEMO_PAGES = {
    "demo-start": Row(ANYBODY),
    "demo-sign-in": Row(
        ANYBODY,
        get=403,
        cases={
            "made up": Case(lambda scene, party: (f"{scene.colleague.pk}.{'a' * 43}",)),
            "of somebody": Case(lambda scene, party: (make_token(scene.colleague),), get=302),
        },
    ),
}
PAGES = AGENT_PAGES | WIDGET_PAGES
