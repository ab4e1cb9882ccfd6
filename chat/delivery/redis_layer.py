"""The Redis pub/sub layer, made to notice when it was cut off.

channels_redis 4.3 documents `on_disconnect` and `on_reconnect` but never calls them: redis-py reconnects and
subscribes again by itself, and what was published in between is lost without a word. A hook that redis-py
runs on every connect tells us, and the hub then lets its sockets read from the database what they may have
missed (R8).
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakSet

from channels_redis.pubsub import RedisPubSubChannelLayer
from channels_redis.utils import decode_hosts
from django.utils.module_loading import import_string
from redis.asyncio.connection import Connection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

logger = logging.getLogger(__name__)

# Seconds. A hung Redis may slow a hint down, never a person: the truth is in the database.
CONNECT_TIMEOUT = 1.0
SOCKET_TIMEOUT = 2.0


def _keepalive() -> dict[int, int]:
    """A link that went dead without a word is noticed within half a minute, idle or not."""
    wanted = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 20_000}
    return {getattr(socket, name): value for name, value in wanted.items() if hasattr(socket, name)}


class ReconnectingPubSubLayer(RedisPubSubChannelLayer):  # type: ignore[misc]
    """The stock layer with short timeouts, one silent retry, and `on_reconnect` that is really called.

    `on_reconnect` is a function without arguments or its dotted path; it is called in the layer's event loop
    whenever a connection that was open before is open again.
    """

    def __init__(
        self, *, hosts: list[Any], on_reconnect: Callable[[], None] | str | None = None, **options: Any
    ) -> None:
        self._on_reconnect = on_reconnect
        self._known: WeakSet[Connection] = WeakSet()
        super().__init__(hosts=[self._watched(host) for host in decode_hosts(hosts)], **options)

    def _watched(self, host: Mapping[str, Any]) -> dict[str, Any]:
        defaults: dict[str, Any] = {
            "socket_connect_timeout": CONNECT_TIMEOUT,
            "socket_timeout": SOCKET_TIMEOUT,
            "socket_keepalive": True,
            "socket_keepalive_options": _keepalive(),
            # The first command after a restart of Redis finds a closed connection: it opens a new one and
            # succeeds.
            "retry": Retry(NoBackoff(), 1),
        }
        return {**defaults, **host, "redis_connect_func": self._connected}

    async def _connected(self, connection: Connection) -> None:
        await connection.on_connect()
        if connection in self._known:
            logger.warning("channel layer reconnected to Redis")
            self._tell()
        self._known.add(connection)

    def _tell(self) -> None:
        callback = self._on_reconnect
        if callback is not None:
            (import_string(callback) if isinstance(callback, str) else callback)()
