"""Every page of the product, asked for by everybody (S6, S7): a page without a row fails."""

from __future__ import annotations

import types

import pytest
from django.test import override_settings

from config.demo import urls as demo_urls
from config.urls import urlpatterns
from tests.matrix.page_rows import DEMO_PAGES, PAGES
from tests.matrix.routes import list_routes
from tests.matrix.scene import Scene
from tests.matrix.visitor_rows import VISITOR_PAGES
from tests.matrix.walk import find_faults, find_unguarded

pytestmark = pytest.mark.req("LC-05", "LC-06", "LC-38")

# The server's addresses as the embedded mode has them, whatever mode these tests run in.
EMBEDDED = types.ModuleType("tests.matrix.embedded")
EMBEDDED.urlpatterns = [*demo_urls.urlpatterns, *urlpatterns]  # type: ignore[attr-defined]
ROUTES = {route.key: route for route in list_routes() if not route.pattern.startswith("admin/")}
DEMO_ROUTES = {route.key: route for route in list_routes(demo_urls)}


def test_every_page_has_a_row_and_every_row_a_page() -> None:
    rows = {**PAGES, **VISITOR_PAGES, **DEMO_PAGES}
    routes = ROUTES | DEMO_ROUTES
    lacking = [f"{route.key} ({route.pattern})" for key, route in routes.items() if key not in rows]
    assert not lacking, (
        f"Nothing says who may open {lacking}. Write a Row for each in tests/matrix/page_rows.py (for what "
        "visitors ask with their token: visitor_rows.py): who may, the status of GET and POST (None: there "
        "is no such method), and a Case each for one's own object, a colleague's and a missing one."
    )
    gone = rows.keys() - routes.keys()
    assert not gone, f"There are no such pages any more: take {sorted(gone)} out of tests/matrix."


@pytest.mark.parametrize("key", PAGES)
def test_page_answers_each_as_its_row_says(scene: Scene, key: str) -> None:
    faults = find_faults(scene, ROUTES[key], PAGES[key])
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("key", DEMO_PAGES)
def test_page_of_the_demo_answers_each_as_its_row_says(scene: Scene, key: str) -> None:
    with override_settings(ROOT_URLCONF=EMBEDDED):
        faults = find_faults(scene, DEMO_ROUTES[key], DEMO_PAGES[key])
    assert not faults, "\n".join(faults)


@pytest.mark.req("DL-10")
def test_no_page_takes_a_form_that_another_website_sends(scene: Scene) -> None:
    faults = find_unguarded(scene, ROUTES, PAGES)
    assert not faults, "\n".join(faults)
