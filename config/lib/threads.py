"""Services are synchronous; this is how a socket calls one without waiting in its event loop."""

from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from channels.db import database_sync_to_async

P = ParamSpec("P")
R = TypeVar("R")

# A few, with a database connection each: a service that waits for a lock doesn't hold up the
# others, and a burst of requests queues here instead of opening connections without end.
service_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="service")


def in_thread(service: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """Return ``service`` as a coroutine function that runs in the pool, with stale connections closed."""
    wrapped: Callable[P, Awaitable[R]] = database_sync_to_async(
        service, thread_sensitive=False, executor=service_threads
    )
    return wrapped
