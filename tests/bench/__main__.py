"""``make bench``: what the product sustains, on the services that ``.ci/with-services`` started."""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from pathlib import Path

import django
from django.conf import settings


def main() -> None:
    options = _parse()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.db import connections
    from django.test.utils import get_runner

    runner = get_runner(settings)(verbosity=0, interactive=False)
    old = runner.setup_databases()
    try:
        _run(options)
    finally:
        connections.close_all()
        runner.teardown_databases(old)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--pairs", type=int, default=400)
    parser.add_argument("--seconds", type=float, default=5.0, help="length of one load")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=["messages", "routing", "visits", "inbox"])
    return parser.parse_args()


def _run(options: argparse.Namespace) -> None:
    if options.only in (None, "routing"):
        from tests.bench.routing import measure_routing

        measure_routing()
    if options.only in (None, "messages"):
        _measure_messages(options)
    if options.only in (None, "visits"):
        from tests.bench.visits import measure_visits

        measure_visits(options)
    if options.only in (None, "inbox"):
        from tests.bench.inbox import measure_inbox

        measure_inbox(options)


def _measure_messages(options: argparse.Namespace) -> None:
    from tests.bench.messages import compare
    from tests.bench.rows import make_pairs
    from tests.processes import Processes, get_test_database_url

    pairs = make_pairs(options.pairs)
    with tempfile.TemporaryDirectory() as folder:
        environment = {"DATABASE_URL": get_test_database_url(), "HTTPS": "false", "LOG_LEVEL": "WARNING"}
        processes = Processes(folder=Path(folder), environment=environment)
        try:
            server = processes.web(application="tests.bench.asgi:application")
            asyncio.run(compare(server.ws_url, server.running.pid, pairs, options))
        finally:
            processes.stop_all()


if __name__ == "__main__":
    main()
