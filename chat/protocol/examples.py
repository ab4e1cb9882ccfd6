"""One example of every frame: they tell one story, and the document shows them (DL-09)."""

from datetime import UTC, datetime, timedelta

import msgspec

from chat.protocol import PROTOCOL_VERSION, agent, shared, state, visitor
from config.lib.richtext import Bold, Link, Node, Paragraph, Text

_CHAT = "6f1c1f6e-9d2b-4f0a-8f5e-2b7a9c3d4e10"
_OFFER = "0b6f7a52-41f5-4d0c-9a55-8f4de0a6c1b7"
_CLIENT_ID = "k3J9-xQ2mZt7"
_TOKEN = "dGhpcyBpcyBvbmx5IGFuIGV4YW1wbGU:1vMh3k:0pJ4yq"  # noqa: S105 - of nobody
_START = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def _at(seconds: int) -> datetime:
    return _START + timedelta(seconds=seconds)


_MARKS = state.Marks(_CHAT, visitor_delivered=7, visitor_read=7, agent_delivered=7, agent_read=6)
_QUESTION = state.Message(
    conversation=_CHAT,
    seq=2,
    author="bot",
    kind="card",
    text="What can we do for you?",
    at=_at(0),
    ask=state.Ask(
        card="what",
        input="choice",
        choices=[state.Choice("bikes", "I want a cargo bike"), state.Choice("help", "I need help")],
    ),
)
_SAID = state.Message(
    conversation=_CHAT,
    seq=7,
    author="agent",
    kind="text",
    text="Hi Ada, how many bikes do you need?",
    at=_at(95),
    client_id="inbox-5f2d9c",
    name="Mateo Silva",
)
_PHOTO = state.Message(
    conversation=_CHAT,
    seq=8,
    author="visitor",
    kind="text",
    text="our-courtyard.jpg",
    at=_at(118),
    client_id="p7Rw-31kBn0e",
    file=state.File(
        id="2d0f1c57-8f6a-4a0e-9d1b-6f2f0d6f7a11",
        name="our-courtyard.jpg",
        type="image/jpeg",
        size=284_113,
        width=1600,
        height=1200,
    ),
)
_JOINED = state.Message(_CHAT, 6, "system", "notice", "", _at(60), name="Mateo Silva", notice="joined")
FORMATTED: list[Node] = [
    Paragraph(
        [
            Bold([Text("Sorry!")]),
            Text(" Write to "),
            Link("mailto:hello@murmel.example", [Text("hello@murmel.example")]),
        ]
    )
]
_WAITING = state.State(
    conversation=_CHAT,
    revision=4,
    phase="waiting",
    last_seq=5,
    can=["post", "cancel", "contact"],
    waiting_since=_at(40),
)
_ACTIVE = state.State(
    conversation=_CHAT,
    revision=5,
    phase="active",
    last_seq=7,
    can=["post", "end"],
    agent=state.AgentCard("Mateo Silva", "/media/avatars/3f9a.webp"),
    marks=_MARKS,
)
_VISITOR = agent.VisitorCard(
    name="Ada Lind",
    first_name="Ada",
    last_name="Lind",
    email="ada@fleet.example",
    company="Fleet",
    page_url="https://www.murmel.example/bikes",
    page_title="Our bikes",
    attributes={"team_size": "12"},
)
_AVAILABLE = agent.AvailabilityNow(
    available=True,
    reason="schedule",
    text="Available until 17:00 · by schedule",
    seats_taken=1,
    seats=10,
    until=_START.replace(hour=17, minute=0),
)
_OFFERED = agent.Offer(
    id=_OFFER,
    conversation=_CHAT,
    expires_at=_at(140),
    offered_at=_at(40),
    visitor=_VISITOR,
    dialogue="Bikes for companies",
    why="Round robin",
    last_text="I want a cargo bike",
    handover=agent.Handover(
        sender="Ida Ek",
        note="Wants twelve bikes: offer the fleet price.",
        answers=[agent.Answer("What can we do for you?", "I want a cargo bike")],
    ),
)
_CHATTING = agent.Chat(
    state=_ACTIVE,
    visitor=_VISITOR,
    dialogue="Bikes for companies",
    accepted_at=_at(60),
    last_text="Twelve, for our couriers.",
    last_at=_at(110),
    unread=1,
)

_EXAMPLES: tuple[msgspec.Struct, ...] = (
    shared.Ping(mark="q7Zp0A-x"),
    shared.Pong(now=_at(120), seqs={_CHAT: 7}, mark="Vd3_k9Ls"),
    shared.Error("bad_field", "“text” is missing or not valid.", field="text", client_id=_CLIENT_ID),
    shared.Bye(retry_after=4200),
    _QUESTION,
    state.Messages(_CHAT, [_JOINED, _SAID, _PHOTO]),
    _WAITING,
    state.Ack(_CHAT, _CLIENT_ID, seq=6, at=_at(70)),
    _MARKS,
    state.Typing(_CHAT, "agent"),
    visitor.Hello(
        protocol=PROTOCOL_VERSION,
        token=_TOKEN,
        conversation=_CHAT,
        after=5,
        page=visitor.Page("https://www.murmel.example/bikes", "Our bikes", "https://search.example/"),
        language="sv-SE",
        session="Zk3-9qLw0T7uPzXv",
        device="mobile",
        time_zone="Europe/Stockholm",
    ),
    visitor.Answer(_CHAT, card="what", client_id=_CLIENT_ID, value="bikes"),
    visitor.Post(_CHAT, _CLIENT_ID, "Twelve, for our couriers."),
    visitor.TypingNow(_CHAT),
    visitor.Mark(_CHAT, delivered=7, read=7),
    visitor.Sync(_CHAT, after=5),
    visitor.Cancel(_CHAT),
    visitor.Contact(_CHAT, "ada@fleet.example"),
    visitor.End(_CHAT),
    visitor.Reading(_CHAT, card="prices", event="page", page=3),
    visitor.PageNow("https://www.murmel.example/prices", "Prices", "https://www.murmel.example/bikes"),
    visitor.Facts(attributes={"plan": "pro"}, identity="eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl"),
    visitor.StartFlow("ask-for-a-demo"),
    visitor.Welcome(
        protocol=PROTOCOL_VERSION,
        now=_at(100),
        token=_TOKEN,
        state=_ACTIVE,
        messages=[_JOINED, _SAID],
        files=True,
    ),
    visitor.Accepted(_CHAT, _CLIENT_ID),
    agent.Hello(protocol=PROTOCOL_VERSION, after={_CHAT: 5}),
    agent.Shown(_OFFER),
    agent.Accept(_OFFER),
    agent.Decline(_OFFER, reason="In a meeting"),
    agent.Post(_CHAT, "inbox-5f2d9c", "Hi Ada, how many bikes do you need?"),
    agent.WriteNote(
        _CHAT, "note-8c41e0", "Wants twelve bikes: may I offer the fleet price, @Bo Dahl?", mentions=[7]
    ),
    agent.SeeMentions(_CHAT, [1]),
    agent.TypingNow(_CHAT),
    agent.Mark(_CHAT, delivered=7, read=6),
    agent.Sync(_CHAT, after=5),
    agent.End(_CHAT, after=7),
    agent.FindTargets(),
    agent.StartTransfer(_CHAT, agent=7, note="Wants twelve bikes: offer the fleet price."),
    agent.TakeBack(_CHAT),
    agent.Watch(_CHAT, 6),
    agent.SetAvailability(available=False),
    agent.Welcome(
        protocol=PROTOCOL_VERSION,
        now=_at(45),
        agent="Mateo Silva",
        availability=_AVAILABLE,
        offers=[_OFFERED],
        files=True,
    ),
    _CHATTING,
    agent.VisitorNow(_CHAT, _VISITOR),
    agent.Notes(
        _CHAT,
        [
            agent.Note(
                number=1,
                after=7,
                client_id="note-8c41e0",
                name="Mateo Silva",
                text="Wants twelve bikes: may I offer the fleet price, @Bo Dahl?",
                at=_at(112),
                mentions=[agent.Mentioned(7, "Bo Dahl")],
            )
        ],
    ),
    agent.Mentions(
        [
            agent.Mention(
                _CHAT,
                number=1,
                name="Mateo Silva",
                visitor="Ada Lovelace",
                text="Wants twelve bikes: may I offer the fleet price, @Bo Dahl?",
                at=_at(112),
            )
        ]
    ),
    _OFFERED,
    agent.Targets(
        [
            agent.Target("agent", 7, "Bo Dahl", able=True, text="In 3 of 10 chats"),
            agent.Target("team", 2, "Sales", able=False, text="Nobody can take a chat now"),
        ]
    ),
    agent.TransferNow(
        _CHAT,
        "pending",
        "Waiting for Bo Dahl",
        id="4b8a2c1e-77aa-4a46-9a0c-1d6b7fd1c7a2",
        offered_at=_at(130),
        expires_at=_at(230),
    ),
    agent.OfferSettled(_OFFER, "accepted", "You took this chat.", conversation=_CHAT),
    _AVAILABLE,
)

EXAMPLES: dict[type[msgspec.Struct], msgspec.Struct] = {type(example): example for example in _EXAMPLES}
