"""The inbox with 10 running and 50,000 past chats: until its first message is shown, and what lists cost."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from agents.models import User
from chat.models import LiveChat
from config.installation.models import Installation
from tests.bench.messages import read_cpu
from tests.bench.past import ACTIVE, Company, make_company
from tests.bench.rows import sign_in
from tests.processes import ROOT, Process, Processes, get_test_database_url

OPENED, LOOKED = 11, 5  # times
# When the first message is in a frame that was painted, in ms from the start of the navigation.
WATCH = """
window.shownAt = new Promise((resolve) => {
  const look = () => {
    if (!document.querySelector('[data-part="message"]')) return false;
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
    return true;
  };
  if (look()) return;
  const observer = new MutationObserver(() => look() && observer.disconnect());
  observer.observe(document, { childList: true, subtree: true });
});
"""


def measure_inbox(options: Namespace) -> None:
    """Print both: the page in a browser beside a bare one from the same server, and every list's time."""
    Installation.objects.update_or_create(pk=1, defaults={"package": Installation.Package.PRIME})
    company = make_company()
    boss = User.objects.create_superuser(username="bench-boss")
    past = LiveChat.objects.count() - ACTIVE
    print(f"{past:,} past chats, {_list_own(company).count():,} of this agent", flush=True)
    _measure_lists(company, boss)
    with tempfile.TemporaryDirectory() as folder:
        environment = {"DATABASE_URL": get_test_database_url(), "HTTPS": "false", "LOG_LEVEL": "WARNING"}
        environment |= {"HASHED_STATIC": "true", "STATIC_ROOT": str(Path(folder) / "static")}
        _collect_static(environment)
        processes = Processes(folder=Path(folder), environment=environment)
        try:
            web = processes.web(application="tests.bench.asgi:application")
            _measure_page(web, _get_chat_path(company), sign_in(company.agent))
        finally:
            processes.stop_all()


def _list_own(company: Company) -> QuerySet[LiveChat]:
    return LiveChat.objects.filter(agent=company.agent, status=LiveChat.Status.ENDED)


def _get_chat_path(company: Company) -> str:
    chat = LiveChat.objects.filter(agent=company.agent, status=LiveChat.Status.ACTIVE).first()
    assert chat is not None
    return reverse("inbox-chat", args=[chat.conversation.public_id])


def _collect_static(environment: dict[str, str]) -> None:
    """As in production: names with their content's hash, compressed, to be kept for ever."""
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=True)


def _measure_page(server: Process, path: str, session_key: str) -> None:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM"),
            args=["--no-sandbox", "--disable-background-networking"],
        )
        try:
            found = {page: _open_often(chromium, server, page, session_key) for page in ("/bare/", path)}
        finally:
            chromium.close()
    print(
        f"inbox, the server's processor for each opening: {found[path].processor * 1000:.0f} ms", flush=True
    )
    for number, cache in enumerate(("cold", "warm")):
        bare, inbox = (median(times[number]) for times in (found["/bare/"].times, found[path].times))
        slowest = max(found[path].times[number])
        print(
            f"inbox, first message shown, {cache} cache: median {inbox:.0f} ms, slowest {slowest:.0f} ms;"
            f" a bare page {bare:.0f} ms, ratio {inbox / bare:.1f}",
            flush=True,
        )


@dataclass
class Opened:
    """What opening a page took: ms until the message, with an empty cache and a full one, and seconds of the
    server's processor each time, with all that the page loads.
    """

    times: tuple[list[float], list[float]]
    processor: float


def _open_often(chromium: Browser, server: Process, page: str, session_key: str) -> Opened:
    """With an empty cache in a new profile each time, and once more with what that left in it."""
    cold, warm, used = list[float](), list[float](), 0.0
    for number in range(OPENED):
        # The first time warms the server.
        used = read_cpu(server.running.pid) if number == 1 else used
        context = chromium.new_context()
        context.add_cookies([{"name": "sessionid", "value": session_key, "url": server.url}])
        context.add_init_script(WATCH)
        cold.append(_open(context, server.url + page))
        warm.append(_open(context, server.url + page))
        context.close()
    used = read_cpu(server.running.pid) - used
    return Opened((cold[1:], warm[1:]), used / (2 * OPENED - 2))


def _open(context: BrowserContext, address: str) -> float:
    page = context.new_page()
    page.goto(address)
    shown = float(page.evaluate("window.shownAt"))
    page.wait_for_load_state("load")
    page.close()
    return shown


def _measure_lists(company: Company, boss: User) -> None:
    own = _list_own(company).order_by("ended_at", "pk")
    deep = own[own.count() // 2].conversation.public_id
    chat_path = _get_chat_path(company)
    pages = {
        "inbox, a chat open": (company.agent, chat_path),
        "inbox, all, the first page": (company.agent, reverse("inbox")),
        "inbox, all, a page in the middle": (company.agent, f"{reverse('inbox')}?before={deep}"),
        "inbox, history of the visitor": (company.agent, f"{chat_path}history/"),
        "inbox, everyone": (boss, reverse("inbox-everyone")),
        "inbox, everyone, a page in the middle": (boss, f"{reverse('inbox-everyone')}?before={deep}"),
        "board": (boss, reverse("board")),
        "start page": (boss, reverse("admin:index")),
        "coverage": (boss, reverse("admin:agents_coverage")),
        "ledger": (boss, reverse("admin:routing_ledger")),
        "ledger, one agent": (boss, reverse("admin:routing_ledger_agent", args=[company.agent.pk])),
        **{f"admin, {name}": (boss, address) for name, address in _list_changelists()},
    }
    for name, (user, address) in pages.items():
        print(_look(name, user, address), flush=True)


def _list_changelists() -> list[tuple[str, str]]:
    names = ("conversation", "livechat", "timelineentry", "lead")
    lists = [(name, reverse(f"admin:chat_{name}_changelist")) for name in names]
    lists += [(name, reverse(f"admin:routing_{name}_changelist")) for name in ("offer", "decision")]
    year = urlencode({"requested_at__gte": f"{timezone.now() - timedelta(days=365)}"})
    return [
        *lists,
        ("conversation, missed ones", f"{lists[0][1]}?live_chat=fallback"),
        ("livechat, one year", f"{lists[1][1]}?{year}"),
        ("livechat, the last page", f"{lists[1][1]}?p=1000"),
        ("livechat, found by name", f"{lists[1][1]}?q=Agent"),
        ("offer, found by name", f"{lists[4][1]}?q=bench-inbox-3"),
        ("lead, found by address", f"{lists[3][1]}?q=acme"),
    ]


@override_settings(ALLOWED_HOSTS=["*"])
def _look(name: str, user: User, address: str) -> str:
    client = Client()
    client.cookies["sessionid"] = sign_in(user)
    client.get(address)
    times, cpu = list[float](), list[float]()
    for _time in range(LOOKED):
        began, used = time.perf_counter(), time.process_time()
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(address)
        times.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
        if answer.status_code != 200:
            raise RuntimeError(f"{name}: {answer.status_code}")
    slowest = max(captured.captured_queries, key=lambda query: float(query["time"]))
    return (
        f"{name}: median {median(times) * 1000:.0f} ms, {median(cpu) * 1000:.0f} ms of processor,"
        f" {len(captured)} queries, the slowest {float(slowest['time']) * 1000:.0f} ms"
    )
