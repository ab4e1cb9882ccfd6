"""The example company's settings: Murmel builds cargo bikes and sells them to families and to companies."""

from __future__ import annotations

from dataclasses import dataclass

from config.demo.people import AIKO, DANIEL, INGRID, MATEO, Person
from config.lib.conditions import Condition, Group

NAME = "Murmel"
FALLBACK_HTML = (
    "<p><b>Everybody is out riding right now, sorry!</b></p>"
    "<p>Leave us a line at <a href='mailto:hello@murmel.example'>hello@murmel.example</a> and one of us will "
    "write back today. Or <a href='https://murmel.example/workshops'>find a workshop</a> near you. 🚲</p>"
)
TEAM = "Fleet sales"
TEAM_MEMBERS = (MATEO, INGRID, AIKO)


@dataclass(frozen=True)
class RuleText:
    """A custom rule before it is a row: whom it is for, and either the team or these people."""

    name: str
    priority: int
    conditions: Group
    asked: tuple[Person, ...] = ()
    is_for_team: bool = False


RULES = (
    RuleText(
        "Service and repairs",
        priority=10,
        conditions=Group("all", (Condition("topic", "is", "service"),)),
        asked=(DANIEL, INGRID),
    ),
    RuleText(
        "Companies and fleets",
        priority=20,
        conditions=Group(
            "any",
            (
                Condition("topic", "in_list", ("leasing", "fleet")),
                Condition("company", "is_not_empty"),
            ),
        ),
        is_for_team=True,
    ),
)

# Company, e-mail domain, who owns it.
ACCOUNTS = (
    ("Harbour Street Bakery", "harbourbakery.example", INGRID),
    ("Fennel & Fig Groceries", "fennelandfig.example", MATEO),
    ("Lindgren Flowers", "lindgrenflowers.example", INGRID),
    ("Parcel Pigeon", "parcelpigeon.example", MATEO),
    ("Kawabata Couriers", "kawabata-couriers.example", AIKO),
    ("Borough of Eastmere", "eastmere.example", DANIEL),
)
