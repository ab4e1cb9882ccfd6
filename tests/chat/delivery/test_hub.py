"""The hub: once per process and topic, to the right audience, and no outage reaches the caller."""

from __future__ import annotations

import asyncio
import os
import threading
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator

import pytest
from channels.layers import InMemoryChannelLayer, channel_layers

from chat.delivery import exchange as exchange_module
from chat.delivery import hub as hub_module
from chat.delivery.exchange import Exchange
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
    assert here.exchange.waiting == 0


async def test_frames_that_wait_together_leave_together_whatever_they_are_about(
    memory_layer: InMemoryChannelLayer,
) -> None:
    layer = CountingLayer(memory_layer)
    hub = Hub(layer)
    for seq in range(300):
        last = hub.push(conversation_topic(f"number-{seq % 50}"), {Audience.VISITOR: str(seq)}, {})
    await last.wait()
    assert layer.calls == [("send", "lane.0")] * 2
    await hub.aclose()


async def test_over_several_hosts_there_are_several_lanes_and_each_topic_keeps_to_one(
    memory_layer: InMemoryChannelLayer,
) -> None:
    layer, heard = CountingLayer(memory_layer), defaultdict[str, list[str]](list)
    here = Exchange(layer, lambda *push: None, hosts=2)
    there = Exchange(
        memory_layer, lambda topic, frames, hints: heard[topic].append(frames[Audience.VISITOR]), hosts=2
    )
    await there.join()
    topics = [conversation_topic(f"number-{number}") for number in range(50)]
    for seq in range(10):
        pushed = [here.push(topic, {Audience.VISITOR: str(seq)}, {}) for topic in topics]
    await asyncio.gather(*(each.wait() for each in pushed))
    assert len({lane for _call, lane in layer.calls}) == 8
    async with asyncio.timeout(PATIENCE):
        while any(len(heard[topic]) < 10 for topic in topics):
            await asyncio.sleep(0)
    assert all(heard[topic] == [str(seq) for seq in range(10)] for topic in topics)
    await asyncio.gather(here.aclose(), there.aclose())


async def test_an_outbox_that_is_full_counts_every_hint_that_it_drops(
    memory_layer: InMemoryChannelLayer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(exchange_module, "MAX_OUTBOX", 10)
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
    there.leave(VISITORS, gone)
    await here.broadcast(TOPIC, HELLO, {})
    assert await still_there.next() == '"hello"'
    assert gone.drain() == []


async def test_a_process_goes_on_its_lane_once_however_many_rooms_and_sockets_it_has(
    memory_layer: InMemoryChannelLayer,
) -> None:
    layer = CountingLayer(memory_layer)
    hub = Hub(layer)
    rooms = [visitor_room(conversation_topic(f"number-{number}")) for number in range(5)]
    tabs = [(room, Listener()) for room in rooms for _ in range(2)]
    await asyncio.gather(*(hub.join(room, tab) for room, tab in tabs))
    assert layer.calls == [("add", "lane.0")]
    for room, tab in tabs:
        hub.leave(room, tab)
    assert not any(hub.is_joined(room) for room in rooms)
    await hub.aclose()


async def test_a_socket_that_fails_costs_the_others_nothing(memory_layer: InMemoryChannelLayer) -> None:
    hub = Hub(memory_layer)
    tab = Listener()
    for socket in (Broken(), tab, Broken()):
        await hub.join(VISITORS, socket)
    await hub.broadcast(TOPIC, HELLO, {})
    assert await tab.next() == '"hello"'
    await hub.aclose()


@pytest.mark.req("DL-04")
async def test_an_outage_of_the_layer_is_counted_and_never_raised(
    memory_layer: InMemoryChannelLayer, caplog: pytest.LogCaptureFixture
) -> None:
    layer = CountingLayer(memory_layer)
    hub, tab = Hub(layer), Listener()
    await hub.join(VISITORS, tab)
    layer.is_away = True
    for _ in range(10):
        await hub.broadcast(TOPIC, HELLO, {})
    assert [await tab.next() for _ in range(10)] == ['"hello"'] * 10
    assert hub.losses.counts["publish"] == 10
    assert caplog.text.count("kind=publish") == 2  # the first and the tenth
    await hub.aclose()


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
    await here.join(STAFF, staff := Listener(Audience.STAFF))
    assert here.losses.counts["join"] == 1  # who comes later isn't held up by another try
    layer.is_away = False
    await asyncio.wait_for(asyncio.gather(tab.resynced.wait(), staff.resynced.wait()), PATIENCE)
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
    assert not get_publisher().hub.exchange.waiting


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
