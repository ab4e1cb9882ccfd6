"""What a browser tells by itself, and what its address tells (DG-07)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chat.protocol.visitor import Page
from config.lib.geography import get_place

_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+/-]{0,63}", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", re.ASCII)
_DEVICES = frozenset({"desktop", "mobile", "tablet"})


@dataclass(frozen=True, slots=True)
class Browser:
    """What a visitor's browser says of itself; ``address`` is where its connection comes from."""

    language: str = ""
    device: str = ""
    time_zone: str = ""
    address: str = ""


def infer_attributes(page: Page, browser: Browser) -> dict[str, str]:
    """Return inferred attributes by name; what isn't known is left out, and so is what can't be meant."""
    place = get_place(browser.address)
    told = {
        "page_url": strip_query(page.url),
        "page_title": _storable(page.title),
        "referrer": strip_query(page.referrer),
        "language": browser.language if _LANGUAGE.fullmatch(browser.language) else "",
        "device": browser.device if browser.device in _DEVICES else "",
        "time_zone": browser.time_zone if _ZONE.fullmatch(browser.time_zone) else "",
        "country": place.country,
        "region": place.region,
    }
    return {name: value for name, value in told.items() if value.strip()}


def strip_query(url: str) -> str:
    """Return an address without query and fragment: they may carry secrets."""
    return _storable(re.split(r"[?#]", url, maxsplit=1)[0])


def _storable(text: str) -> str:
    return text.replace("\0", "")
