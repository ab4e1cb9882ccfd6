"""The server: Django's pages, what a page view asks, and the two sockets behind their origin checks."""

import gc
import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.asgi import get_asgi_application

# Django is set up by this call; what follows needs its models.
pages = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import WebsocketDenier  # noqa: E402
from channels.sessions import CookieMiddleware  # noqa: E402
from django.urls import re_path  # noqa: E402

from agents import ws_urls as agent_sockets  # noqa: E402
from chat import ws_urls as visitor_sockets  # noqa: E402
from chat.polling.app import PollApp  # noqa: E402
from chat.visits.app import VisitsApp  # noqa: E402
from chat.visits.throttle import AddressThrottle, Limit  # noqa: E402
from config.installation.selectors import get_installation  # noqa: E402
from config.lib.body_limit import BodyLimit  # noqa: E402
from config.lib.origins import get_client_address, is_on_allowed_domain, is_same_origin  # noqa: E402
from config.lib.threads import in_thread  # noqa: E402

# Visitors' sockets from one address. An office of two hundred with five pages each is back at once after a
# restart, and each new socket may be a new visitor in the database (S12).
SOCKETS = Limit(burst=1_500, rate=20)


class OriginGate:
    """Refuses a socket with plain HTTP 403 where it may not come from: agents' only from this server's own
    pages, visitors' from allowed domains while the switch is on (DL-10, DG-18, S2), and from no address that
    opens them without end (S12).
    """

    def __init__(self, sockets: Any, limit: Limit = SOCKETS) -> None:
        self.sockets = sockets
        self._addresses = AddressThrottle(limit)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        allowed = await self._is_allowed(scope)
        await (self.sockets if allowed else WebsocketDenier())(scope, receive, send)

    async def _is_allowed(self, scope: dict[str, Any]) -> bool:
        if not scope["path"].startswith("/ws/visitor/"):
            return is_same_origin(scope)
        if not self._addresses.allow(get_client_address(scope)):
            return False
        installation = await in_thread(get_installation)()
        if not installation.restrict_domains or is_same_origin(scope):
            return True
        return is_on_allowed_domain(scope, installation.allowed_domains.splitlines())


application = ProtocolTypeRouter(
    {
        "http": BodyLimit(PollApp(VisitsApp(pages))),
        "websocket": OriginGate(
            CookieMiddleware(
                URLRouter(
                    [
                        *visitor_sockets.urlpatterns,
                        *agent_sockets.urlpatterns,
                        # Anything else is refused like the rest; without it, a stranger could fill the log.
                        re_path("", WebsocketDenier.as_asgi()),
                    ]
                )
            )
        ),
    }
)

# What is loaded by now stays as long as the server. Looked through by each full collection, it stopped every
# socket for 40 ms and more, now and then, and the more often the busier.
gc.collect()
gc.freeze()
