"""The snippet on websites that aren't allowed (DG-18)."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from chat.widget import get_versioned_snippet
from config.installation.models import Installation

pytestmark = [pytest.mark.django_db, pytest.mark.req("DG-18")]

ALLOWED = {"referer": "https://www.example.com/"}
ELSEWHERE = {"referer": "https://evil.example/"}


@pytest.fixture
def restricted(db: None) -> Installation:
    domains = "www.example.com\n*.shop.example"
    return Installation.objects.create(pk=1, restrict_domains=True, allowed_domains=domains)


@pytest.mark.usefixtures("restricted")
@pytest.mark.parametrize(
    "headers",
    [
        ALLOWED,
        {"referer": "https://www.example.com/a/page?with=query"},
        {"origin": "https://a.shop.example"},
        # This server's own pages: the landing page, the preview.
        {"referer": "http://testserver/admin/"},
        # A page that doesn't tell; its sockets and visits are refused by their origin.
        {},
    ],
    ids=["domain", "page", "subdomain", "our own", "untold"],
)
def test_allowed_website_gets_the_snippet_and_only_browsers_keep_it(
    client: Client, headers: dict[str, str]
) -> None:
    answer = client.get("/widget.js", headers=headers)
    assert answer.status_code == 200
    assert "startSnippet(" in answer.text
    assert answer["Cache-Control"] == "private, max-age=300"


@pytest.mark.usefixtures("restricted")
@pytest.mark.parametrize(
    "headers",
    [
        ELSEWHERE,
        {"origin": "https://evil.example"},
        # A page in a sandbox has an origin that is nobody's.
        {"origin": "null"},
        {"referer": "https://www.example.com.evil.example/"},
        {"origin": "https://evil.example", "referer": "https://www.example.com/"},
        {"referer": "https://["},
    ],
    ids=["referer", "origin", "sandbox", "similar", "both", "half an address"],
)
def test_any_other_website_gets_nothing_that_runs_and_nothing_that_is_kept(
    client: Client, headers: dict[str, str]
) -> None:
    answer = client.get("/widget.js", headers=headers)
    assert answer.status_code == 403
    assert all(line.startswith("//") for line in answer.text.splitlines())
    assert "not among the allowed domains" in answer.text
    assert "example.com" not in answer.text  # the list is the customer's business
    assert answer["Cache-Control"] == "no-store"


def test_without_the_switch_every_website_gets_it_from_any_cache(client: Client) -> None:
    Installation.objects.create(pk=1, restrict_domains=False, allowed_domains="www.example.com")
    answer = client.get("/widget.js", headers=ELSEWHERE)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "public, max-age=300"


@pytest.mark.usefixtures("restricted")
def test_what_was_kept_is_asked_for_anew_without_being_sent_again(client: Client) -> None:
    tag = client.get("/widget.js", headers=ALLOWED)["ETag"]
    assert client.get("/widget.js", headers={**ALLOWED, "if-none-match": tag}).status_code == 304
    assert client.get("/widget.js", headers={**ELSEWHERE, "if-none-match": tag}).status_code == 403


@pytest.mark.usefixtures("restricted")
def test_asking_costs_one_query(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    client.get("/widget.js", headers=ALLOWED)
    with django_assert_num_queries(1):
        client.get("/widget.js", headers=ALLOWED)
    with django_assert_num_queries(1):
        client.get("/widget.js", headers=ELSEWHERE)


@pytest.mark.usefixtures("restricted")
def test_pinned_snippet_is_told_nothing_elsewhere(client: Client) -> None:
    allowed = client.get("/widget/config.json", headers={"origin": "https://www.example.com"})
    assert (allowed.status_code, allowed["Cache-Control"]) == (200, "private, max-age=300")
    answer = client.get("/widget/config.json", headers={"origin": "https://evil.example"})
    assert (answer.status_code, answer["Cache-Control"]) == (403, "no-store")
    # Its own bytes are the same for everybody, for good.
    path, _integrity = get_versioned_snippet()
    pinned = client.get(path, headers={"origin": "https://evil.example"})
    assert (pinned.status_code, pinned["Cache-Control"]) == (200, "public, max-age=31536000, immutable")
