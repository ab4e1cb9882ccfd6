"""The endpoint: reads one request, refuses what may not be, and answers with the frames of an exchange.

What protects a visitor is the token in the hello, and what protects a company its allowed domains (DG-18).
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from chat.delivery import shutdown
from chat.delivery.intake import MAX_FRAME
from chat.delivery.throttle import TokenBucket
from chat.polling.exchange import MOST_FRAMES, Reply, Request, exchange
from chat.visits.throttle import AddressThrottle, Limit
from config.installation.selectors import get_installation
from config.lib.open_posts import PREFLIGHT, Application, Refused, Scope, read_body, send_answer
from config.lib.origins import get_client_address, is_on_allowed_domain, is_same_origin
from config.lib.threads import in_thread

logger = logging.getLogger(__name__)

PATH = "/visitor/poll"
# Bytes. Five of the longest frames; one by one they keep to the limit of a socket's.
BODY_LIMIT = 5 * MAX_FRAME
# Requests that wait at once in one process; each costs about as much as a socket.
MOST_WAITING = 2_000
# Of one visitor: a tab each, and what a broken network has left behind.
MOST_WAITING_OF_ONE = 30
# As for page views: an office of hundreds is under it, a script that wants all places for itself is not.
REQUESTS = Limit(burst=1_000, rate=50)
# Frames, of one visitor: as many as one socket may send (DL-07).
RATE, BURST = 10.0, 60.0
MOST_VISITORS = 20_000
_decoder = msgspec.json.Decoder(Request)
_encoder = msgspec.json.Encoder()


class _Hello(msgspec.Struct):
    token: str = ""


class PollApp:
    """Takes polls; everything else goes to ``pages``."""

    def __init__(self, pages: Application) -> None:
        self._pages = pages
        self._addresses = AddressThrottle(REQUESTS)
        # By visitor, and one for those who have no name yet.
        self._waiting: Counter[str] = Counter()
        self._visitors: OrderedDict[str, TokenBucket] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["path"] != PATH:
            await self._pages(scope, receive, send)
            return
        try:
            await self._check(scope)
            if scope["method"] == "OPTIONS":
                await send_answer(send, 204, headers=PREFLIGHT)
                return
            reply = await self._answer(scope, receive)
            await send_answer(send, 200, _encoder.encode(reply))
        except Refused as refused:
            body = _encoder.encode({"code": refused.code})
            await send_answer(send, refused.status, body, refused.headers)

    async def _check(self, scope: Scope) -> None:
        if scope["method"] not in ("POST", "OPTIONS"):
            raise Refused(405, "method")
        if shutdown.is_stopping():
            raise Refused(503, "restarting", retry_after=1)
        if not is_same_origin(scope) and not await _is_allowed(scope):
            raise Refused(403, "domain")

    async def _answer(self, scope: Scope, receive: Any) -> Reply:
        if not self._addresses.allow(get_client_address(scope)):
            raise Refused(429, "too_many", retry_after=10)
        request = _read(await read_body(scope, receive, limit=BODY_LIMIT))
        name = _name_visitor(request)
        self._throttle(request, name)
        with self._place(name):
            gone = asyncio.ensure_future(receive())
            try:
                return await exchange(scope, request, gone)
            finally:
                gone.cancel()

    @contextmanager
    def _place(self, name: str) -> Iterator[None]:
        """One of the places for those who wait."""
        if name and self._waiting[name] >= MOST_WAITING_OF_ONE:
            raise Refused(429, "too_many", retry_after=5)
        if self._waiting.total() >= MOST_WAITING:
            raise Refused(503, "busy", retry_after=5)
        self._waiting[name] += 1
        try:
            yield
        finally:
            self._waiting[name] -= 1
            if not self._waiting[name]:
                del self._waiting[name]

    def _throttle(self, request: Request, name: str) -> None:
        """A socket's limits are one socket's, and here each request has a new one: the visitor is counted."""
        if not name:
            return
        bucket = self._visitors.pop(name, None) or TokenBucket(RATE, BURST, time.monotonic)
        self._visitors[name] = bucket
        if len(self._visitors) > MOST_VISITORS:
            self._visitors.popitem(last=False)
        if not bucket.allow(1 + len(request.frames)):
            raise Refused(429, "slow_down", retry_after=2)


async def _is_allowed(scope: Scope) -> bool:
    installation = await in_thread(get_installation)()
    return not installation.restrict_domains or is_on_allowed_domain(
        scope, installation.allowed_domains.splitlines()
    )


def _read(body: bytes) -> Request:
    try:
        # Of what is left as it came, only the brackets are looked at: it may be no text at all.
        request = _decoder.decode(body.decode())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(400, "bad_json") from error
    if len(request.frames) > MOST_FRAMES:
        raise Refused(413, "too_many_frames")
    return request


def _name_visitor(request: Request) -> str:
    """A name for whoever holds this token, whether we signed it or not; empty for somebody new."""
    token = _read_token(request.hello)
    return hashlib.sha256(token.split(":")[0].encode("utf-8", "replace")).hexdigest() if token else ""


def _read_token(hello: msgspec.Raw) -> str:
    try:
        return msgspec.json.decode(hello, type=_Hello).token
    except (msgspec.DecodeError, RecursionError):
        return ""
