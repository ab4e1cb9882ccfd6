"""Patterns of addresses: ``https://*.website.com/folder/*`` (DG-08)."""

from __future__ import annotations

from dataclasses import dataclass

from .addresses import Address

# Stands for what a wildcard is for, where one pattern is held against another: no address has it.
_ANYTHING = "\0"

Glob = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line: ``text`` as it was written; of host and path what stands between the wildcards."""

    text: str
    host: Glob
    port: int | None
    path: Glob

    def matches(self, address: Address) -> bool:
        return (
            fits(self.host, address.host)
            and (self.port is None or self.port == address.port)
            and fits(self.path, address.path)
        )

    def covers(self, other: Pattern) -> bool:
        """Whether every page of the other pattern is one of this one's."""
        return (
            fits(self.host, _ANYTHING.join(other.host))
            and self.port in (None, other.port)
            and fits(self.path, _ANYTHING.join(other.path))
        )


@dataclass(frozen=True, slots=True)
class Target:
    """The pages of a dialogue: all that one of ``include`` matches, or all pages if there is none, except
    those that one of ``exclude`` matches.
    """

    include: tuple[Pattern, ...] = ()
    exclude: tuple[Pattern, ...] = ()

    def matches(self, address: Address | None) -> bool:
        """Whether this page is one of them. None, no address of a page, is only in a target without lines."""
        if address is None:
            return not self.include and not self.exclude
        return (not self.include or _any_matches(self.include, address)) and not _any_matches(
            self.exclude, address
        )


def _any_matches(patterns: tuple[Pattern, ...], address: Address) -> bool:
    return any(pattern.matches(address) for pattern in patterns)


def fits(glob: Glob, text: str) -> bool:
    """Whether the text is what stands between the wildcards, with anything in their places.

    Not a regular expression: ten wildcards and an address made for it would keep one busy for minutes.
    """
    first, last = glob[0], glob[-1]
    if len(glob) == 1:
        return text == first
    at, end = len(first), len(text) - len(last)
    if at > end or not text.startswith(first) or not text.endswith(last):
        return False
    for part in glob[1:-1]:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
