"""The rows of the admin's other pages: everything that isn't one of the six usual ones of a model."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.utils import timezone

from chat.models import DialogueVersion, LiveChat
from config.configuration.services.uploads import keep_upload
from tests.factories import UserFactory, live_chat_stream
from tests.matrix.admin_areas import AREAS, make_rows, make_superuser, row_of
from tests.matrix.people import ANYBODY, STAFF, SUPERUSERS, Party, Who, may
from tests.matrix.rows import Case, Row, admin_gate
from tests.matrix.scene import NO_SUCH_ROW, Scene

MANAGERS = may("manage_agents")
SETTERS = may("manage_chatbot_settings")
KEEPERS = may("manage_privacy_and_security")
SUPERVISORS = may("view_all_conversations")
RULES = may("view_custom_rules manage_custom_rules")
ACCOUNTS = may("view_account_list manage_accounts")


def enters(party: Party) -> int:
    """The sign-in of the admin leads on whoever may enter it."""
    return 302 if party.may_enter_admin else 200


def one(find: Any, **missing: Any) -> dict[str, Case]:
    """A row, and one that isn't there."""
    return {
        "a row": Case(lambda scene, party: (find(scene).pk,)),
        "missing": Case(lambda scene, party: (NO_SUCH_ROW,), get=404, post=404, **missing),
    }


def of_kinds(kinds: dict[str, int], *before: Any) -> dict[str, Case]:
    """A file of each kind; of others there is none."""

    def case(kind: str, status: int) -> Case:
        return Case(lambda scene, party: (*(find(scene) for find in before), kind), get=status, post=status)

    return {kind: case(kind, status) for kind, status in kinds.items()}


def list_app_cases() -> dict[str, Case]:
    """The index of an app is there for whoever may see one of its models."""
    apps: dict[str, list[Who]] = {}
    for model, asked in AREAS.items():
        if model is not DialogueVersion:  # reached from its dialogue
            apps.setdefault(model._meta.app_label, []).append(asked.viewers)

    def case(label: str, seen: list[Who]) -> Case:
        def answer(party: Party) -> int:
            return 200 if any(who.allows(party) for who in seen) else 404

        return Case(lambda scene, party: (label,), get=answer, post=answer)

    return {label: case(label, seen) for label, seen in apps.items()}


SITE = {
    "admin:index": Row(STAFF, post=200),
    "admin:login": Row(ANYBODY, get=enters, post=200),
    # Whoever isn't in has nothing to leave: back to the index.
    "admin:logout": Row(STAFF, get=None, post=302),
    "admin:password_change": Row(STAFF, post=200),
    "admin:password_change_done": Row(STAFF),
    # No page of ours completes anything yet: whichever field is asked for, it isn't one.
    "admin:autocomplete": Row(STAFF, get=403),
    "admin:jsi18n": Row(STAFF),
    "admin:view_on_site": Row(
        STAFF, get=404, post=404, cases={"": Case(lambda scene, party: (NO_SUCH_ROW, NO_SUCH_ROW))}
    ),
    "admin:app_list": Row(STAFF, post=200, cases=list_app_cases()),
    "admin/(?P<url>.*)$": Row(STAFF, get=404, post=404, cases={"": Case(lambda scene, party: ("nothing/",))}),
}
PEOPLE = {
    "admin:auth_user_password_change": Row(
        MANAGERS,
        post=200,
        cases={
            **one(lambda scene: scene.row("a user", UserFactory.create)),
            "a superuser": Case(lambda scene, party: (make_superuser(scene).pk,), who=SUPERUSERS, hidden=403),
        },
    ),
    "admin:agents_coverage": Row(may("manage_agents manage_agent_teams view_all_conversations"), post=200),
}
SETTINGS = {
    "admin:installation_look_preview": Row(SETTERS, post=200),
    "admin:installation_preview": Row(SETTERS, get=None, post=200, data={"html": "Hello"}),
    "admin:installation_sightings": Row(may("manage_chatbot_settings manage_privacy_and_security"), post=200),
    "admin:installation_secret": Row(KEEPERS, get=302, post=200),
    "admin:installation_secret_new": Row(KEEPERS, post=302),
}
FILES = {
    "admin:chat_cannedreply_upload": Row(MANAGERS, post=400),
    "admin:chat_cannedreply_export": Row(
        may("view_my_conversations manage_agents"),
        post=200,
        cases=of_kinds({"csv": 200, "xlsx": 200, "exe": 404}),
    ),
    "admin:routing_account_upload": Row(may("manage_accounts"), post=400),
    "admin:routing_account_export": Row(
        ACCOUNTS, post=200, cases=of_kinds({"csv": 200, "xlsx": 200, "exe": 404})
    ),
}


def own_upload(scene: Scene, party: Party) -> tuple[object]:
    if not party.is_superuser:
        return (UUID(int=0),)
    made = scene.row(
        ("upload", party.name),
        lambda: keep_upload(
            user=scene.user(party), name="c.yaml", content=b"format: 1", prune=False, now=timezone.now()
        ),
    )
    return (made.pk,)


# A file may change everything, permission profiles too.
CONFIGURATION = {
    "configuration": Row(SUPERUSERS, post=400),
    "configuration-export": Row(SUPERUSERS),
    "configuration-review": Row(
        SUPERUSERS,
        get=302,
        post=302,
        cases={
            "own": Case(own_upload, get=200),
            "missing": Case(lambda scene, party: (UUID(int=0),)),
        },
    ),
}


def chat_pk(scene: Scene) -> object:
    return row_of(LiveChat, scene).pk


ROUTING = {
    "admin:routing_ledger": Row(SUPERVISORS, post=200),
    "admin:routing_ledger_agent": Row(
        SUPERVISORS,
        post=200,
        cases={
            "a row": Case(lambda scene, party: (scene.colleague.pk,)),
            "missing": Case(lambda scene, party: (NO_SUCH_ROW,), get=404, post=404),
        },
    ),
    "admin:routing_simulator": Row(RULES, post=200),
    # Past requests have their visitors' names.
    "admin:routing_replay": Row(RULES & SUPERVISORS, post=200),
    # Nothing is in order: as such it is refused, by whoever may change it.
    "admin:routing_rule_order": Row(may("manage_custom_rules"), get=None, post=400),
    "admin:routing_rule_findings": Row(RULES, get=None, post=200),
    "admin:chat_livechat_timeline": Row(
        SUPERVISORS, post=200, cases=one(lambda scene: row_of(LiveChat, scene))
    ),
    "admin:chat_livechat_timeline_file": Row(
        SUPERVISORS,
        post=200,
        cases={
            **of_kinds({"csv": 200, "json": 200, "exe": 404}, chat_pk),
            "missing": Case(lambda scene, party: (NO_SUCH_ROW, "csv"), get=404, post=404),
        },
    ),
}


def design(kind: str) -> dict[str, Row]:
    """What the designer's page asks for. What somebody may not even look at isn't there."""
    look = may(f"view_{kind}s manage_{kind}s publish_{kind}s")
    edit, publish = may(f"manage_{kind}s"), may(f"publish_{kind}s")

    def find(scene: Scene) -> Any:
        return scene.flow() if kind == "flow" else scene.dialogue

    cases = one(find)
    body = {"stream": live_chat_stream(), "revision": 0, "number": 1}

    def reads(**others: Any) -> Row:
        return Row(look, refused=404, cases=cases, **others)

    def writes(who: Who) -> Row:
        def refused(party: Party) -> int:
            return 403 if look.allows(party) else 404

        # It is looked for before it is asked who may: so it isn't there for anybody.
        cases = one(find, refused=404)
        return Row(who, get=None, post=200, data=json.dumps(body), refused=refused, cases=cases)

    def switches() -> Row:
        return Row(publish, get=None, post=302, cases=cases)

    pages = {
        **{page: reads() for page in ("designer", "draft", "versions", "export", "preview")},
        "check": reads(get=None, post=200, data=json.dumps(body)),
        **{page: writes(edit) for page in ("save", "restore", "duplicate")},
        **{page: writes(publish) for page in ("designer_publish", "designer_unpublish")},
        **{page: switches() for page in ("publish", "unpublish")},
    }
    return {f"admin:chat_{kind}_{page}": row for page, row in pages.items()}


OTHERS = SITE | PEOPLE | SETTINGS | FILES | CONFIGURATION | ROUTING | design("dialogue") | design("flow")
ADMIN_PAGES = {
    **{key: row for model in AREAS for key, row in make_rows(model).items()},
    **{key: replace(row, gate=admin_gate) for key, row in OTHERS.items()},
}
