"""What people came for: on which page, which dialogue they met, and how they answered it."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

SITE = "https://www.murmel.example"
# The pages of the shop, with the titles that its website has.
TITLES = {
    "/": "Carry more, drive less",
    "/bikes/": "Our bikes",
    "/fleets/": "For companies",
    "/prices/": "Prices",
}


@dataclass(frozen=True)
class Path:
    """One way through a dialogue: ``chosen`` is the answer to each question, by the card's id."""

    weight: int
    dialogue: str
    pages: tuple[str, ...]
    chosen: dict[str, str]
    topic: str = ""
    for_company: bool = False


PATHS = (
    Path(27, "Welcome", ("/", "/bikes/", "/bikes/"), {"what": "sales"}, "sales"),
    Path(13, "Welcome", ("/", "/bikes/"), {"what": "looking"}),
    Path(6, "Welcome", ("/", "/bikes/"), {"what": "prices", "how-many": "one"}),
    Path(8, "Welcome", ("/", "/bikes/"), {"what": "prices", "how-many": "few"}, "fleet", for_company=True),
    Path(4, "Welcome", ("/",), {"what": "prices", "how-many": "many"}, "fleet", for_company=True),
    Path(9, "Help with prices", ("/prices/",), {"compare": "guide"}),
    Path(9, "Help with prices", ("/prices/",), {"compare": "lease"}, "fleet", for_company=True),
    Path(3, "Help with prices", ("/prices/",), {"compare": "no"}),
    Path(10, "Companies", ("/fleets/",), {}, "fleet", for_company=True),
    Path(6, "Test ride", ("/bikes/",), {}),
    Path(5, "Fleet plan", ("/fleets/",), {}, for_company=True),
)
# For those who have been through "Welcome" before.
RETURNS = (
    Path(6, "Welcome back", ("/bikes/", "/"), {"topic": "service"}, "service"),
    Path(3, "Welcome back", ("/", "/bikes/"), {"topic": "fleet"}, "fleet", for_company=True),
    Path(2, "Welcome back", ("/",), {"topic": "nothing"}),
)


def draw_path(chance: Random, *, returns: bool) -> Path:
    paths = RETURNS if returns else PATHS
    return chance.choices(paths, [path.weight for path in paths])[0]
