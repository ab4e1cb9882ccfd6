"""Layers: one in memory, and real Redis as each process of a cluster has it."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncIterator, Callable

import pytest
from channels.layers import InMemoryChannelLayer, get_channel_layer

from chat.delivery.exchange import Layer
from chat.delivery.hub import Hub
from chat.delivery.redis_layer import ReconnectingPubSubLayer

MakeHub = Callable[[], Hub]


@pytest.fixture(scope="session", autouse=True)
def default_layer() -> None:
    """Made before a test replaces it, so that there is one to put back."""
    get_channel_layer()


@pytest.fixture
def memory_layer() -> InMemoryChannelLayer:
    return InMemoryChannelLayer(capacity=100_000)


@pytest.fixture(params=["memory", "redis"])
async def make_hub(request: pytest.FixtureRequest, memory_layer: Layer) -> AsyncIterator[MakeHub]:
    """Makes hubs that hear each other, each as if in a process of its own."""
    prefix = f"test-{uuid.uuid4().hex}"
    hubs: list[Hub] = []
    layers: list[ReconnectingPubSubLayer] = []

    def make() -> Hub:
        layer: Layer = memory_layer
        if request.param == "redis":
            layers.append(ReconnectingPubSubLayer(hosts=[os.environ["REDIS_URL"]], prefix=prefix))
            layer = layers[-1]
        hubs.append(Hub(layer))
        return hubs[-1]

    yield make
    await asyncio.gather(*(hub.aclose() for hub in hubs))
    await asyncio.gather(*(layer.flush() for layer in layers))
