"""What the chatbot and a visitor of the past said to each other: the published streams, played for real."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from chat import streams
from chat.models import (
    Conversation,
    Dialogue,
    DialogueVersion,
    Document,
    DocumentReading,
    GoalReached,
    Message,
    PageView,
    Trigger,
)
from chat.selectors.documents import describe_document
from chat.selectors.known import known_attributes
from chat.services.messages import Draft
from chat.services.playing import draft_output, read_stream
from chat.services.triggers import hash_session
from chat.streams import DocumentFacts
from config.demo.company import NAME

from .desk import Office
from .guests import COMPANIES, Guest, draw_referrer
from .paths import SITE, TITLES, Path
from .story import Story

# Of a hundred who open the chat, so many answer nothing; of those who answer, so many stop half-way.
SILENT, STOPPING = 0.05, 0.07


@dataclass(frozen=True)
class Program:
    """What is published: the version and its cards by the dialogue's name, and the documents they show."""

    versions: Mapping[str, DialogueVersion]
    streams: Mapping[str, streams.Stream]
    documents: Mapping[int, DocumentFacts]


def read_program() -> Program:
    published = Dialogue.objects.select_related("published_version")
    versions = {each.name: each.published_version for each in published if each.published_version}
    for each in published:
        if each.published_version:
            each.published_version.dialogue = each
    return Program(
        versions=versions,
        streams={name: read_stream(version) for name, version in versions.items()},
        documents={document.pk: describe_document(document) for document in Document.objects.all()},
    )


def visit(
    guest: Guest, path: Path, *, program: Program, office: Office, at: datetime, chance: Random
) -> Story:
    """Play a visit up to the end of the dialogue. A live chat it asks for is the caller's to hold."""
    page, referrer = chance.choice(path.pages), draw_referrer(chance)
    _come_in(guest, page, referrer, at, chance)
    version = program.versions[path.dialogue]
    conversation = Conversation(
        visitor=guest.visitor,
        version=version,
        session_number=guest.visitor.session_number,
        page_url=f"{SITE}{page}",
        page_title=_title(page),
        referrer=referrer,
        triggered_at=at,
        active_at=at,
    )
    story = Story(guest, conversation, chance)
    # Of somebody who is known, pages are kept from the first one on; of others from the chat on.
    if guest.completed:
        _see(story, "/" if page != "/" else "/bikes/", at - timedelta(seconds=chance.randrange(30, 400)))
    _see(story, page, at - timedelta(seconds=chance.randrange(5, 25)) if guest.completed else at)
    story.triggers.append(_count_shown(story, at - timedelta(seconds=chance.randrange(1, 5))))
    _Play(story, path, program, office).run(at)
    conversation.visitor_delivered = conversation.visitor_read = conversation.last_seq
    return story


def move_to(story: Story, page: str, at: datetime) -> None:
    """The visitor goes to another page while the chat is open."""
    _see(story, page, at)
    story.conversation.page_url, story.conversation.page_title = f"{SITE}{page}", _title(page)
    told = {"page_url": f"{SITE}{page}", "page_title": _title(page)}
    story.guest.visitor.inferred = {**story.guest.visitor.inferred, **told}


def _come_in(guest: Guest, page: str, referrer: str, at: datetime, chance: Random) -> None:
    """A new session of the browser, with what it tells (DG-07, DG-21)."""
    visitor = guest.visitor
    visitor.session_number += 1
    visitor.session_seen_at = at
    guest.session = f"{chance.getrandbits(128):032x}"
    told = {"page_url": f"{SITE}{page}", "page_title": _title(page), "referrer": referrer}
    known = {name: value for name, value in visitor.inferred.items() if name not in told}
    visitor.inferred = {**{name: value for name, value in told.items() if value}, **known}


def _title(page: str) -> str:
    return f"{TITLES[page]} · {NAME} cargo bikes"


def _see(story: Story, page: str, at: datetime) -> None:
    view = PageView(visitor=story.guest.visitor, url=f"{SITE}{page}", title=_title(page), seen_at=at)
    story.views.append(view)


def _count_shown(story: Story, at: datetime) -> Trigger:
    version = story.conversation.version
    return Trigger(
        dialogue_id=version.dialogue_id,
        version=version,
        session_hash=hash_session(story.guest.session),
        is_known="email" in known_attributes(story.guest.visitor),
        page_url=story.conversation.page_url,
        triggered_at=at,
    )


class _Play:
    """One run through a stream."""

    def __init__(self, story: Story, path: Path, program: Program, office: Office) -> None:
        self._story, self._path, self._office = story, path, office
        self._stream = program.streams[path.dialogue]
        self._documents = program.documents

    def run(self, at: datetime) -> None:
        story, chance = self._story, self._story.chance
        begun = streams.begin(self._stream, self._context(at))
        story.learn(dict(begun.attributes), at)
        self._move_on(begun, at)
        stops = chance.random()
        while story.conversation.awaiting_card and stops > SILENT:
            if story.conversation.engaged_at and stops < SILENT + STOPPING:
                break
            at += timedelta(seconds=chance.uniform(4, 26))
            self._answer(at)
        if story.conversation.completed_at is not None:
            story.guest.completed.add(self._path.dialogue)

    def _context(self, at: datetime) -> streams.RunContext:
        story = self._story
        return streams.RunContext(
            attributes=known_attributes(story.guest.visitor, story.conversation),
            documents=self._documents,
            is_agent_available=lambda: self._office.is_anybody_able(at),
        )

    def _answer(self, at: datetime) -> None:
        story, conversation = self._story, self._story.conversation
        card = conversation.awaiting_card
        run = streams.respond(self._stream, card, self._find_answer(card), self._context(at), awaiting=card)
        story.learn(dict(run.attributes), at)
        kind = conversation.version.stream["cards"][card]["type"]
        payload = {"captured": True} if kind == "capture" else {}
        answer = Draft(
            Message.Author.VISITOR, run.shown_answer or "", payload=payload, client_id=story.draw_client_id()
        )
        story.say(answer, at)
        conversation.engaged_at = conversation.engaged_at or at
        conversation.active_at = story.guest.visitor.session_seen_at = at
        self._move_on(run, at)

    def _find_answer(self, card_id: str) -> str:
        """What this visitor answers: the choice of the path, or what the card wants to know."""
        guest, chance = self._story.guest, self._story.chance
        card = self._story.conversation.version.stream["cards"][card_id]
        if card["type"] == "question":
            ids = [choice["id"] for choice in card["choices"]]
            return self._path.chosen.get(card_id) or chance.choice(ids)
        company = guest.company or chance.choice(COMPANIES)[0]
        return {"first_name": guest.first_name, "email": guest.email, "company": company}[card["attribute"]]

    def _move_on(self, run: streams.Run, at: datetime) -> None:
        """As `chat.services.playing.move_on` stores it."""
        story, conversation = self._story, self._story.conversation
        for output in run.outputs:
            story.say(draft_output(output), at)
            if isinstance(output, streams.ShowDocument):
                self._read(output, at)
        for goal in run.goals:
            story.goals.append(
                GoalReached(conversation=conversation, card_id=goal.card_id, name=goal.name, reached_at=at)
            )
        conversation.awaiting_card = run.awaiting or ""
        conversation.completed_at = at if run.completed else None
        conversation.revision += 1
        if run.live_chat:
            story.ask_for_human(run.live_chat, at)
        elif run.completed:
            story.close(at)

    def _read(self, shown: streams.ShowDocument, at: datetime) -> None:
        chance, opened = self._story.chance, at + timedelta(seconds=self._story.chance.randrange(3, 40))
        if chance.random() < 0.2:
            return
        reading = DocumentReading(
            conversation=self._story.conversation,
            card_id=shown.card_id,
            document_id=shown.document_id,
            name=shown.facts.name,
            opened_at=opened,
            furthest_page=chance.randint(1, shown.facts.pages),
            downloaded_at=opened + timedelta(seconds=30) if chance.random() < 0.4 else None,
        )
        self._story.readings.append(reading)
