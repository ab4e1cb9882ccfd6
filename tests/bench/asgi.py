"""The product, and beside it on the same server the textbook way: a stock consumer that echoes to a
Channels group.
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


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Dispatch by address; everything but the echo is the product as it is."""
    await (_echo if scope["path"].startswith("/ws/echo/") else product)(scope, receive, send)
