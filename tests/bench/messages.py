"""Messages per second through the real protocol, committed in PostgreSQL, against a bare Channels group echo.

The same Daphne process serves both in the same run, in turn, to the same number of sockets: each message
goes from one of two to both, for the product as the acknowledgement to its sender and as the message to the
other. A rate is sustained when every message arrived and was acknowledged, with the 99th percentile from
the visitor's sending to the agent's having under 250 ms. One hiccup of the machine doesn't end the search:
a rate is given up after three tries in a row, for both alike, each begun when all of the one before has
arrived.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench.clients import Ends, Run, load, open_all, open_echo, open_product, settle
from tests.bench.rows import Pair

P99_LIMIT = 0.250
START_RATE = 100.0
STEP = 1.15
TRIES = 3
SETTLE_WITHIN = 20.0
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Load:
    """What one load showed; ``cpu`` in seconds per 1,000 messages, of the server and of this client."""

    rate: float
    p50: float
    p99: float
    cpu: float
    client_cpu: float
    lost: int

    @property
    def is_sustained(self) -> bool:
        return not self.lost and self.p99 < P99_LIMIT


def read_cpu(pid: int) -> float:
    """Seconds of processor time that the process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def read_memory(pid: int) -> int:
    """Resident bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def measure(ends: list[Ends], pid: int, *, rate: float, seconds: float) -> Load:
    """Load the server at one rate."""
    gc.collect()
    cpu, client_cpu = read_cpu(pid), time.process_time()
    run = await load(ends, rate=rate, seconds=seconds)
    cpu, client_cpu = read_cpu(pid) - cpu, time.process_time() - client_cpu
    found = Load(
        rate=rate,
        p50=_percentile(run, 0.50),
        p99=_percentile(run, 0.99),
        cpu=cpu / len(run.sent) * 1000,
        client_cpu=client_cpu / len(run.sent) * 1000,
        lost=run.missing,
    )
    await settle(run, SETTLE_WITHIN)
    return found


def _percentile(run: Run, share: float) -> float:
    found = run.latencies
    return found[min(int(len(found) * share), len(found) - 1)] if found else float("inf")


async def find_sustained(ends: list[Ends], pid: int, *, seconds: float, highest: float) -> Load:
    """Raise the rate until one isn't sustained in any of its tries; return the best load that was."""
    best, rate, failures = await measure(ends, pid, rate=START_RATE, seconds=seconds), START_RATE, 0
    while failures < TRIES and rate * STEP <= highest:
        found = await measure(ends, pid, rate=rate * STEP, seconds=seconds)
        if found.is_sustained:
            best, rate, failures = found, rate * STEP, 0
        else:
            failures += 1
    return best


async def compare(url: str, pid: int, pairs: list[Pair], options: argparse.Namespace) -> None:
    """Print both in turn, ``rounds`` times, and the ratio of the medians."""
    # A full collection of this process would be measured as the server's delay.
    gc.freeze()
    gc.disable()
    found: dict[str, list[Load]] = {"product": [], "echo": []}
    await _measure_idle(url, pid, pairs)
    for _round in range(options.rounds):
        for name in found:
            openers = (
                [open_product(url, pair) for pair in pairs]
                if name == "product"
                else [open_echo(url, number) for number in range(len(pairs))]
            )
            ends = await open_all(openers)
            # A visitor may send 10 frames a second; the pings are among them.
            best = await find_sustained(ends, pid, seconds=options.seconds, highest=len(pairs) * 8)
            await asyncio.gather(*(end.close() for end in ends))
            found[name].append(best)
            print(_describe(name, best), flush=True)
    product, echo = (median(each.rate for each in found[name]) for name in ("product", "echo"))
    cpu = [median(each.cpu for each in found[name]) for name in ("product", "echo")]
    print(f"ratio of sustained messages/s, product / echo: {product / echo:.2f}")
    print(f"ratio of CPU per message, product / echo: {cpu[0] / cpu[1]:.2f}")


async def _measure_idle(url: str, pid: int, pairs: list[Pair]) -> None:
    """What an idle pair of sockets holds in memory."""
    warm = await open_all([open_product(url, pair) for pair in pairs[:10]])
    before = read_memory(pid)
    ends = await open_all([open_product(url, pair) for pair in pairs[10:]])
    each = (read_memory(pid) - before) / (2 * len(ends))
    print(f"idle connection: {each / 1024:.0f} KiB")
    await asyncio.gather(*(end.close() for end in [*warm, *ends]))


def _describe(name: str, best: Load) -> str:
    latency = f"p50 {best.p50 * 1000:.1f} ms, p99 {best.p99 * 1000:.1f} ms"
    cpu = f"{best.cpu:.2f} s CPU per 1,000 messages (client {best.client_cpu:.2f})"
    return f"{name:8} {best.rate:7.0f} messages/s sustained; {latency}; {cpu}"
