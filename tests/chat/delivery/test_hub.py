"""The hub: once per process and topic, to the right audience, and no outage reaches the caller."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Iterator

import pytest
from channels.layers import InMemoryChannelLayer, channel_layers

from chat.delivery import hub as hub_module
from chat.delivery.hub import Hub, Push, broadcast_all_soon, broadcast_soon, get_hub, note_layer_back
from chat.delivery.publisher import get_publisher
from chat.delivery.redis_layer import ReconnectingPubSubLayer
from chat.delivery.topics import Audience, conversation_topic, staff_room, visitor_room

from .conftest import MakeHub
from .listeners import PATIENCE, Broken, CountingLayer, Listener

TOPIC = conversation_topic("0d1f6d0c")
VISITORS, STAFF = visitor_room(TOPIC), staff_room(TOPIC)
HELLO = {Audience.VISITOR: '"hello"'}


@pytest.mark.req("DL-06")
async def test_a_frame_reaches_every_socket_of_every_process_once(make_hub: MakeHub) -> None:
    here, there = make_hub(), make_hub()
    tabs = [Listener(), Listener(), Listener()]
    for hub, tab in zip([here, here, there], tabs, strict=True):
        await hub.join(VISITORS, tab)
    await here.broadcast(TOPIC, HELLO, {"conversation": "0d1f6d0c", "seq": 1})
    await there.broadcast(TOPIC, {Audience.VISITOR: '"bye"'}, {})
    assert [{await tab.next(), await tab.next()} for tab in tabs] == [{'"hello"', '"bye"'}] * 3
    assert [tab.drain() for tab in tabs] == [[], [], []]


async def test_hints_travel_with_the_frame(make_hub: MakeHub) -> None:
    here, there = make_hub(), make_hub()
    tab = Listener()
    await there.join(VISITORS, tab)
    await here.broadcast(TOPIC, HELLO, {"conversation": "0d1f6d0c", "seq": 9})
    assert await asyncio.wait_for(tab.frames.get(), PATIENCE) == (
        '"hello"',
        {"conversation": "0d1f6d0c", "seq": 9},
    )


@pytest.mark.req("DL-04", "DL-06")
async def test_a_busy_process_keeps_nothing_from_the_others(make_hub: MakeHub) -> None:
    here, there = make_hub(), make_hub()
    near, far = Listener(), Listener()
    await here.join(VISITORS, near)
    await there.join(VISITORS, far)
    for seq in range(1, 5_001):
        last = here.push(TOPIC, {Audience.VISITOR: str(seq)}, {"conversation": "0d1f6d0c", "seq": seq})
    await last.wait()
    expected = [str(seq) for seq in range(1, 5_001)]
    assert near.drain() == expected
    assert [await far.next() for _ in expected] == expected
    assert here.losses.counts == {}
    assert here._waiting == 0


async def test_frames_of_one_topic_that_wait_together_leave_together(
    memory_layer: InMemoryChannelLayer,
) -> None:
    layer = CountingLayer(memory_layer)
    hub = Hub(layer)
    for seq in range(300):
        last = hub.push(TOPIC, {Audience.VISITOR: str(seq)}, {})
    await last.wait()
    assert layer.calls == [("send", TOPIC)] * 2
    await hub.aclose()


async def test_an_outbox_that_is_full_counts_every_hint_that_it_drops(
    memory_layer: InMemoryChannelLayer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(hub_module, "MAX_OUTBOX", 10)
    hub = Hub(memory_layer)
    for _ in range(10 + 250):
        hub.push(TOPIC, HELLO, {})
    assert hub.losses.counts == {"outbox full": 250}
    assert "count=100" in caplog.text
    await hub.broadcast(TOPIC, HELLO, {})
    await hub.aclose()


@pytest.mark.req("DL-10")
async def test_a_frame_for_staff_never_reaches_a_visitor(make_hub: MakeHub) -> None:
    here, there = make_hub(), make_hub()
    visitors, staff = [Listener(), Listener()], [Listener(Audience.STAFF), Listener(Audience.STAFF)]
    for hub, visitor, agent in zip([here, there], visitors, staff, strict=True):
        await hub.join(VISITORS, visitor)
        await hub.join(STAFF, agent)
    await here.broadcast(TOPIC, {Audience.STAFF: '"a note among colleagues"'}, {})
    await here.broadcast(TOPIC, {Audience.VISITOR: '"to you"', Audience.STAFF: '"to them"'}, {})
    assert [await visitor.next() for visitor in visitors] == ['"to you"'] * 2
    assert [[await agent.next(), await agent.next()] for agent in staff] == [
        ['"a note among colleagues"', '"to them"']
    ] * 2


@pytest.mark.req("DL-10")
async def test_a_visitors_socket_can_not_join_a_room_of_the_staff(memory_layer: InMemoryChannelLayer) -> None:
    with pytest.raises(ValueError, match="own audience"):
        await Hub(memory_layer).join(STAFF, Listener(Audience.VISITOR))


async def test_who_left_gets_nothing_more(make_hub: MakeHub) -> None:
    here, there = make_hub(), make_hub()
    gone, still_there = Listener(), Listener()
    for tab in (gone, still_there):
        await there.join(VISITORS, tab)
    await there.leave(VISITORS, gone)
    await here.broadcast(TOPIC, HELLO, {})
    assert await still_there.next() == '"hello"'
    assert gone.drain() == []


async def test_a_process_joins_a_topic_once_and_leaves_it_with_its_last_socket(
    memory_layer: InMemoryChannelLayer,
) -> None:
    layer = CountingLayer(memory_layer)
    hub = Hub(layer)
    tabs = [Listener() for _ in range(5)]
    await asyncio.gather(*(hub.join(VISITORS, tab) for tab in tabs))
    assert layer.calls == [("add", TOPIC)]
    await asyncio.gather(*(hub.leave(VISITORS, tab) for tab in tabs))
    assert layer.calls == [("add", TOPIC), ("discard", TOPIC)]
    assert hub._topics == {}
    await hub.aclose()


async def test_joining_while_the_last_one_leaves_ends_joined(memory_layer: InMemoryChannelLayer) -> None:
    here, there = Hub(CountingLayer(memory_layer)), Hub(memory_layer)
    first, second = Listener(), Listener()
    for _ in range(50):
        await here.join(VISITORS, first)
        await asyncio.gather(here.leave(VISITORS, first), here.join(VISITORS, second))
        await there.broadcast(TOPIC, HELLO, {})
        assert await second.next() == '"hello"'
        await here.leave(VISITORS, second)
    await asyncio.gather(here.aclose(), there.aclose())


async def test_a_socket_that_fails_costs_the_others_nothing(memory_layer: InMemoryChannelLayer) -> None:
    hub = Hub(memory_layer)
    tab = Listener()
    for socket in (Broken(), tab, Broken()):
        await hub.join(VISITORS, socket)
    await hub.broadcast(TOPIC, HELLO, {})
    assert await tab.next() == '"hello"'
    await hub.aclose()


@pytest.mark.req("DL-04")
async def test_an_outage_of_the_layer_is_counted_and_healed_and_never_raised(
    memory_layer: InMemoryChannelLayer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(hub_module, "REPAIR_EVERY", 0.01)
    monkeypatch.setattr(hub_module, "RESYNC_SPREAD", 0.2)
    layer = CountingLayer(memory_layer)
    here, there = Hub(layer), Hub(memory_layer)
    tab, later = Listener(), Listener()
    await here.join(visitor_room(conversation_topic("other")), later)
    layer.is_away = True
    await here.join(VISITORS, tab)
    for _ in range(10):
        await here.broadcast(TOPIC, HELLO, {})
    assert [await tab.next() for _ in range(10)] == ['"hello"'] * 10
    assert here.losses.counts["publish"] == 10
    assert caplog.text.count("kind=publish") == 2  # the first and the tenth
    layer.is_away = False
    await asyncio.wait_for(tab.resynced.wait(), PATIENCE)
    await there.broadcast(TOPIC, HELLO, {})
    assert await tab.next() == '"hello"'
    await asyncio.gather(here.aclose(), there.aclose())


@pytest.mark.req("DL-04")
async def test_a_hub_that_began_during_an_outage_joins_when_it_is_over(
    memory_layer: InMemoryChannelLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "REPAIR_EVERY", 0.01)
    monkeypatch.setattr(hub_module, "RESYNC_SPREAD", 0.2)
    layer = CountingLayer(memory_layer)
    layer.is_away = True
    here, there = Hub(layer), Hub(memory_layer)
    tab = Listener()
    await here.join(VISITORS, tab)
    layer.is_away = False
    await asyncio.wait_for(tab.resynced.wait(), PATIENCE)
    await there.broadcast(TOPIC, HELLO, {})
    assert await tab.next() == '"hello"'
    await asyncio.gather(here.aclose(), there.aclose())


@pytest.fixture
async def default_layer(memory_layer: InMemoryChannelLayer) -> AsyncIterator[InMemoryChannelLayer]:
    before = channel_layers.set("default", memory_layer)
    yield memory_layer
    channel_layers.set("default", before)


async def test_another_thread_broadcasts_through_the_hubs_loop(default_layer: InMemoryChannelLayer) -> None:
    tab = Listener()
    await get_hub().join(VISITORS, tab)
    thread = threading.Thread(target=broadcast_soon, args=(TOPIC, HELLO))
    thread.start()
    assert await tab.next() == '"hello"'
    await asyncio.to_thread(thread.join)
    broadcast_soon(TOPIC, {Audience.VISITOR: '"from the loop itself"'})
    assert await tab.next() == '"from the loop itself"'
    await get_hub().aclose()


@pytest.fixture
def redis_layer() -> Iterator[ReconnectingPubSubLayer]:
    layer = ReconnectingPubSubLayer(hosts=[os.environ["REDIS_URL"]], prefix="publisher")
    before = channel_layers.set("default", layer)
    yield layer
    channel_layers.set("default", before)


async def test_a_process_without_a_hub_publishes_in_order_and_returns_at_once(
    redis_layer: ReconnectingPubSubLayer,
) -> None:
    tab, hub = Listener(), Hub(redis_layer)
    await hub.join(VISITORS, tab)
    hellos = [f'"hello {number}"' for number in range(300)]
    pushes: list[Push] = [(TOPIC, {Audience.VISITOR: hello}, {}) for hello in hellos]
    await asyncio.to_thread(broadcast_all_soon, pushes)
    assert [await tab.next() for _hello in hellos] == hellos
    await asyncio.to_thread(get_publisher().flush)
    await hub.aclose()


def test_a_process_that_ends_has_told_what_it_had_to_tell(redis_layer: ReconnectingPubSubLayer) -> None:
    broadcast_soon(TOPIC, HELLO)
    get_publisher().flush()
    assert not get_publisher().hub.losses.counts
    assert not get_publisher().hub._outbox


@pytest.mark.req("DL-04")
async def test_a_worker_goes_on_when_redis_is_gone() -> None:
    before = channel_layers.set("default", ReconnectingPubSubLayer(hosts=["redis://127.0.0.1:1"]))
    try:
        await asyncio.to_thread(broadcast_soon, TOPIC, HELLO)
        await asyncio.to_thread(get_publisher().flush)
        assert get_publisher().hub.losses.counts["publish"] == 1
    finally:
        channel_layers.set("default", before)


@pytest.mark.req("DL-04")
async def test_a_cut_connection_to_redis_makes_the_sockets_read_what_they_missed() -> None:
    layer = ReconnectingPubSubLayer(
        hosts=[os.environ["REDIS_URL"]], prefix="cut", on_reconnect=note_layer_back
    )
    before = channel_layers.set("default", layer)
    hub, tab = get_hub(), Listener()
    await hub.join(VISITORS, tab)
    await hub.broadcast(TOPIC, HELLO, {})
    assert await tab.next() == '"hello"'
    await _cut_subscribers(layer)
    await asyncio.wait_for(tab.resynced.wait(), PATIENCE)
    other = ReconnectingPubSubLayer(hosts=[os.environ["REDIS_URL"]], prefix="cut")
    there = Hub(other)
    await there.broadcast(TOPIC, {Audience.VISITOR: '"after"'}, {})
    assert await tab.next() == '"after"'
    await asyncio.gather(hub.aclose(), there.aclose())
    await asyncio.gather(layer.flush(), other.flush())
    channel_layers.set("default", before)


async def _cut_subscribers(layer: ReconnectingPubSubLayer) -> None:
    loop_layer = layer._get_layer()
    for shard in loop_layer._shards:
        name = f"cut-{id(shard)}"
        await shard._pubsub.execute_command("CLIENT", "SETNAME", name)
        for client in await shard._redis.client_list():
            if client["name"] == name:
                await shard._redis.client_kill_filter(_id=client["id"])
