"""How often one address may ask."""

from __future__ import annotations

import pytest

from chat.visits import throttle
from chat.visits.throttle import AddressThrottle, Limit

pytestmark = pytest.mark.req("DL-07")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def asks(limit: AddressThrottle, address: str, times: int) -> int:
    """How many of so many were allowed."""
    return sum(limit.allow(address) for _ in range(times))


def test_burst_then_a_steady_rate() -> None:
    clock = Clock()
    limit = AddressThrottle(Limit(burst=10, rate=2), clock)
    assert asks(limit, "81.2.69.142", 15) == 10
    clock.now = 3
    assert asks(limit, "81.2.69.142", 15) == 6
    assert asks(limit, "81.2.69.143", 15) == 10


def test_network_of_one_owner_is_one_address() -> None:
    limit = AddressThrottle(Limit(burst=100, rate=0.001))
    allowed = sum(limit.allow(f"2001:4860:4860::{number:x}") for number in range(10_000))
    assert allowed == 100
    assert limit.allow("2001:4860:4861::1")


def test_address_in_another_spelling_is_the_same() -> None:
    limit = AddressThrottle(Limit(burst=1, rate=0.001))
    assert limit.allow("::ffff:81.2.69.142")
    assert not limit.allow("81.2.69.142")


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "10.0.0.7", "172.18.0.2", "", "unix", "fe80::1%eth0"]
)
def test_addresses_that_are_nobodys_own_are_not_counted(address: str) -> None:
    assert asks(AddressThrottle(Limit(burst=1, rate=0.001)), address, 50) == 50


def test_memory_is_bounded_and_forgets_who_was_away_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "MOST_ADDRESSES", 3)
    limit = AddressThrottle(Limit(burst=1, rate=0.001))
    for last in (1, 2, 3, 1, 4):
        limit.allow(f"81.2.69.{last}")
    assert not limit.allow("81.2.69.1")
    assert limit.allow("81.2.69.2")
