"""Daphne on two ports of one process: the product, and the example website beside it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from daphne.endpoints import build_endpoint_description_strings
from daphne.server import Server

from chat.delivery.intake import SERVER_LIMIT

Application = Callable[..., Awaitable[None]]

# Seconds that a connection which is gone may keep its application.
CLOSE_TIMEOUT = 5


def by_port(website_port: int, website: Application, product: Application) -> Application:
    """One ASGI application of two: requests to the website's port go to the website."""

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        server = scope.get("server") or ("", None)
        chosen = website if server[1] == website_port else product
        await chosen(scope, receive, send)

    return application


def serve(
    application: Application, *, host: str, ports: tuple[int, ...], on_ready: Callable[[], None]
) -> bool:
    """Serve until SIGINT or SIGTERM; False if a port was taken at the last moment.

    Sockets are closed with 1012 on the way out: `chat.delivery.shutdown` hooks the reactor by itself (DL-08).
    """
    server = Server(
        application,
        endpoints=[
            line for port in ports for line in build_endpoint_description_strings(host=host, port=port)
        ],
        websocket_max_message_size=SERVER_LIMIT,
        websocket_max_frame_size=SERVER_LIMIT,
        application_close_timeout=CLOSE_TIMEOUT,
        ready_callable=on_ready,
        verbosity=0,
        server_name="switchboard",
    )
    server.run()
    return not server.abort_start
