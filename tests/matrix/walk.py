"""Asks for an address as everybody, and says what isn't as its row has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from unittest.mock import patch

from django.conf import settings
from django.template.response import SimpleTemplateResponse
from django.test import Client

from tests.matrix.people import EVERYBODY, PROFILES, SUPERUSER, Party, list_beside
from tests.matrix.routes import Route
from tests.matrix.rows import Case, Row
from tests.matrix.scene import CANARY, Scene


def find_faults(scene: Scene, route: Route, row: Row) -> list[str]:
    """Everything that isn't as the row says, in sentences."""
    return [
        fault
        for method, case, party in list_questions(row)
        for fault in _look(scene, row, case, route.make_url(case.find(scene, party)), party, method)
    ]


def list_questions(row: Row) -> Iterator[tuple[str, Case, Party]]:
    """Everybody looks at the first case. Of those who hold the same of what the row asks for, one does the
    rest: nothing in the product knows a profile by its name.
    """
    asked = [row.who, *([row.editors] if row.editors else []), *(case.who for case in row.cases.values())]
    named = frozenset().union(*(clause for who in asked for clause in who.clauses))
    beside, first = list_beside(*asked), next(iter(row.cases.values()))
    different = {party.held & named: party for party in (*PROFILES, *beside)}
    others = [party for party in EVERYBODY if party not in PROFILES]
    yield from (("GET", first, party) for party in (*EVERYBODY, *beside))
    yield from (("POST", first, party) for party in (*others, *different.values()))
    for case in row.cases.values():
        if case is not first:
            yield from (
                (method, case, party)
                for method in ("GET", "POST")
                for party in (SUPERUSER, *different.values())
            )


def find_unguarded(scene: Scene, routes: Mapping[str, Route], rows: Mapping[str, Row]) -> list[str]:
    """Addresses that take a superuser's form without its token, as another website would send it (S10)."""
    strict = Client(enforce_csrf_checks=True)
    strict.cookies[settings.SESSION_COOKIE_NAME] = scene.session(SUPERUSER)
    found = []
    for key, row in rows.items():
        if row.post is not None and not row.is_csrf_exempt:
            arguments = next(iter(row.cases.values())).find(scene, SUPERUSER)
            with scene.undone() as written:
                answer = strict.post(routes[key].make_url(arguments), {"csrfmiddlewaretoken": ""})
            if answer.status_code != 403 or written:
                found.append(f"{key} answered {answer.status_code}")
    return found


def _look(scene: Scene, row: Row, case: Case, url: str, party: Party, method: str) -> list[str]:
    data = row.data if case.data is None else case.data
    expected, wrong = row.expect(method, case, party), []
    scene.session(party)
    # Drawn once, for the superuser: what takes most of the time tells nothing of who may.
    drawing: AbstractContextManager[object] = nullcontext()
    if party is not SUPERUSER:
        drawing = patch.object(SimpleTemplateResponse, "rendered_content", "")
    # Only looked at, nothing is undone: that would be half of what is asked of the database.
    undoing: AbstractContextManager[list[str]] = scene.undone() if method == "POST" else nullcontext([])
    with drawing, undoing as written:
        answer = scene.ask(method, url, party, data)
        # Also ends what is streamed.
        content = answer.getvalue()
    if answer.status_code not in expected:
        wrong.append(f"answered {answer.status_code} instead of {' or '.join(map(str, sorted(expected)))}")
    if CANARY.encode() in content and not row.may_have(method, case, party):
        wrong.append("told what isn't theirs")
    if method == "POST" and written and not row.may_write(case, party):
        wrong.append(f"wrote: {written}")
    return [f"{method} {url} as {party.name} {each}" for each in wrong]
