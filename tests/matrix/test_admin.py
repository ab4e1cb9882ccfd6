"""Every page of the admin, asked for by everybody (S8): a page, or a model, without a row fails."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.test import RequestFactory

from agents.models import User
from chat.models import DialogueVersion
from tests.matrix.admin_areas import AREAS
from tests.matrix.admin_rows import ADMIN_PAGES
from tests.matrix.people import EVERYBODY
from tests.matrix.routes import list_routes
from tests.matrix.scene import Scene
from tests.matrix.walk import find_faults, find_unguarded

pytestmark = pytest.mark.req("LC-05", "LC-06")
ROUTES = {route.key: route for route in list_routes() if route.pattern.startswith("admin/")}


def test_every_model_has_an_area() -> None:
    lacking = [model._meta.label for model in admin.site._registry.keys() - AREAS.keys()]
    assert not lacking, (
        f"Nothing says who may see {lacking} in the admin. Add an area for each to AREAS in "
        "tests/matrix/admin_areas.py: who views, who edits, and how a row is made."
    )
    gone = [model._meta.label for model in AREAS.keys() - admin.site._registry.keys()]
    assert not gone, f"The admin has no such models any more: take {gone} out of AREAS."


def test_every_page_has_a_row_and_every_row_a_page() -> None:
    lacking = [f"{key} ({route.pattern})" for key, route in ROUTES.items() if key not in ADMIN_PAGES]
    assert not lacking, (
        f"Nothing says who may open {lacking}. Write a Row for each in tests/matrix/admin_rows.py: who "
        "may, the status of GET and POST (None: there is no such method), and a Case each for a row and a "
        "missing one."
    )
    gone = ADMIN_PAGES.keys() - ROUTES.keys()
    assert not gone, (
        f"There are no such pages any more: take {sorted(gone)} out of tests/matrix/admin_rows.py."
    )


@pytest.mark.parametrize("key", ADMIN_PAGES)
def test_page_answers_each_as_its_row_says(scene: Scene, key: str) -> None:
    faults = find_faults(scene, ROUTES[key], ADMIN_PAGES[key])
    assert not faults, "\n".join(faults)


def test_index_lists_only_what_each_may_open(scene: Scene) -> None:
    for party in EVERYBODY:
        request = RequestFactory().get("/admin/")
        scene.session(party)
        request.user = User.objects.get(pk=scene.user(party).pk)
        apps = admin.site.get_app_list(request) if party.is_somebody else []
        listed = {model["model"] for app in apps for model in app["models"]}
        assert listed == {
            model
            for model, area in AREAS.items()
            if area.viewers.allows(party) and model is not DialogueVersion
        }, party.name


@pytest.mark.req("DL-10")
def test_no_page_takes_a_form_that_another_website_sends(scene: Scene) -> None:
    faults = find_unguarded(scene, ROUTES, ADMIN_PAGES)
    assert not faults, "\n".join(faults)
