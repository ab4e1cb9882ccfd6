"""A visitor's page says hello: who that is, and what there is to show."""

from dataclasses import dataclass, field
from datetime import datetime

from chat.errors import FlowNotFound
from chat.protocol import visitor as frames
from chat.selectors.inferred import Browser, infer_attributes
from chat.services.claims import Claims, pick_key, read_claims
from chat.services.flows import start_flow
from chat.services.greeting import Greeting, greet_visitor
from chat.services.pages import note_page, note_view
from config.lib.errors import DomainError


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who came, by which key from now on, and what of the hello was refused."""

    key: str
    greeting: Greeting
    refusals: list[DomainError] = field(default_factory=list)


def receive_visitor(
    *, key: str, hello: frames.Hello, address: str = "", now: datetime | None = None
) -> Arrival:
    """Return what a hello is answered with. What is wrong with its claims or its flow spoils nothing else.

    ``address`` is where the connection comes from: it tells country and region, and isn't kept.
    """
    claims, refusals = read_claims(hello.attributes, hello.identity, now=now)
    key = pick_key(key, claims)
    greeting = None
    if hello.flow:
        try:
            greeting = _start_flow(key, hello, claims, address, now)
        except FlowNotFound as error:
            refusals.append(error)
    greeting = greeting or _greet(key, hello, claims, address, now)
    if hello.page.url:
        _note_page(greeting, hello.page, now)
    return Arrival(key, greeting, refusals)


def _note_page(greeting: Greeting, page: frames.Page, now: datetime | None) -> None:
    if greeting.conversation is not None:
        note_page(conversation_id=greeting.conversation.pk, page=page, now=now)
    if greeting.visitor is not None:
        note_view(visitor_id=greeting.visitor.pk, page=page, now=now)


def _greet(key: str, hello: frames.Hello, claims: Claims, address: str, now: datetime | None) -> Greeting:
    return greet_visitor(
        key=key,
        page=hello.page,
        language=hello.language,
        show=hello.show,
        holding=hello.conversation,
        claims=claims,
        session=hello.session,
        inferred=infer_from(hello, address),
        now=now,
    )


def infer_from(hello: frames.Hello, address: str) -> dict[str, str]:
    """Return what a hello, and where it came from, tell of the visitor (DG-07)."""
    browser = Browser(hello.language, hello.device, hello.time_zone, address)
    return infer_attributes(hello.page, browser)


def _start_flow(
    key: str, hello: frames.Hello, claims: Claims, address: str, now: datetime | None
) -> Greeting:
    return start_flow(
        key=key,
        slug=hello.flow,
        page=hello.page,
        language=hello.language,
        session=hello.session,
        claims=claims,
        inferred=infer_from(hello, address),
        now=now,
    )
