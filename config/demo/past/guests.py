"""Who came: people with names, addresses and browsers, drawn for each visit."""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from chat.models import Lead, Visitor
from chat.services.visitors import hash_key
from config.demo.company import ACCOUNTS


@dataclass(frozen=True)
class Place:
    """Where somebody lives; ``weight`` is how many of the shop's visitors do."""

    weight: int
    country: str
    name: str
    zone: str
    language: str
    cities: tuple[tuple[str, str], ...]
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]


PLACES = (
    Place(
        28,
        "SE",
        "Sweden",
        "Europe/Stockholm",
        "sv",
        (("Malmö", "Skåne County"), ("Göteborg", "Västra Götaland County"), ("Uppsala", "Uppsala County")),
        ("Astrid", "Oskar", "Maja", "Nils", "Linnea", "Viktor", "Karin", "Elias", "Saga", "Henrik"),
        ("Berg", "Nyström", "Lindgren", "Ekholm", "Sandberg", "Hedlund", "Åkesson", "Wallin"),
    ),
    Place(
        22,
        "DE",
        "Germany",
        "Europe/Berlin",
        "de",
        (("Hamburg", "Hamburg"), ("Köln", "North Rhine-Westphalia"), ("Leipzig", "Saxony")),
        ("Jonas", "Lena", "Tobias", "Katrin", "Moritz", "Frauke", "Anja", "Bastian", "Hanne", "Sven"),
        ("Brandt", "Vogel", "Kessler", "Hartwig", "Petersen", "Jahnke", "Dorn", "Seidel"),
    ),
    Place(
        20,
        "GB",
        "United Kingdom",
        "Europe/London",
        "en",
        (("Bristol", "England"), ("Leeds", "England"), ("Edinburgh", "Scotland")),
        ("Harriet", "Callum", "Priya", "Owen", "Beth", "Marcus", "Ailsa", "Tom", "Zadie", "Imran"),
        ("Ashworth", "Patel", "Reid", "Holloway", "Fraser", "Mensah", "Pike", "Bell"),
    ),
    Place(
        13,
        "ES",
        "Spain",
        "Europe/Madrid",
        "en",
        (("Valencia", "Valencia"), ("Bilbao", "Basque Country")),
        ("Lucía", "Álvaro", "Nerea", "Pablo", "Inés", "Hugo"),
        ("Ferrer", "Ibarra", "Molina", "Soler", "Vidal"),
    ),
    Place(
        12,
        "US",
        "the United States",
        "America/New_York",
        "en",
        (("Portland", "Maine"), ("Burlington", "Vermont"), ("Brooklyn", "New York")),
        ("Grace", "Wesley", "Naomi", "Ethan", "Carmen", "Drew"),
        ("Whitaker", "Nguyen", "Ortiz", "Bailey", "Kowalski"),
    ),
    Place(
        5,
        "JP",
        "Japan",
        "Asia/Tokyo",
        "en",
        (("Kyoto", "Kyoto"), ("Fukuoka", "Fukuoka")),
        ("Haruka", "Kenji", "Yui", "Sota"),
        ("Mori", "Ishida", "Okada", "Fujita"),
    ),
)
# Company and domain; those that are accounts come on top.
COMPANIES = (
    ("Solsidan Bakery", "solsidan-bakery.example"),
    ("Nordic Bloom", "nordicbloom.example"),
    ("Rad & Tat", "radundtat.example"),
    ("Hafenpost Kuriere", "hafenpost.example"),
    ("Copper Kettle Coffee", "copperkettle.example"),
    ("Millrace Brewing", "millrace.example"),
    ("City of Almhult", "almhult-city.example"),
    ("Verde Reparto", "verdereparto.example"),
    ("Green Mile Logistics", "greenmile.example"),
    ("St. Olave's School", "stolaves.example"),
    ("Kastanje Catering", "kastanje.example"),
    ("Two Rivers Library", "tworivers.example"),
    *((name, domain) for name, domain, _owner in ACCOUNTS),
)
MAILBOXES = ("mailbox.example", "posteo.example", "inbox.example", "fastpost.example")
REFERRERS = (
    ("https://www.google.com/", 40),
    ("", 26),
    ("https://www.instagram.com/", 9),
    ("https://duckduckgo.com/", 6),
    ("https://cargobikes.example/reviews/best-of-the-year", 10),
    ("https://news.murmel.example/spring", 9),
)
# Of a hundred visitors from companies, so many are signed in to the shop, whose pages then say who they are.
SIGNED_IN = 0.6
JOBS = ("Head of logistics", "Owner", "Office manager", "Fleet manager", "Buyer", "Site manager")
STATUSES = ("Customer", "Customer", "Prospect", "Trial")
DEVICES = {"desktop": 52, "mobile": 41, "tablet": 7}


@dataclass
class Guest:
    """A visitor of the website, and what the installation has come to know."""

    first_name: str
    email: str
    company: str
    city: str
    place: Place
    language: str
    visitor: Visitor
    lead: Lead | None = None
    # Dialogues gone through, and the words of the last visit's browser session.
    completed: set[str] = field(default_factory=set)
    session: str = ""


def draw_guest(chance: Random, now: datetime, *, for_company: bool) -> Guest:
    """Somebody new, of whom nothing is kept yet but what the browser tells."""
    place = chance.choices(PLACES, [place.weight for place in PLACES])[0]
    city, region = chance.choice(place.cities)
    first, last = chance.choice(place.first_names), chance.choice(place.last_names)
    company, domain = chance.choice(COMPANIES) if for_company else ("", chance.choice(MAILBOXES))
    # The chat itself is in English; more and more people leave their browser in it.
    language = place.language if chance.random() < 0.55 else "en"
    told = {
        "language": language,
        "device": chance.choices([*DEVICES], [*DEVICES.values()])[0],
        "time_zone": place.zone,
        "country": place.country,
        "region": region,
    }
    claims: dict[str, str] = {}
    if company and chance.random() < SIGNED_IN:
        claims = {"first_name": first, "last_name": last, "company": company}
        claims |= {"job_title": chance.choice(JOBS), "crm_status": chance.choice(STATUSES)}
    visitor = Visitor(
        attributes=claims,
        # Of a key that nobody has: nobody can come back as this visitor.
        key_hash=hash_key(secrets.token_urlsafe(32)),
        inferred=told,
        language=language,
        session_number=0,
        session_seen_at=now,
    )
    email = f"{_plain(first)}.{_plain(last)}{chance.randrange(10, 99) if not company else ''}@{domain}"
    return Guest(first, email, company, city, place, language, visitor)


def draw_referrer(chance: Random) -> str:
    """The page that led to the shop; empty where the address was typed in."""
    return chance.choices([name for name, _weight in REFERRERS], [weight for _name, weight in REFERRERS])[0]


def _plain(name: str) -> str:
    """As it stands in an address: small letters from a to z."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in apart if "a" <= letter <= "z")
