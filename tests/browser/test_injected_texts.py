"""Mallory's words in every field that visitors and colleagues fill, on every page that shows them (S1)."""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
import yaml
from django.apps import apps
from django.contrib import admin
from django.db.models import JSONField
from django.urls import get_resolver, reverse
from playwright.sync_api import Error, expect

from config.lib.sheets import write_csv
from tests.browser.admin_routes import find_first_row, list_routes, pick
from tests.browser.conftest import Company
from tests.browser.corpus import NAME, compose
from tests.browser.injected_rows import OURS, list_texts
from tests.browser.mallory import EMAIL, HEADER, Mallory
from tests.browser.people import Agent
from tests.browser.watch import NO_COMPLAINT, Watch
from tests.demo.running import Demo, run_python

SECRET = "of-the-company-s-own-server-and-nobody-else-s"
FILL_IN = "from tests.browser.injected_rows import fill_in; fill_in()"
# Addresses of one row of another table than the chats'.
TABLES = {
    "inbox-file": "chat_attachment",
    "settings-device": "agents_device",
    "configuration-review": "configuration_upload",
}
# Django's own pages, without a script of ours.
PLAIN = re.compile(r"_(history|delete)$")
# Nothing is listed there: the record of refused sign-ins is switched off.
NO_ROWS = "axes_accessfailurelog"
# Of a configuration, and its number of the format.
KEPT_PARTS = {"switchboard", "format", "version", "lists", "teams", "accounts"}
# Of the files that are uploaded.
COLUMNS = {
    "chat_cannedreply": ("code", "title", "text"),
    "routing_account": ("company", "domain", "owner"),
}
# Lists, rows and chats: each shows somebody's words, but for the counts and for what only says who came when.
SPEAKING = re.compile(
    r"/admin/(?!axes|installation/usagelimits|routing/ruleversion)\w+/\w+/([^/]+/change/)?$|/inbox/[\w-]{36}/$"
)


@pytest.fixture
def demo(example_data: Path, tmp_path: Path) -> Iterator[Demo]:
    """The example company after Mallory was on its staff."""
    folder = shutil.copytree(example_data, tmp_path / "data")
    run_python(FILL_IN, folder)
    running = Demo(folder).start_and_wait()
    running.query(f"update installation_installation set identity_secret = '{SECRET}'")
    yield running
    running.end()


@pytest.fixture
def watch(company: Company, tmp_path: Path) -> Iterator[Watch]:
    """Fails the test with all that any page did, at its end."""
    watching = Watch((company.demo.url, company.demo.website), tmp_path)
    yield watching
    complaints = company.complaints.found
    complaints[:] = [each for each in complaints if not NO_COMPLAINT.search(each)]
    assert watching.found == []


def come(company: Company, watch: Watch) -> list[Agent]:
    """Those whom the terminal has links for, in its order; by name they can't be found there any more."""
    people = []
    for link in re.findall(r"http://\S+/demo/sign-in/\S+", company.demo.output):
        person = Agent(watch.watch(company.crowd.come(user_agent=HEADER)).new_page(), company.demo.url)
        person.page.goto(link)
        people.append(person)
    return people


@pytest.mark.long
@pytest.mark.req("LC-35", "LC-36", "LC-37", "LC-39", "LC-40", "LC-52", "DG-19")
def test_no_page_takes_anybodys_text_for_more_than_text(company: Company, watch: Watch) -> None:
    ingrid, mateo, petra = come(company, watch)
    mallory = Mallory(company.crowd.come().request, company.demo.url, company.demo.website)
    fill_every_field(mallory)
    talk(ingrid, mateo, mallory, watch)
    fill_in_forms(petra, watch)
    walk_pages(company.demo, petra, watch)
    walk_admin_pages(petra, watch)
    fail_to_sign_in(petra, watch)
    assert find_missed_fields(company.demo) == []
    assert [url for url in watch.silent if SPEAKING.search(url)] == []


def fill_every_field(mallory: Mallory) -> None:
    """All that the public interfaces take, up to waiting for an agent."""
    mallory.tries_to_sign_in()
    mallory.visits("/prices/")
    mallory.sends(show=True)
    mallory.answers("guide")
    mallory.reads("paper")
    mallory.goes_to("/")
    mallory.tells_about_herself(SECRET)
    mallory.sends(show=True)
    mallory.answers("sales")
    mallory.answers(compose(500))
    mallory.answers(EMAIL)
    assert mallory.state["phase"] == "waiting"


def talk(ingrid: Agent, mateo: Agent, mallory: Mallory, watch: Watch) -> None:
    """A whole chat, of which everything that comes and goes is looked at while it is there."""
    ingrid.is_offered_anything()
    watch.look(ingrid.page, "[data-part=banner]")
    ingrid.accepts()
    mallory.writes(compose(4_000))
    mallory.uploads()
    mallory.goes_to("/fleets/")
    expect(ingrid.part("messages").locator(".file")).to_be_visible()
    ingrid.part("history").locator("summary").first.click()
    expect(ingrid.part("history-lines").locator("p").first).to_be_visible()
    write_to_colleagues(ingrid, watch)
    hand_over(ingrid, mateo, watch)
    mallory.sends({"type": "end", "conversation": mallory.state["conversation"]})
    expect(ingrid.part("chat-over")).to_be_visible()
    watch.look(ingrid.page)


def write_to_colleagues(ingrid: Agent, watch: Watch) -> None:
    """A note that calls a colleague, and what the library of replies offers and fills in."""
    ingrid.page.keyboard.press("Alt+n")
    ingrid.box.fill(compose(3_000, 2))
    ingrid.box.press_sequentially(" @")
    expect(ingrid.part("colleagues").get_by_role("option").first).to_be_visible()
    watch.look(ingrid.page)
    ingrid.box.press("Enter")
    ingrid.box.press("Enter")
    expect(ingrid.part("messages").locator(".from-note .mention")).to_be_visible()
    ingrid.page.keyboard.press("Alt+n")
    ingrid.box.press_sequentially("/")
    expect(ingrid.part("replies").get_by_role("option").first).to_be_visible()
    watch.look(ingrid.page)
    ingrid.box.press("Enter")
    ingrid.box.press("Enter")
    expect(ingrid.part("tick").last).to_be_visible()


def hand_over(ingrid: Agent, mateo: Agent, watch: Watch) -> None:
    """Asked with a note, declined with a reason."""
    ingrid.part("transfer").click()
    ingrid.part("transfer-targets").locator("input:enabled").first.check()
    ingrid.part("transfer-dialog").locator("textarea").fill(compose(1_000, 4))
    watch.look(ingrid.page)
    ingrid.part("transfer-submit").click()
    mateo.is_offered_anything()
    watch.look(mateo.page, "[data-part=banner]")
    mateo.declines(compose(200, 6))
    expect(ingrid.part("transfer-text")).to_contain_text(NAME)
    watch.look(ingrid.page)


def walk_pages(demo: Demo, person: Agent, watch: Watch) -> None:
    """Every address that is neither the visitors' nor the admin site's, as a supervisor sees it."""
    hers = f"select public_id from chat_conversation where page_title like '%{NAME}%' order by id desc"
    (chat,), (earlier,) = demo.query(hers)
    ((person_id, avatar),) = demo.query("select id, avatar from agents_user where is_superuser")
    known = {"public_id": uuid.UUID(str(chat)), "earlier": uuid.UUID(str(earlier)), "agent_id": person_id}
    for route in list_routes(get_resolver().url_patterns):
        ids = {"name": str(avatar).rpartition("/")[2], **known}
        if route.name in TABLES:
            ((found,),) = demo.query(f"select public_id from {TABLES[route.name]} limit 1")
            ids["public_id"] = uuid.UUID(str(found))
        visit(person, reverse(route.name, kwargs={each: ids[each] for each in route.arguments}), watch)
    person.opens("/inbox/").page.locator("#tab-everyone").click()
    expect(person.part("everyone-past").get_by_text(NAME).first).to_be_visible()
    watch.look(person.page)


def walk_admin_pages(boss: Agent, watch: Watch) -> None:
    """Every address of the admin's, with the first row of each list."""
    rows, plain = {}, []
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        visit(boss, reverse(f"admin:{name}_changelist"), watch)
        rows[name] = find_first_row(boss.page)
    for route in list_routes(admin.site.urls[0]):
        if route.name.endswith("_changelist"):
            continue
        ids = {each: pick(each, rows, route.name) for each in route.arguments}
        if not all(ids.values()):
            assert route.name.startswith(NO_ROWS), f"no row for {route.name}"
            continue
        address = reverse(f"admin:{route.name}", kwargs=ids)
        if PLAIN.search(route.name):
            plain.append(address)
        else:
            visit(boss, address, watch)
    visit(boss, reverse("admin:index"), watch)
    watch.read(boss.page, plain)


def fill_in_forms(boss: Agent, watch: Watch) -> None:
    """What pages say again of what they were given: in their address, in a form, in a file."""
    asked = urlencode({"q": compose(300), "page_url": compose(900), "others": f"plan: {compose(400)}"})
    for name in ("routing_rule_changelist", "chat_lead_changelist", "routing_simulator"):
        visit(boss, f"{reverse(f'admin:{name}')}?{asked}&email={urlencode({'': EMAIL})[1:]}", watch)
    visit(boss, f"/admin/{compose(200)}/", watch)
    for name, columns in COLUMNS.items():
        visit(boss, reverse(f"admin:{name}_upload"), watch)
        rows = [columns, [compose(90, turn) for turn in range(3)]]
        boss.page.locator("input[type=file]").set_input_files(
            {"name": f"{NAME}.csv", "mimeType": "text/csv", "buffer": write_csv(rows)}
        )
        boss.page.locator("input[type=submit].default").click()
        expect(boss.page.locator("#content-main tbody")).to_contain_text(NAME)
        watch.look(boss.page)
    upload_configuration(boss, watch)


def upload_configuration(boss: Agent, watch: Watch) -> None:
    """A file that Mallory has put a hand to: all of it, which is refused, and a part that can be imported."""
    file = boss.page.request.get(boss.address + reverse("configuration-export")).text()
    changed = file.replace(f"{NAME}()", f"{NAME.upper()}()")
    part = {name: value for name, value in yaml.safe_load(changed).items() if name in KEPT_PARTS}
    for text, said in ((changed, "There is no variable"), (yaml.safe_dump(part), "Change nothing")):
        visit(boss, reverse("configuration"), watch)
        boss.page.locator("input[type=file]").set_input_files(
            {"name": f"{compose(150)}.yaml", "mimeType": "text/yaml", "buffer": text.encode()}
        )
        boss.page.locator("input[type=submit].default").click()
        expect(boss.page.locator("#content-main")).to_contain_text(said)
        watch.look(boss.page)


def fail_to_sign_in(boss: Agent, watch: Watch) -> None:
    """The form says again who it was, and knows where they wanted to go."""
    boss.page.context.clear_cookies()
    boss.page.goto(f"{boss.address}/sign-in/?{urlencode({'next': compose(300)})}")
    boss.page.get_by_label("User name").fill(compose(150))
    boss.page.get_by_label("Password").fill("x")
    boss.page.get_by_label("Password").press("Enter")
    expect(boss.page.get_by_role("alert")).to_be_visible()
    watch.look(boss.page)


def visit(person: Agent, address: str, watch: Watch) -> None:
    """Open it in the browser, a file that would be kept too, and look at it."""
    try:
        answer = person.page.goto(person.address + address)
    except Error as error:
        # A file to keep; or nothing but a status, in place of which the browser shows a page of its own.
        if not re.search("Download is starting|ERR_HTTP_RESPONSE_CODE_FAILURE", error.message):
            raise
        return open_kept_file(person, address, watch)
    assert answer is not None
    if answer.headers["content-type"].startswith("text/html"):
        return watch.look(person.page)
    assert answer.headers["x-content-type-options"] == "nosniff", address
    return None


def open_kept_file(person: Agent, address: str, watch: Watch) -> None:
    """As somebody does who has saved it; in a new tab, for the old one may still be on its way."""
    left, person.page = person.page, person.opens_another_tab()
    left.close()
    answer = person.page.request.get(person.address + address)
    assert answer.status in (200, 405), f"{address}: {answer.status}"
    if answer.ok and answer.headers["content-type"].startswith("text/html"):
        kept = watch.folder / "kept.html"
        kept.write_bytes(answer.body())
        person.page.goto(kept.as_uri())
        watch.look(person.page)


def find_missed_fields(demo: Demo) -> list[str]:
    """Columns of free text that nobody's words are in: a new field has to be filled here, or named."""
    missed = []
    for model in apps.get_models():
        if model._meta.app_label not in OURS or model._meta.proxy:
            continue
        json = [field for field in model._meta.concrete_fields if isinstance(field, JSONField)]
        for field in (*list_texts(model), *json):
            sql = f"select 1 from {model._meta.db_table} where [{field.column}] like '%{NAME}%' limit 1"
            if not demo.query(sql):
                missed.append(str(field))
    return sorted(missed)
