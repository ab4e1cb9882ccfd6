"""The configuration's page: for superusers, and what is imported is what was shown (LC-60, S20)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agents.permissions import ACCESS_PERMISSIONS
from config.audit.models import Change
from config.configuration.models import Upload
from config.configuration.services.uploads import KEPT_FOR, find_upload, forget_uploads
from routing.models import Rule
from tests.configuration.bringing import write
from tests.configuration.company import clear_out, export, found_company
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-60", "RP-08")]

PAGE, DOWNLOAD = "configuration", "configuration-export"


def enter(**fields: Any) -> Client:
    client = Client()
    user = UserFactory.create(**fields)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def boss() -> Client:
    return enter(is_superuser=True, first_name="Signe", last_name="Boss")


def upload(client: Client, content: bytes, **fields: Any) -> Any:
    file = SimpleUploadedFile("<b>.yaml", content)
    return client.post(reverse(PAGE), {"file": file, **fields})


def review(client: Client, content: bytes, **fields: Any) -> Any:
    answer = upload(client, content, **fields)
    assert answer.status_code == 302
    return client.get(answer["Location"])


def confirm(client: Client, page: Any) -> Any:
    plan = page.context["plan"]
    return client.post(page.request["PATH_INFO"], {"before": plan.before, "after": plan.after}, follow=True)


def test_download_is_the_file_and_is_recorded(boss: Client) -> None:
    found_company()
    answer = boss.get(reverse(DOWNLOAD))
    assert answer.content.decode() == export()
    assert answer["Content-Disposition"].startswith('attachment; filename="switchboard-')
    assert "no-store" in answer["Cache-Control"]
    change = Change.objects.get()
    assert (change.actor_name, change.words) == ("Signe Boss", "Downloaded the configuration as a file.")


def test_upload_shows_every_change_and_changes_nothing_before_the_yes(boss: Client) -> None:
    found_company()
    before = export()
    page = review(
        boss, write(rules=[{"name": "Norway", "priority": 8}, {"name": "<i>All", "agents": ["ida"]}])
    )
    text = page.content.decode()
    assert "<del>3</del>" in text
    assert "<ins>8</ins>" in text
    assert "&lt;i&gt;All" in text
    assert "&lt;b&gt;.yaml" in text
    assert export() == before
    answer = confirm(boss, page)
    assert "Imported: 1 added, 1 changed, 0 removed." in answer.content.decode()
    assert set(Rule.objects.values_list("name", "priority")) == {("Norway", 8), ("<i>All", 10)}
    assert {change.actor_name for change in Change.objects.all()} == {"Signe Boss"}
    assert not Upload.objects.exists()


def test_whole_company_comes_in_by_the_page(boss: Client) -> None:
    found_company()
    written = boss.get(reverse(DOWNLOAD)).content
    clear_out()
    confirm(boss, review(boss, written))
    # Whoever does it is among the people of both.
    assert export().encode() == written
    assert "Nothing changes" in review(boss, written).content.decode()


def test_yes_to_what_is_another_by_now_changes_nothing_and_shows_it_anew(boss: Client) -> None:
    found_company()
    page = review(boss, write(rules=[{"name": "Norway", "priority": 8}]))
    Rule.objects.update(priority=5)
    answer = confirm(boss, page)
    assert "The configuration was changed since this was shown" in answer.content.decode()
    assert "<del>5</del>" in answer.content.decode()
    assert Rule.objects.get().priority == 5
    confirm(boss, answer)
    assert Rule.objects.get().priority == 8


def test_yes_without_what_was_shown_changes_nothing(boss: Client) -> None:
    found_company()
    page = review(boss, write(rules=[{"name": "Norway", "priority": 8}]))
    boss.post(page.request["PATH_INFO"])
    assert Rule.objects.get().priority == 3


def test_second_yes_changes_nothing_more(boss: Client) -> None:
    found_company()
    page = review(boss, write(rules=[{"name": "Norway", "priority": 8}]))
    confirm(boss, page)
    Rule.objects.update(priority=5)
    assert "kept any more. Upload it again." in confirm(boss, page).content.decode()
    assert Rule.objects.get().priority == 5


def test_removal_is_asked_for_and_shown(boss: Client) -> None:
    found_company()
    assert "Nothing changes" in review(boss, write(rules=[])).content.decode()
    page = review(boss, write(rules=[]), prune="on")
    assert "What the file lacks is removed." in page.content.decode()
    confirm(boss, page)
    assert not Rule.objects.exists()


def test_faults_are_listed_with_their_places(boss: Client) -> None:
    answer = upload(boss, b"format: 1\nrules:\n  - name: X\n    agents: [<b>nobody]\n")
    assert answer.status_code == 400
    text = answer.content.decode()
    assert "rules[0].agents[0] (line 4): There is no user “&lt;b&gt;nobody”." in text
    assert not Upload.objects.exists()


@pytest.mark.parametrize("content", [b"", b"\xff", b"format: 9", b"a: &a [*a]", b"format: 1\n\0"])
def test_file_that_is_none_is_refused_at_its_field(boss: Client, content: bytes) -> None:
    answer = upload(boss, content)
    assert answer.status_code == 400
    assert answer.context["form"].errors["file"]


def test_nobody_else_gets_at_a_file_nor_its_own_person_after_an_hour(boss: Client) -> None:
    found_company()
    page = review(boss, write(rules=[{"name": "Norway", "priority": 8}]))
    other = enter(is_superuser=True)
    assert other.get(page.request["PATH_INFO"]).status_code == 302
    confirm(other, page)
    assert Rule.objects.get().priority == 3
    kept = Upload.objects.get()
    later = timezone.now() + KEPT_FOR
    assert find_upload(user=kept.user, public_id=kept.pk, now=later) is None


def test_file_that_nobody_said_yes_to_is_deleted_after_its_hour(boss: Client) -> None:
    found_company()
    review(boss, write(rules=[{"name": "Norway", "priority": 8}]))
    kept = Upload.objects.get()
    assert forget_uploads(now=kept.uploaded_at + KEPT_FOR - timedelta(seconds=1)) == 0
    assert forget_uploads(now=kept.uploaded_at + KEPT_FOR) == 1
    assert not Upload.objects.exists()


@pytest.mark.req("LC-06")
def test_page_is_for_superusers_whatever_else_somebody_may_do() -> None:
    everything = enter(permissions=[codename for codename, _name in ACCESS_PERMISSIONS])
    path = reverse(PAGE)
    for client, status in ((everything, 403), (Client(), 302), (enter(), 302)):
        for url in (path, reverse(DOWNLOAD), f"{path}00000000-0000-0000-0000-000000000000/"):
            assert client.get(url).status_code == status
            assert client.post(url).status_code == status
    assert path not in everything.get(reverse("admin:index")).content.decode()


def test_start_page_leads_superusers_there(boss: Client) -> None:
    assert reverse(PAGE) in boss.get(reverse("admin:index")).content.decode()


def test_page_keeps_to_the_policy_that_allows_no_script_in_it(boss: Client) -> None:
    found_company()
    page = review(boss, yaml.safe_dump({"format": 1, "settings": {"sounds": False}}).encode())
    assert "unsafe" not in page["Content-Security-Policy"].replace("unsafe-hashes", "")
    assert "<style" not in page.content.decode()
    assert " style=" not in page.content.decode()
