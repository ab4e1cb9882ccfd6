"""Which pages a socket may be opened from: refused ones get plain HTTP 403 (DL-10, DG-18, S2)."""

from __future__ import annotations

from typing import Any

import pytest
from channels.testing import WebsocketCommunicator

from chat.visits.throttle import Limit
from config.asgi import OriginGate, application
from tests.chat.sockets.tabs import HOST, Tab, run
from tests.scenes import set_up

Headers = list[tuple[bytes, bytes]]

OWN = f"http://{HOST}"
# What is not our own page, however much it looks like it.
FOREIGN = {
    "another site": "https://evil.example",
    "missing": None,
    "null": "null",
    "empty": "",
    "another port": f"{OWN}:8080",
    "another scheme": f"ftp://{HOST}",
    "a subdomain": f"http://x.{HOST}",
    "ours as a subdomain": f"http://{HOST}.evil.example",
    "ours as a suffix": f"http://evil{HOST}",
    "ours as a user": f"http://{HOST}@evil.example",
    "ours as a path": f"http://evil.example/{HOST}",
    "with a path": f"{OWN}/",
    "a dot more": f"{OWN}.",
    "half an address": "http://[",
    "an extension": "chrome-extension://abc",
    "Cyrillic": f"http://{HOST.replace('a', 'а')}",
}


async def get_status(path: str, headers: Headers) -> int:
    """101 if the socket opens, else the HTTP status of the refusal."""
    communicator = WebsocketCommunicator(application, path, headers=headers)
    connected, _code = await communicator.connect()
    if connected:
        await communicator.disconnect()
        return 101
    return 403


def get_headers(origin: str | None, host: str = HOST) -> Headers:
    given = [] if origin is None else [(b"origin", origin.encode())]
    return [(b"host", host.encode()), *given]


@pytest.mark.req("DL-10")
@pytest.mark.parametrize("name", FOREIGN)
async def test_an_agents_socket_opens_from_our_own_pages_only(
    name: str, loop_of_server: list[Tab], caplog: pytest.LogCaptureFixture
) -> None:
    assert await get_status("/ws/agent/", get_headers(FOREIGN[name])) == 403
    assert "ERROR" not in caplog.text


@pytest.mark.req("DL-10")
async def test_our_own_page_may_and_two_origins_may_not(loop_of_server: list[Tab], settings: Any) -> None:
    assert await get_status("/ws/agent/", get_headers(OWN)) == 101
    assert await get_status("/ws/agent/", get_headers(OWN.upper())) == 101
    assert await get_status("/ws/agent/", get_headers("https://agents.example")) == 403
    twice = [*get_headers(OWN), (b"origin", b"https://evil.example")]
    assert await get_status("/ws/agent/", twice) == 403
    hosts = [*get_headers(OWN), (b"host", b"evil.example")]
    assert await get_status("/ws/agent/", hosts) == 403
    settings.CSRF_TRUSTED_ORIGINS = ["https://agents.example"]
    assert await get_status("/ws/agent/", get_headers("https://agents.example")) == 101
    settings.HTTPS = True
    assert await get_status("/ws/agent/", get_headers(OWN)) == 403
    assert await get_status("/ws/agent/", get_headers(f"https://{HOST}")) == 101


@pytest.mark.req("DL-10")
async def test_a_foreign_name_that_leads_here_is_not_ours(loop_of_server: list[Tab], settings: Any) -> None:
    settings.ALLOWED_HOSTS = [HOST]
    rebound = get_headers("http://evil.example", host="evil.example")
    assert await get_status("/ws/agent/", rebound) == 403
    await run(set_up, restrict_domains=True, allowed_domains="shop.example")
    assert await get_status("/ws/visitor/", rebound) == 403


# The domains that an admin allows, and pages that may and may not open the visitor's socket.
DOMAINS = "shop.example\n  *.Brand.example \n"
ALLOWED = [
    "https://shop.example",
    "http://shop.example",
    "https://SHOP.example:8443",
    "https://www.brand.example",
    "https://a.b.brand.example",
    OWN,
]
REFUSED = [
    "https://www.shop.example",
    "https://brand.example",
    "https://evilbrand.example",
    "https://shop.example.evil.example",
    "https://shop.example@evil.example",
    "https://evil.example",
    "null",
    "",
    None,
    "http://[",
    "https://*.brand.example.evil",
    "https://shop.example.",
]


@pytest.mark.req("DG-18", "DL-10")
async def test_the_switch_lets_only_allowed_domains_open_a_visitors_socket(
    loop_of_server: list[Tab], caplog: pytest.LogCaptureFixture
) -> None:
    await run(set_up, restrict_domains=True, allowed_domains=DOMAINS)
    for origin in ALLOWED:
        assert await get_status("/ws/visitor/", get_headers(origin)) == 101, origin
    for refused in REFUSED:
        assert await get_status("/ws/visitor/", get_headers(refused)) == 403, refused
    await run(set_up, restrict_domains=False, allowed_domains=DOMAINS)
    for anybody in (*ALLOWED, "https://evil.example", None):
        assert await get_status("/ws/visitor/", get_headers(anybody)) == 101, anybody
    assert "ERROR" not in caplog.text


@pytest.mark.req("DG-18")
async def test_the_switch_without_domains_lets_our_own_pages_only(loop_of_server: list[Tab]) -> None:
    await run(set_up, restrict_domains=True, allowed_domains="\n \n")
    assert await get_status("/ws/visitor/", get_headers("https://shop.example")) == 403
    assert await get_status("/ws/visitor/", get_headers(OWN)) == 101


@pytest.mark.req("DL-10")
@pytest.mark.parametrize(
    "path", ["/", "/ws/", "/ws/visitor", "/ws/visitor/x/", "/ws/agent", "/ws/staff/", "/admin/"]
)
async def test_an_address_without_a_socket_is_refused_quietly(
    path: str, loop_of_server: list[Tab], caplog: pytest.LogCaptureFixture
) -> None:
    assert await get_status(path, get_headers(OWN)) == 403
    assert await get_status(path, get_headers("https://evil.example")) == 403
    assert "ERROR" not in caplog.text


@pytest.mark.req("DL-07")
async def test_address_that_opens_visitors_sockets_without_end_is_refused(loop_of_server: list[Tab]) -> None:
    await run(set_up)
    gate = OriginGate(application.application_mapping["websocket"].sockets, Limit(burst=2, rate=0))

    async def knock(address: str, path: str = "/ws/visitor/") -> bool:
        tab = WebsocketCommunicator(gate, path, headers=get_headers("https://shop.example"))
        tab.scope["client"] = [address, 5000]
        connected, _code = await tab.connect()
        if connected:
            await tab.disconnect()
        return bool(connected)

    assert [await knock("81.2.69.142") for _socket in range(3)] == [True, True, False]
    assert await knock("81.2.69.143")
    # The company's own network, or a proxy that names nobody.
    assert [await knock("10.0.0.7") for _socket in range(3)] == [True] * 3
