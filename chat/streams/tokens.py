"""Tokens in texts: `{{lead.firstName:"there"}}` becomes what we know, else the default (DG-11).

The result is plain text. It is escaped where it is shown, which is by inserting it as text.
"""

import re
from collections.abc import Mapping

_NAME = r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*"
_TOKEN = re.compile(rf'\{{\{{\s*(?P<name>{_NAME})\s*(?::\s*"(?P<default>[^"]*)"\s*)?\}}\}}')
_BRACES = re.compile(r"\{\{|\}\}")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def render(text: str, attributes: Mapping[str, str]) -> str:
    """The text with its tokens replaced, in one pass: braces in a visitor's data are never read as a token.

    An attribute that is unknown or blank gives the token's default, or nothing. What is no token stays.
    """
    return _TOKEN.sub(lambda found: _value(found["name"], attributes) or found["default"] or "", text)


def has_malformed_token(text: str) -> bool:
    """Whether double braces are left that will be shown to the visitor as they are written."""
    return bool(_BRACES.search(_TOKEN.sub("", text)))


def attribute_name(name: str) -> str:
    """The stored name a token means: `lead.firstName` is `first_name`, `company.name` is `company_name`."""
    return _HUMP.sub("_", name.removeprefix("lead.")).replace(".", "_").lower()


def _value(name: str, attributes: Mapping[str, str]) -> str:
    # The host page may set attributes under names of its own ("planName"): the name as written comes first.
    written = name.removeprefix("lead.")
    return (attributes.get(written) or attributes.get(attribute_name(name)) or "").strip()
