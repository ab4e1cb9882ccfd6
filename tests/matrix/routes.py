"""Every address that the server has, read from the URL configuration itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import get_converters

EXPRESSION = re.compile(r"\(\?P<\w+>[^)]*\)\$")


@dataclass(frozen=True)
class Route:
    """One address. ``key`` names its row: its name, or where it has none the pattern itself."""

    key: str
    pattern: str

    def make_url(self, arguments: Sequence[object]) -> str:
        """The address with these arguments in order."""
        return reverse(self.key, args=list(arguments)) if self.is_named else self._fill(arguments)

    @property
    def is_named(self) -> bool:
        return "/" not in self.key

    def _fill(self, arguments: Sequence[object]) -> str:
        given, filled = iter(arguments), self.pattern
        filled = EXPRESSION.sub(lambda found: str(next(given)), filled)
        for name in get_converters():
            while f"<{name}:" in filled:
                begins = filled.index(f"<{name}:")
                filled = filled[:begins] + str(next(given)) + filled[filled.index(">", begins) + 1 :]
        return "/" + filled


def list_routes(urlconf: str | ModuleType | None = None) -> list[Route]:
    """Every route, included ones too, in the order in which the server looks."""
    resolver = get_resolver(urlconf)  # type: ignore[arg-type]  # a module is as good as its name
    return list(_walk(resolver.url_patterns, "", ""))


def _walk(patterns: Iterable[URLPattern | URLResolver], prefix: str, namespace: str) -> Iterator[Route]:
    for each in patterns:
        pattern = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            inner = f"{namespace}{each.namespace}:" if each.namespace else namespace
            yield from _walk(each.url_patterns, pattern, inner)
        else:
            yield Route(f"{namespace}{each.name}" if each.name else pattern, pattern)
