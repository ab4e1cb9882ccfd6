"""Every fault of a file is told at its place, all at once, and nothing is imported (LC-60, LC-51)."""

from __future__ import annotations

from typing import Any

import pytest

from agents.models import Team
from tests.configuration.bringing import refuse
from tests.factories import AgentFactory, UserFactory
from tests.stage import configure

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-60", "LC-51")]

REFUSED: dict[str, tuple[str, Any, str, str]] = {
    "section": ("colours", [], "colours", "isn't known here"),
    "no list": ("rules", {}, "rules", "must be a list"),
    "no parts": ("rules", ["x"], "rules[0]", "must have parts"),
    "no name": ("rules", [{"priority": 1}], "rules[0]", "has no “name”"),
    "unknown name": ("teams", [{"name": "X", "colour": "red"}], "teams[0].colour", "isn't known here."),
    "wrong type": ("rules", [{"name": "X", "priority": "1"}], "rules[0].priority", "must be a whole number."),
    "switch in words": ("settings", {"sounds": "yes"}, "settings.sounds", "must be true or false."),
    "secret": ("settings", {"identity_secret": "x"}, "settings.identity_secret", "isn't known here."),
    "setting out of bounds": ("settings", {"seat_limit": 11}, "settings.seat_limit", "From 1 to 10."),
    "address of another kind": (
        "settings",
        {"privacy_url": "javascript:alert(1)"},
        "settings.privacy_url",
        "Enter a valid URL.",
    ),
    "twice": ("teams", [{"name": "X"}, {"name": "X"}], "teams[1]", "is in the file twice: also as teams[0]."),
    "stranger": (
        "teams",
        [{"name": "X", "members": ["nobody"]}],
        "teams[0].members[0]",
        "There is no user “nobody”.",
    ),
    "new user": ("people", [{"username": "new"}], "people[0].username", "There is no active user “new”."),
    "no agent": (
        "teams",
        [{"name": "X", "members": ["clerk"]}],
        "teams[0].members",
        "doesn't take live chats",
    ),
    "time zone": (
        "people",
        [{"username": "ida", "time_zone": "Mars/Base"}],
        "people[0].time_zone",
        "There is no time zone called “Mars/Base”.",
    ),
    "hours": (
        "people",
        [{"username": "ida", "hours": {"monday": ["9-5"]}}],
        "people[0].hours.monday[0]",
        "must be hours such as 09:00-17:00.",
    ),
    "weekday": (
        "people",
        [{"username": "ida", "hours": {"funday": ["09:00-10:00"]}}],
        "people[0].hours.funday",
        "isn't a weekday",
    ),
    "overlap": (
        "people",
        [{"username": "ida", "hours": {"monday": ["09:00-12:00", "11:00-13:00"]}}],
        "people[0].starts",
        "Two of these hours overlap.",
    ),
    "permission": (
        "profiles",
        [{"name": "X", "permissions": ["add_user"]}],
        "profiles[0].permissions[0]",
        "There is no permission “add_user”.",
    ),
    "conditions": (
        "rules",
        [{"name": "X", "agents": ["ida"], "conditions": {"items": [{"attribute": "country"}]}}],
        "rules[0].conditions",
        "Condition 1: must be one of",
    ),
    "rule for nobody": ("rules", [{"name": "X"}], "rules[0].agents", "somebody must be asked"),
    "domain": (
        "accounts",
        [{"name": "X", "domain": "no domain", "owner": "ida"}],
        "accounts[0].domain",
        "A domain such as example.com.",
    ),
    "braces": (
        "canned_replies",
        [{"code": "x", "title": "X", "text": "{{request.user}}"}],
        "canned_replies[0].text",
        "There is no variable “request.user”",
    ),
    "card": (
        "dialogues",
        [{"name": "X", "stream": {"start": "a", "cards": {"a": {"type": "bomb"}}}}],
        "dialogues[0].stream.cards.a.type",
        "Card “a” can't be read",
    ),
    "status": ("dialogues", [{"name": "X", "status": "published"}], "dialogues[0].status", "must be “draft”"),
    "page": (
        "dialogues",
        [{"name": "X", "target_include": "ftp://x"}],
        "dialogues[0].target_include",
        "an address begins with http",
    ),
    "published, but not fit for it": (
        "dialogues",
        [
            {
                "name": "X",
                "status": "published",
                "published": {"setup": {}, "stream": {"start": None, "cards": {}}},
            }
        ],
        "dialogues[0].published.stream",
        "There are no cards yet.",
    ),
    "published setup": (
        "dialogues",
        [
            {
                "name": "X",
                "status": "published",
                "published": {"setup": {"look": "odd"}, "stream": {"start": None, "cards": {}}},
            }
        ],
        "dialogues[0].published.setup",
        "can't be read",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_fault_is_told_at_its_place(case: str) -> None:
    configure(package="prime")
    AgentFactory.create(username="ida")
    UserFactory.create(username="clerk")
    section, content, path, words = REFUSED[case]
    found = refuse(**{section: content})
    assert path in found
    assert words in found[path]


def test_all_faults_are_told_at_once_and_nothing_is_imported() -> None:
    found = refuse(
        teams=[{"name": "Fine"}],
        rules=[{"name": "A", "priority": 0, "agents": ["x"]}],
        settings={"accept_seconds": 1},
        canned_replies=[{"code": "Ö", "title": "", "text": "x"}],
    )
    assert {path.split("[")[0].split(".")[0] for path in found} == {
        "teams",
        "rules",
        "settings",
        "canned_replies",
    }
    assert not Team.objects.exists()
