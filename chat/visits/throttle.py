"""How often one address may ask (S12): more than an office of hundreds does, less than a script can."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

from chat.delivery.throttle import TokenBucket

# Addresses that are remembered; who comes back after being forgotten begins with a full bucket.
MOST_ADDRESSES = 20_000
# Whoever has an IPv6 address has 2 to the 64 of them.
IPV6_PREFIX = 64


class Limit(NamedTuple):
    """So many at once, and then so many a second."""

    burst: float
    rate: float


class AddressThrottle:
    """A bucket for each address.

    Addresses that aren't public aren't counted: they are the company's own network, or a proxy that tells
    nobody's, and then all visitors would share one bucket.
    """

    def __init__(self, limit: Limit, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._clock = limit, clock
        self._buckets: OrderedDict[str, TokenBucket] = OrderedDict()

    def allow(self, address: str) -> bool:
        """Whether this address may ask once more."""
        name = _get_name(address)
        if not name:
            return True
        bucket = self._buckets.pop(name, None) or TokenBucket(
            self._limit.rate, self._limit.burst, self._clock
        )
        self._buckets[name] = bucket
        if len(self._buckets) > MOST_ADDRESSES:
            self._buckets.popitem(last=False)
        return bucket.allow()


def _get_name(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    if not parsed.is_global:
        return ""
    if isinstance(parsed, IPv6Address):
        return f"{int(parsed) >> IPV6_PREFIX:x}"
    return str(parsed)
