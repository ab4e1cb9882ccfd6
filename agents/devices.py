"""What a browser tells of itself, and how people call it: "Chrome on Windows". Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from django.utils.translation import gettext as _

MOST_USER_AGENT = 300

# The first that is found counts: nearly every browser also says that it is Chrome or Safari.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Vivaldi", "Vivaldi"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrom", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks: the browser's own name for itself, and the address it comes from (None: not told)."""

    user_agent: str = ""
    address: str | None = None


def make_client(user_agent: str, address: str) -> Client:
    """Make one of what a request says, cut and cleaned to what can be kept."""
    return Client(_UNPRINTABLE.sub("", user_agent)[:MOST_USER_AGENT], _read_address(address))


def name_device(user_agent: str) -> str:
    """Return a browser and its system in words, in the active language."""
    browser, system = _find(_BROWSERS, user_agent), _find(_SYSTEMS, user_agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown browser")


def is_handheld(user_agent: str) -> bool:
    """Whether it is a phone or a tablet, for its picture."""
    return _find(_SYSTEMS, user_agent) in {"iPhone", "iPad", "Android"}


def _find(names: Sequence[tuple[str, str]], user_agent: str) -> str:
    return next((name for sign, name in names if sign in user_agent), "")


def _read_address(address: str) -> str | None:
    try:
        return str(ip_address(address))
    except ValueError:
        return None
