"""The parrot as Daphne runs it: its slow work goes on only when the server is told to end."""

from __future__ import annotations

import asyncio
import importlib
from typing import Any

import django

from tests.chat.delivery.parrot import Parrot
from tests.chat.delivery.parrot import application as parrot

django.setup()


async def application(scope: Any, receive: Any, send: Any) -> None:
    if Parrot.go is None:
        server: Any = importlib.import_module("twisted.internet.reactor")

        Parrot.go = asyncio.Event()
        server.addSystemEventTrigger("before", "shutdown", Parrot.go.set)
    await parrot(scope, receive, send)
