"""Who works at the example company, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

MIDNIGHT = time(0)
EVERY_DAY = range(7)
WORKDAYS = range(5)


@dataclass(frozen=True)
class Person:
    """Somebody with an account; nobody has a password, so the only way in is a link of this very demo."""

    username: str
    first_name: str
    last_name: str
    job_title: str
    colour: str
    time_zone: str
    profile: str | None = "Live Agent"
    days: range = WORKDAYS
    hours: tuple[tuple[time, time], ...] = ()
    # Offered on the start page and printed when the demo starts.
    signs_in: bool = False
    is_admin: bool = False


INGRID = Person(
    username="ingrid",
    first_name="Ingrid",
    last_name="Solberg",
    job_title="Cargo bike advisor",
    colour="#0f766e",
    time_zone="Europe/Stockholm",
    days=EVERY_DAY,
    hours=((MIDNIGHT, MIDNIGHT),),
    signs_in=True,
)
MATEO = Person(
    username="mateo",
    first_name="Mateo",
    last_name="Rivas",
    job_title="Fleet sales",
    colour="#b45309",
    time_zone="Europe/Madrid",
    days=EVERY_DAY,
    hours=((MIDNIGHT, MIDNIGHT),),
    signs_in=True,
)
AIKO = Person(
    username="aiko",
    first_name="Aiko",
    last_name="Tanaka",
    job_title="Fleet sales, Asia",
    colour="#7c3aed",
    time_zone="Asia/Tokyo",
    hours=((time(9), time(12)), (time(13), time(18))),
)
DANIEL = Person(
    username="daniel",
    first_name="Daniel",
    last_name="Okafor",
    job_title="Service and repairs",
    colour="#be185d",
    time_zone="America/New_York",
    hours=((time(8, 30), time(16, 30)),),
)
PETRA = Person(
    username="petra",
    first_name="Petra",
    last_name="Lindqvist",
    job_title="Head of sales",
    colour="#1d4ed8",
    time_zone="Europe/Stockholm",
    profile=None,
    signs_in=True,
    is_admin=True,
)

PEOPLE = (INGRID, MATEO, AIKO, DANIEL, PETRA)
# In the order in which they are offered.
VISITABLE = tuple(person for person in PEOPLE if person.signs_in)
