"""The library of canned replies: approved ones, two that wait for approval, and some of people's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from agents.models import User
from chat.models import CannedReply
from chat.services.canned import clean_code, clean_text, clean_title


@dataclass(frozen=True)
class Written:
    """A reply before it is a row; of everybody's there is who proposed it, of one's own the owner."""

    code: str
    title: str
    text: str
    by: str
    is_own: bool = False
    is_approved: bool = True


LIBRARY = (
    Written(
        "hello", "Greeting", "Hi {{visitor.first_name|there}}, {{agent.name}} here. How can I help?", "petra"
    ),
    Written(
        "prices",
        "All prices",
        "The One is 3,490 euros, the Long 3,890, the Post 4,750. Lease from 79 a month. Lock, lights and the "
        "first service are in it.",
        "petra",
    ),
    Written(
        "delivery",
        "Delivery",
        "We deliver assembled, on a weekday you choose, for 89 euros. The driver rings an hour before.",
        "ingrid",
    ),
    Written(
        "test-ride",
        "Test ride",
        "Come for a test ride, {{visitor.first_name|with pleasure}}: weekdays at 10:00 and at 15:30. Or we "
        "bring one to your door for a week.",
        "ingrid",
    ),
    Written(
        "warranty", "Warranty", "Two years on everything, ten years of spare parts, in writing.", "daniel"
    ),
    Written(
        "fleet",
        "Fleet price",
        "From five bikes on {{visitor.company|your company}} has the fleet price: 12 percent off, and a loan "
        "bike within 24 hours.",
        "mateo",
    ),
    Written(
        "insurance",
        "Insurance in the lease",
        "Theft and damage are in the lease, with 100 euros deductible. Liability is your own.",
        "mateo",
    ),
    Written(
        "service", "Book a service", "The first service is due after 500 km. I can book you in now.", "daniel"
    ),
    Written(
        "follow-up",
        "Goodbye with a mail",
        "I write to {{visitor.email|the address you left}} today. Thank you for the chat!",
        "petra",
    ),
    Written(
        "summer",
        "Summer campaign",
        "In June the rain roof comes with every One and Long.",
        "mateo",
        is_approved=False,
    ),
    Written(
        "cooling",
        "Cooling boxes",
        "The insulated box keeps 8 degrees for five hours. Active cooling comes next spring.",
        "aiko",
        is_approved=False,
    ),
    Written("moment", "One moment", "I'm looking that up, one moment.", "ingrid", is_own=True),
    Written("tea", "Not a bot", "No, a person with a cup of tea. :)", "ingrid", is_own=True),
    Written(
        "visit",
        "Propose a visit",
        "Shall we plan a visit? I'm in your area on Thursdays.",
        "mateo",
        is_own=True,
    ),
    Written(
        "sensor",
        "Error 504",
        "That is the speed sensor: please turn the magnet back to the frame.",
        "daniel",
        is_own=True,
    ),
)


def add_replies(people: dict[str, User], *, since: datetime) -> None:
    """Keep the library; a few days lie between one reply and the next."""
    rows = CannedReply.objects.bulk_create(_make_row(written, people) for written in LIBRARY)
    for number, row in enumerate(rows):
        # The field is set by every save, to now.
        CannedReply.objects.filter(pk=row.pk).update(changed_at=since + timedelta(days=2 * number, hours=3))


def _make_row(written: Written, people: dict[str, User]) -> CannedReply:
    by = people[written.by]
    is_shared = not written.is_own
    return CannedReply(
        owner=None if is_shared else by,
        code=clean_code(written.code),
        title=clean_title(written.title),
        text=clean_text(written.text),
        is_approved=is_shared and written.is_approved,
        proposed_by=by if is_shared else None,
        approved_by=people["petra"] if is_shared and written.is_approved else None,
    )
