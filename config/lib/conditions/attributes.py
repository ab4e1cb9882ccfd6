"""What conditions can be about: the attributes every visitor may have, and the names a site may add."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)

KNOWN_ATTRIBUTES: Mapping[str, "StrOrPromise"] = MappingProxyType(
    {
        "first_name": _("first name"),
        "last_name": _("last name"),
        "email": _("e-mail"),
        "phone": _("phone"),
        "company": _("company"),
        "job_title": _("job title"),
        "country": _("country"),
        "region": _("region"),
        "language": _("language"),
        "time_zone": _("time zone"),
        "device": _("device"),
        "page_url": _("page address"),
        "page_title": _("page title"),
        "referrer": _("referrer"),
    }
)

# Of a visitor's lead: the ids of the lists it is on, as texts (DG-07, Prime).
LISTS = "lists"
# Of the moment: "yes" or "no", asked only when a branch comes to it (dialogues, C).
AGENT_AVAILABLE = "agent_available"
# What conditions can ask and nothing can set.
RESERVED_ATTRIBUTES = frozenset({LISTS, AGENT_AVAILABLE})
_RESERVED_LABELS: Mapping[str, "StrOrPromise"] = {
    LISTS: _("lists"),
    AGENT_AVAILABLE: _("an agent is available"),
}


def is_attribute_name(name: str) -> bool:
    """Say whether this is a known attribute or a name a custom one may have."""
    return _NAME.fullmatch(name) is not None


def get_attribute_label(name: str) -> str:
    """Give an attribute's name for people; a custom one is called what its owner called it."""
    return str(KNOWN_ATTRIBUTES.get(name) or _RESERVED_LABELS.get(name, name))
