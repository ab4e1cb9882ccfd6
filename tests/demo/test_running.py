"""What a running demo answers."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from tests.clients import VisitorClient
from tests.demo.running import READY, Demo, Page, get, run_python
from tests.waiting import wait_until


def sign_in(link: str) -> tuple[Page, str]:
    """Follow a link that signs in; what it answers, and the cookie it gives."""
    page = get(link)
    cookies = [line.partition(";")[0] for line in page.headers.get_all("Set-Cookie", [])]
    return page, "; ".join(cookies)


@pytest.mark.parametrize("path", ["/", "/widget.js", "/admin/login/", "/sign-in/"])
def test_the_product_answers(demo: Demo, path: str) -> None:
    assert get(demo.url + path).status == 200


def test_the_start_page_leads_to_the_website_and_signs_in_whoever_the_terminal_offers(demo: Demo) -> None:
    page = get(demo.url)
    assert f'href="{demo.website}/"' in page.text
    links = [urlsplit(demo.get_link(name)).path for name in ("Ingrid", "Mateo", "Petra")]
    assert re.findall(r'class="person" href="([^"]+)"', page.text) == links


def test_the_start_page_names_the_website_as_the_reader_came(demo: Demo) -> None:
    page = get(demo.url, Host=f"localhost:{demo.port}")
    assert f'href="http://localhost:{urlsplit(demo.website).port}/"' in page.text


@pytest.mark.req("LC-08")
def test_the_people_have_pictures_that_are_served(demo: Demo) -> None:
    pictures = re.findall(r'<img src="(/media/avatars/[^"]+)"', get(demo.url).text)
    assert len(pictures) == 3
    served = get(demo.url + pictures[0])
    assert (served.status, served.headers["Content-Type"]) == (200, "image/webp")
    assert get(f"{demo.url}/media/avatars/{'0' * 32}.webp").status == 404
    assert get(f"{demo.url}/media/avatars/..%2f..%2fsecret_key").status == 404


def test_a_page_of_another_name_gets_no_links(demo: Demo) -> None:
    page = get(demo.url, Host=f"rebound.example:{demo.port}")
    assert page.status == 400
    assert "sign-in" not in page.text


@pytest.mark.parametrize(
    ("name", "place"), [("Ingrid", "/inbox/"), ("Mateo", "/inbox/"), ("Petra", "/admin/")]
)
def test_a_link_signs_in_and_leads_to_where_that_person_works(demo: Demo, name: str, place: str) -> None:
    page, cookie = sign_in(demo.get_link(name))
    assert (page.status, page.headers["Location"]) == (302, place)
    assert get(demo.url + place, Cookie=cookie).status == 200
    assert get(demo.url + place).status == 302


@pytest.mark.parametrize(
    "change",
    [
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: "5" + token[1:],
        lambda token: token[:20],
        lambda token: "9" * 5_000 + token[1:],
        lambda token: "1",
    ],
    ids=["signature", "somebody else", "cut", "huge", "number"],
)
def test_a_changed_link_signs_nobody_in(demo: Demo, change: object) -> None:
    start, _, token = demo.get_link("Ingrid").rstrip("/").rpartition("/")
    page, cookie = sign_in(f"{start}/{change(token)}/")  # type: ignore[operator]
    assert page.status == 403
    assert "sessionid" not in cookie
    assert "signs nobody in" in page.text


def test_the_website_is_another_origin_that_embeds_the_product_by_one_line(demo: Demo) -> None:
    assert urlsplit(demo.website).port != demo.port
    page = get(demo.website)
    assert page.text.count("<script") == 1
    assert f'<script src="{demo.url}/widget.js" async></script>' in page.text


def test_the_website_is_whole(demo: Demo) -> None:
    seen: set[str] = set()
    waiting = ["/"]
    while waiting:
        path = waiting.pop()
        seen.add(path)
        page = get(demo.website + path)
        assert page.status == 200, path
        if page.headers["Content-Type"].startswith("text/html"):
            waiting += set(re.findall(r'(?:href|src)="(/[^"]*)"', page.text)) - seen - set(waiting)
    assert seen >= {"/", "/bikes/", "/fleets/", "/prices/", "/assets/site.css", "/assets/hero.svg"}


@pytest.mark.parametrize("path", ["/nothing/", "/assets/nothing.css", "/assets/", "/admin/", "/widget.js"])
def test_the_website_has_nothing_of_the_product(demo: Demo, path: str) -> None:
    page = get(demo.website + path)
    assert page.status == 404
    assert "This road ends here" in page.text


def test_the_website_follows_the_name_it_is_called_by(demo: Demo) -> None:
    page = get(demo.website, Host=f"localhost:{urlsplit(demo.website).port}")
    assert f'src="http://localhost:{demo.port}/widget.js"' in page.text
    assert f"script-src http://localhost:{demo.port};" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("host", ["a;script-src *", "x' onload='", "a b", ""])
def test_a_name_that_is_none_reaches_neither_page_nor_policy(demo: Demo, host: str) -> None:
    page = get(demo.website, Host=host)
    assert f'src="{demo.url}/widget.js"' in page.text
    assert f"script-src {demo.url};" in page.headers["Content-Security-Policy"]


def test_the_website_is_only_read(demo: Demo) -> None:
    assert get(demo.website, method="POST").status == 405
    assert get(demo.website, method="HEAD").body == b""


def test_no_link_that_signs_in_gets_into_the_log(demo: Demo) -> None:
    link = demo.get_link("Petra")
    assert get(link).status == 302
    log = demo.output.partition(READY)[2]
    assert urlsplit(link).path not in log


OVERDUE = """
from datetime import timedelta
from django.utils import timezone
from agents.models import User
from chat.models import DialogueVersion
from tests.factories import OfferFactory
mateo = User.objects.get(username="mateo")
past = timezone.now() - timedelta(minutes=5)
offer = OfferFactory.create(
    agent=mateo, offered_at=past, expires_at=past, deliver_by=past, shown_at=past,
    live_chat__status="offered", live_chat__conversation__version=DialogueVersion.objects.first(),
    live_chat__card={"type": "live_chat", "option": "agent", "agent_id": mateo.pk},
)
print(offer.pk)
"""


LONG_CHAT = """
from django.utils import timezone
from chat.models import DialogueVersion
from chat.services.messages import Draft, append_messages
from chat.services.visitors import hash_key, mint_token, read_token
from tests.factories import ConversationFactory
now, token = timezone.now(), mint_token()
talk = ConversationFactory.create(
    visitor__key_hash=hash_key(read_token(token)), visitor__session_seen_at=now,
    version=DialogueVersion.objects.first(), triggered_at=now, engaged_at=now, active_at=now,
)
append_messages(talk, [Draft("visitor", text="x" * 4_000) for _number in range(20)], now=now)
print(token)
"""


@pytest.mark.req("DL-04", "LC-33")
async def test_a_long_chat_comes_back_whole(demo: Demo) -> None:
    token = run_python(LONG_CHAT, demo.data_dir)
    tab = VisitorClient([demo.url.replace("http", "ws", 1)], token=token)
    try:
        await tab.arrive()
        await tab.until_shown(tab.conversation, 20)
    finally:
        await tab.leave()
    assert tab.closes in ([], [1000], [None], [1005])


@pytest.mark.req("LC-22")
def test_an_overdue_offer_expires_with_nobody_calling(demo: Demo) -> None:
    offer = run_python(OVERDUE, demo.data_dir)
    wait_until(
        lambda: demo.query(f"select status from routing_offer where id = {offer}") == [("expired",)],
        what="beat expires the offer",
    )
    chats = demo.query("select status, end_reason from chat_livechat order by id desc limit 1")
    assert chats == [("fallback", "not_accepted")]


def test_nothing_broke_meanwhile(demo: Demo) -> None:
    assert "Traceback" not in demo.output
    assert "ERROR" not in demo.output
