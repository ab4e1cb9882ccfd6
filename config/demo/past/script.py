"""The words of one live chat: a talk of the right kind and language, with its blanks filled in."""

from __future__ import annotations

from dataclasses import dataclass

from . import talks, talks_abroad
from .story import Story

BIKES = {"One": ("3,490", "79"), "Long": ("3,890", "88"), "Post": ("4,750", "109")}
DAYS = {
    "en": ("Tuesday", "Thursday", "Friday", "Saturday"),
    "de": ("Dienstag", "Donnerstag", "Freitag", "Samstag"),
    "sv": ("tisdag", "torsdag", "fredag", "lördag"),
}
BODIES = {"sales": talks.SALES, "fleet": talks.FLEET, "service": talks.SERVICE}
ABROAD = {
    "de": (talks_abroad.GERMAN_OPENINGS, talks_abroad.GERMAN, talks_abroad.GERMAN_CLOSINGS),
    "sv": (talks_abroad.SWEDISH_OPENINGS, talks_abroad.SWEDISH, talks_abroad.SWEDISH_CLOSINGS),
}
NAMELESS = "there"
# Of a hundred visitors with a German or Swedish browser who ask about sales, so many write in it.
IN_THEIR_OWN = 0.6
ASIDE = 0.2


@dataclass(frozen=True)
class Line:
    """One message of a talk."""

    is_visitor: bool
    text: str


@dataclass(frozen=True)
class Script:
    """All that is said, in three parts."""

    opening: tuple[Line, ...]
    body: tuple[Line, ...]
    closing: tuple[Line, ...]


def write_script(story: Story, topic: str) -> Script:
    """Return what is said in this chat, by its visitor and whoever has accepted it."""
    chance, language = story.chance, "en"
    if topic == "sales" and story.guest.language in ABROAD and chance.random() < IN_THEIR_OWN:
        language = story.guest.language
    openings, bodies, closings = ABROAD.get(language, (talks.OPENINGS, BODIES[topic], talks.CLOSINGS))
    values = _draw_values(story, topic, language)
    body = _read(chance.choice(bodies), values)
    if language == "en" and chance.random() < ASIDE:
        # After a line of the agent's, where the visitor is to say the next thing anyway.
        place = next(number for number, line in enumerate(body, start=1) if not line.is_visitor)
        body = [*body[:place], *_read(chance.choice(talks.ASIDE), values), *body[place:]]
    return Script(
        tuple(_read(f"> {chance.choice(openings)}", values)),
        tuple(body),
        tuple(_read(chance.choice(closings), values)),
    )


def _draw_values(story: Story, topic: str, language: str) -> dict[str, str]:
    guest, chance = story.guest, story.chance
    bike = chance.choice([*BIKES][:2]) if topic == "sales" else "Post"
    price, lease = BIKES[bike]
    agent = story.live_chat.agent_name if story.live_chat else ""
    return {
        "first": guest.visitor.attributes.get("first_name", ""),
        "agent": agent,
        "agent_first": agent.split()[0] if agent else "",
        "email": guest.email,
        "city": guest.city,
        "country": guest.place.name,
        "bike": bike,
        "price": price,
        "lease": lease,
        "n": str(chance.randint(5, 14)),
        "day": chance.choice(DAYS[language]),
        "daytime": chance.choice(("day", "afternoon", "evening")),
    }


def _read(text: str, values: dict[str, str]) -> list[Line]:
    if not values["first"]:
        # Who wasn't asked for a name is called by none.
        text = text.replace(", {first}", "").replace("{first}", NAMELESS)
    lines: list[str] = []
    for line in text.strip().splitlines():
        if line[:1] in ("<", ">"):
            lines.append(line)
        elif line:
            lines[-1] += f" {line}"
    return [Line(line[0] == "<", line[1:].strip().format_map(values)) for line in lines]
