"""Every page of the admin on the demo's database, which is SQLite: what it can't do breaks here."""

from __future__ import annotations

import re
from collections import defaultdict
from urllib.parse import urljoin, urlsplit

import pytest

from tests.demo.running import Demo, get, run_python
from tests.demo.test_running import sign_in

# Two rows of a kind show what all of them would.
ENOUGH = 2
ROUTED = """
from agents.models import Agent
from chat.models import DialogueVersion, Note
from tests.factories import DecisionFactory, OfferFactory
from django.utils import timezone
now, mateo = timezone.now(), Agent.objects.get(username="mateo")
offer = OfferFactory.create(
    agent=mateo, offered_at=now, settled_at=now, status="accepted",
    live_chat__status="ended", live_chat__agent=mateo, live_chat__accepted_at=now,
    live_chat__requested_at=now, live_chat__ended_at=now,
    live_chat__conversation__version=DialogueVersion.objects.first(),
)
found = {"id": mateo.pk, "name": "Mateo", "verdict": "able"}
step = {"step": "robin", "label": "", "result": "asked", "agents": [found], "more": {}}
DecisionFactory.create(live_chat=offer.live_chat, offer=offer, steps=[step], made_at=now, outcome="offered")
print(mateo.pk)
"""


def list_links(html: str, page: str) -> set[str]:
    found = {urljoin(page, link.replace("&amp;", "&")) for link in re.findall(r'href="([^"#]+)"', html)}
    # Sorting and filters are as many as their combinations; each list has a test of its own for them.
    return {urlsplit(link).path for link in found if "?" not in link and link.startswith("/admin/")}


def crawl(demo: Demo, cookie: str, *starts: str) -> dict[str, int]:
    """The status of every page that links lead to, of each kind a few."""
    waiting, found = ["/admin/", *starts], dict[str, int]()
    met: defaultdict[str, int] = defaultdict(int)
    while waiting:
        path = waiting.pop()
        kind = re.sub(r"\d+", "0", path)
        met[kind] += 1
        if path in found or met[kind] > ENOUGH:
            continue
        page = get(demo.url + path, Cookie=cookie)
        found[path] = page.status
        if page.status == 200 and page.headers.get_content_type() == "text/html":
            waiting += sorted(list_links(page.text, path) - found.keys())
    return found


@pytest.mark.req("LC-56", "LC-57", "LC-58")
def test_every_page_of_the_admin_opens(demo: Demo) -> None:
    agent = run_python(ROUTED, demo.data_dir)
    _page, cookie = sign_in(demo.get_link("Petra"))
    found = crawl(demo, cookie, f"/admin/routing/offer/ledger/{agent}/")
    assert {path: status for path, status in found.items() if status not in (200, 302)} == {}
    assert "/admin/routing/offer/ledger/" in found
    assert len(found) > 60
    considered = get(f"{demo.url}/admin/routing/offer/ledger/{agent}/", Cookie=cookie)
    assert "/admin/chat/livechat/" in considered.text
    replayed = get(f"{demo.url}/admin/routing/rule/replay/", Cookie=cookie)
    assert (replayed.status, "would have led elsewhere" in replayed.text) == (200, True)
    assert "Traceback" not in demo.output
