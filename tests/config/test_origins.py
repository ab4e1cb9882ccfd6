from __future__ import annotations

from typing import Any

import pytest

from config.lib.origins import is_on_allowed_domain, is_same_origin

ALLOWED = ["www.example.com", "*.shop.example", "localhost:8001", "Exämple.se", "*.åäö.example"]


def scope_from(*origins: str, host: str = "chat.example.com") -> dict[str, Any]:
    return {"headers": [(b"host", host.encode()), *((b"origin", origin.encode()) for origin in origins)]}


@pytest.mark.req("DL-10", "DG-18")
@pytest.mark.parametrize(
    "origin",
    [
        "https://www.example.com",
        "http://WWW.example.com",
        "https://www.example.com:8443",
        "https://a.shop.example",
        "https://a.b.shop.example",
        "http://localhost:8001",
        "https://xn--exmple-cua.se",
        "https://www.xn--4cab6c.example",
    ],
)
def test_allowed_website_may_open_the_chat(origin: str) -> None:
    assert is_on_allowed_domain(scope_from(origin), ALLOWED)


@pytest.mark.req("DL-10", "DG-18")
@pytest.mark.parametrize(
    "origin",
    [
        "https://example.com",
        "https://www.example.com.evil.example",
        "https://evilwww.example.com",
        "https://shop.example",
        "https://evilshop.example",
        "https://a.shop.example.evil.example",
        "http://localhost",
        "http://localhost:8002",
        "https://www.example.com@evil.example",
        "https://xn--4cab6c.example",
        "https://www.example.com:port",
        "https://[",
        "null",
        "",
    ],
)
def test_any_other_may_not(origin: str) -> None:
    assert not is_on_allowed_domain(scope_from(origin), ALLOWED)


@pytest.mark.req("DL-10")
def test_page_without_an_origin_or_with_two_may_not() -> None:
    assert not is_on_allowed_domain(scope_from(), ALLOWED)
    assert not is_on_allowed_domain(scope_from("https://www.example.com", "https://evil.example"), ALLOWED)


@pytest.mark.req("DG-18")
def test_pattern_with_the_usual_port_matches_an_origin_that_leaves_it_out() -> None:
    assert is_on_allowed_domain(scope_from("https://www.example.com"), ["www.example.com:443"])
    assert not is_on_allowed_domain(scope_from("http://www.example.com"), ["www.example.com:443"])


@pytest.mark.req("DL-10")
@pytest.mark.parametrize(
    ("origin", "https", "is_same"),
    [
        ("https://chat.example.com", True, True),
        ("http://chat.example.com", True, False),
        ("http://chat.example.com", False, True),
        ("https://agents.example.org", True, True),
        ("https://chat.example.com.evil.example", True, False),
        ("https://evil.example", True, False),
        ("https://chat.example.com:8443", True, False),
        ("null", True, False),
        ("", True, False),
    ],
)
def test_agents_socket_opens_from_our_own_pages_only(
    settings: Any, origin: str, https: bool, is_same: bool
) -> None:
    settings.ALLOWED_HOSTS = ["chat.example.com"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://agents.example.org"]
    settings.HTTPS = https
    assert is_same_origin(scope_from(origin)) is is_same


@pytest.mark.req("DL-10")
def test_name_of_somebody_else_that_leads_here_is_not_our_own(settings: Any) -> None:
    settings.ALLOWED_HOSTS, settings.HTTPS = ["chat.example.com"], True
    assert not is_same_origin(scope_from("https://evil.example", host="evil.example"))
