"""``POST /widget/visit`` and ``POST /widget/shown``, answered before Django's middleware.

What protects a visitor is the token in the body, and what protects a company its allowed domains (DG-18).
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.db import Error as DatabaseError
from django.utils import timezone

from chat.delivery.writer import Busy
from chat.selectors.inferred import Browser, infer_attributes, strip_query
from chat.services.claims import Claims, read_claims
from chat.services.triggers import Ref, Shown, VersionNotFound
from chat.services.visitors import hash_key, read_token
from chat.widget import get_button_words
from config.lib.open_posts import PREFLIGHT, Application, Headers, Refused, Scope, read_body, send_answer
from config.lib.origins import get_client_address, get_header, is_on_allowed_domain, is_same_origin
from config.lib.threads import in_thread

from .batches import get_desk
from .board import Board
from .requests import (
    BODY_LIMIT,
    Refusal,
    ShownNow,
    Visit,
    decode_shown,
    decode_visit,
    encode,
)
from .resolving import resolve
from .throttle import AddressThrottle, Limit

logger = logging.getLogger(__name__)

# An office of two hundred that loads five pages each at once, and then one every four seconds.
VISITS = Limit(burst=1_000, rate=50)
# Each may write a row: two for everybody in that office, and then five a second.
SHOWN = Limit(burst=500, rate=5)


class Answer(NamedTuple):
    """A status, what to say, and further headers."""

    status: int
    body: msgspec.Struct | None = None
    headers: Headers = []


class VisitsApp:
    """Takes these two addresses; everything else goes to ``pages``."""

    def __init__(self, pages: Application) -> None:
        self._pages = pages
        self._handlers = {
            "/widget/visit": (AddressThrottle(VISITS), _visit),
            "/widget/shown": (AddressThrottle(SHOWN), _shown),
        }

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        found = self._handlers.get(scope["path"])
        if found is None:
            await self._pages(scope, receive, send)
            return
        await _send(send, await _answer(scope, receive, *found))


Handler = Callable[[Scope, Board, bytes], Awaitable[Answer]]


async def _answer(scope: Scope, receive: Any, throttle: AddressThrottle, handle: Handler) -> Answer:
    try:
        if scope["method"] == "OPTIONS":
            return Answer(204, None, PREFLIGHT)
        if scope["method"] != "POST":
            raise Refused(405, "method")
        if not throttle.allow(get_client_address(scope)):
            raise Refused(429, "too_many", retry_after=10)
        board = await get_desk().board.get()
        if not _is_allowed(scope, board):
            raise Refused(403, "domain")
        return await handle(scope, board, await read_body(scope, receive, limit=BODY_LIMIT))
    except Refused as refused:
        return Answer(refused.status, Refusal(refused.code), refused.headers)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Answer(400, Refusal("invalid_input"))
    except VersionNotFound as error:
        return Answer(404, Refusal(error.code))
    except (Busy, DatabaseError) as error:
        logger.warning("a page view was sent away: %s", type(error).__name__)
        return Answer(503, Refusal("busy"), [(b"retry-after", b"5")])


async def _visit(scope: Scope, board: Board, body: bytes) -> Answer:
    visit: Visit = decode_visit(body)
    desk, now = get_desk(), timezone.now()
    desk.sightings.note(get_header(scope, b"origin"), strip_query(visit.page.url), now=now)
    claims = await _read_claims(visit)
    standing = await desk.get_standing(_hash(visit.token))
    # On a shared computer the next person, who is signed in, gets nothing of the one before (S4).
    if standing.subject and claims.signed.get("sub", standing.subject) != standing.subject:
        standing = await desk.get_standing("")
    browser = Browser(visit.language, visit.device, visit.time_zone, get_client_address(scope))
    inferred = infer_attributes(visit.page, browser)
    claimed = {**claims.attributes, **claims.signed}
    reply = resolve(board, standing, page_url=visit.page.url, inferred=inferred, claimed=claimed)
    return Answer(200, msgspec.structs.replace(reply, words=get_button_words(visit.ui)))


async def _read_claims(visit: Visit) -> Claims:
    """What is wrong with them is said on the socket; here it just isn't believed."""
    if not visit.identity:
        return read_claims(visit.attributes, "")[0]
    claims, _refusals = await in_thread(read_claims)(visit.attributes, visit.identity)
    return claims


async def _shown(scope: Scope, board: Board, body: bytes) -> Answer:
    told: ShownNow = decode_shown(body)
    shown = Shown(
        ref=_read_ref(told.version),
        session=told.session,
        key_hash=_hash(told.token),
        page_url=strip_query(told.page.url),
        at=timezone.now(),
    )
    await get_desk().record(shown)
    return Answer(204)


def _read_ref(name: str) -> Ref:
    public_id, _dot, number = name.rpartition(".")
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise VersionNotFound
    try:
        return UUID(public_id), int(number)
    except ValueError:
        raise VersionNotFound from None


def _hash(token: str) -> str:
    key = read_token(token) if token else None
    return hash_key(key) if key else ""


def _is_allowed(scope: Scope, board: Board) -> bool:
    if board.allowed_domains is None or is_same_origin(scope):
        return True
    return is_on_allowed_domain(scope, board.allowed_domains)


async def _send(send: Any, answer: Answer) -> None:
    body = b"" if answer.body is None else encode(answer.body)
    await send_answer(send, answer.status, body, answer.headers)
