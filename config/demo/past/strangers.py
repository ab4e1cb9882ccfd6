"""Those of whom only is known that a dialogue was shown to them, and the pages that the snippet is on."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from chat.models import Sighting, Trigger
from chat.services.triggers import hash_session

from .paths import SITE, TITLES
from .visits import Program

# On a page, in a hundred visits, and what is shown there.
SHOWN = (
    ("/", "Welcome", 44),
    ("/bikes/", "Welcome", 30),
    ("/prices/", "Help with prices", 17),
    ("/fleets/", "Companies", 9),
)
# For one who opens the chat, so many only see it.
FOR_EACH = (2, 5)


def draw_strangers(arrivals: list[datetime], program: Program, chance: Random) -> list[Trigger]:
    """Some around each of those who opened the chat."""
    return [
        _draw(at + timedelta(seconds=chance.uniform(-2_400, 2_400)), program, chance)
        for at in arrivals
        for _stranger in range(chance.randint(*FOR_EACH))
    ]


def add_sightings(*, since: datetime, last: datetime) -> None:
    """The shop's pages, seen from the first day on until shortly before the last visitor left."""
    Sighting.objects.bulk_create(
        Sighting(
            origin=SITE,
            path=path,
            first_seen_at=since + timedelta(hours=4, minutes=number),
            last_seen_at=last - timedelta(minutes=3 * number),
        )
        for number, path in enumerate(TITLES)
    )


def _draw(at: datetime, program: Program, chance: Random) -> Trigger:
    page, dialogue, _weight = chance.choices(SHOWN, [weight for _page, _name, weight in SHOWN])[0]
    version = program.versions[dialogue]
    return Trigger(
        dialogue_id=version.dialogue_id,
        version=version,
        session_hash=hash_session(f"{chance.getrandbits(128):032x}"),
        page_url=f"{SITE}{page}",
        triggered_at=at,
    )
