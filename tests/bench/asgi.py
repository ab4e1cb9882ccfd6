"""The product, and beside it on the same server the least there could be: a stock consumer that echoes to a
Channels group, and a page that says one sentence.
"""

from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import URLRouter
from django.urls import path

from config.asgi import application as product


class EchoConsumer(AsyncWebsocketConsumer):
    """What the Channels tutorial builds, without a database: everybody in the group gets what one of them
    sends.
    """

    async def connect(self) -> None:
        self.group = f"echo.{self.scope['url_route']['kwargs']['pair']}"
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        await self.channel_layer.group_send(self.group, {"type": "echo.message", "text": text_data})

    async def echo_message(self, event: dict[str, Any]) -> None:
        await self.send(text_data=event["text"])

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self.group, self.channel_name)


_echo = URLRouter([path("ws/echo/<int:pair>/", EchoConsumer.as_asgi())])


_BARE = b'<!doctype html><title>Bare</title><p data-part="message">Hello!</p>'


async def _show_bare_page(scope: dict[str, Any], receive: Any, send: Any) -> None:
    headers = [(b"content-type", b"text/html; charset=utf-8")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": _BARE})


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Dispatch by address; everything else is the product as it is."""
    if scope["path"].startswith("/ws/echo/"):
        await _echo(scope, receive, send)
    elif scope["path"] == "/bare/":
        await _show_bare_page(scope, receive, send)
    else:
        await product(scope, receive, send)
