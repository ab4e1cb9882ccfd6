"""The library of canned replies in the admin: approval, everybody's own, files in and out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from agents.models import User
from chat.models import CannedReply
from config.audit.models import Change
from tests.admin.conftest import SignIn
from tests.factories import AgentFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-42"), pytest.mark.usefixtures("installation")]

LIST = "admin:chat_cannedreply_changelist"
UPLOAD = "admin:chat_cannedreply_upload"
FILE = b"code,title,text,status\nhello,Greeting,Hi,approved\nbye,Farewell,Bye,\n"
WORDS = {"code": "hello", "title": "Greeting", "text": "Hi"}


def make(code: str = "hello", **fields: Any) -> CannedReply:
    return CannedReply.objects.create(**{"title": "Greeting", "text": "Hi", "code": code, **fields})


def page_of(reply: CannedReply) -> str:
    return reverse("admin:chat_cannedreply_change", args=[reply.pk])


@pytest.fixture
def boss(enter: Callable[..., Client]) -> Client:
    return enter("manage_agents")


def upload(client: Client, file: bytes = FILE, **given: Any) -> Any:
    return client.post(reverse(UPLOAD), {"file": SimpleUploadedFile("replies.csv", file), **given})


def test_who_manages_agents_approves_several_at_once(boss: Client) -> None:
    replies = [make("a"), make("b")]
    boss.post(reverse(LIST), {"action": "approve", "_selected_action": [each.pk for each in replies]})
    assert CannedReply.objects.filter(is_approved=True, approved_by__isnull=False).count() == 2
    boss.post(reverse(LIST), {"action": "withdraw_approval", "_selected_action": [replies[0].pk]})
    assert CannedReply.objects.get(code="a").approved_by is None
    assert [(change.object_name, change.values) for change in Change.objects.order_by("id")] == [
        ("/a", {"is_approved": [False, True]}),
        ("/b", {"is_approved": [False, True]}),
        ("/a", {"is_approved": [True, False]}),
    ]


def test_approval_on_the_page_says_by_whom(boss: Client) -> None:
    reply = make()
    boss.post(page_of(reply), {**WORDS, "is_approved": "on"})
    reply.refresh_from_db()
    assert reply.is_approved
    assert reply.approved_by is not None


def test_form_refuses_what_the_service_refuses(boss: Client) -> None:
    make("taken")
    reply = make()
    for change in ({"code": "taken"}, {"code": "x y"}, {"text": "{{x}}"}, {"title": " "}):
        answer = boss.post(page_of(reply), {**WORDS, **change})
        assert list(answer.context["adminform"].form.errors) == list(change)
    answer = boss.get(page_of(reply))
    assert "{{visitor.first_name}}" in answer.content.decode()


def test_agent_keeps_own_replies_and_only_reads_the_library(sign_in: SignIn) -> None:
    agent: User = AgentFactory()
    client = sign_in(agent)
    own, shared, others = make("own", owner=agent), make(), make("others", owner=AgentFactory())
    listed = client.get(reverse(LIST)).context["cl"].queryset
    assert {reply.code for reply in listed} == {"own", "hello"}
    assert client.post(page_of(own), {**WORDS, "code": "own", "text": "Changed"}).status_code == 302
    own.refresh_from_db()
    assert (own.text, own.owner) == ("Changed", agent)
    assert client.post(page_of(shared), WORDS).status_code == 403
    assert client.get(page_of(others)).status_code == 302  # "doesn't exist", to the start page
    delete = reverse("admin:chat_cannedreply_delete", args=[own.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 302
    assert not CannedReply.objects.filter(code="own").exists()
    client.post(reverse(LIST), {"action": "approve", "_selected_action": [shared.pk]})
    assert not CannedReply.objects.get(code="hello").is_approved


def test_upload_says_what_happens_line_by_line_and_then_does_it(boss: Client) -> None:
    checked = upload(boss, dry_run="on")
    assert checked.context["report"].counts["added"] == 2
    assert not CannedReply.objects.exists()
    assert upload(boss).status_code == 302
    assert CannedReply.objects.count() == 2


def test_upload_with_a_bad_line_imports_nothing(boss: Client) -> None:
    answer = upload(boss, FILE + b"<b>,x,{{y}},\n")
    assert answer.status_code == 400
    assert "&lt;b&gt;" in answer.content.decode()
    assert not CannedReply.objects.exists()
    assert upload(boss, b"\xff\xfe").status_code == 400


@pytest.mark.req("LC-60")
def test_what_is_done_to_the_library_is_in_the_audit_log(boss: Client) -> None:
    boss.post(reverse("admin:chat_cannedreply_add"), WORDS)
    reply = CannedReply.objects.get()
    boss.post(page_of(reply), {**WORDS, "text": "Hello", "is_approved": "on"})
    boss.post(reverse("admin:chat_cannedreply_delete", args=[reply.pk]), {"post": "yes"})
    upload(boss, dry_run="on")
    upload(boss)
    changes = list(Change.objects.order_by("id"))
    assert [change.action for change in changes] == ["added", "changed", "deleted", "done"]
    assert changes[1].values["text"] == ["Hi", "Hello"]
    assert changes[3].words == "Imported: 2 added, 0 updated, 0 were the same already."
    assert {change.kind for change in changes} == {"chat.cannedreply"}
    assert len({change.actor_id for change in changes}) == 1


@pytest.mark.req("LC-60")
def test_what_an_agent_proposes_is_in_the_audit_log_and_what_is_their_own_is_not(sign_in: SignIn) -> None:
    agent: User = AgentFactory()
    client = sign_in(agent)
    client.post(reverse("inbox-replies"), {**WORDS, "code": "own"})
    own = CannedReply.objects.get(owner=agent)
    client.post(page_of(own), {**WORDS, "code": "own", "text": "Changed"})
    client.post(reverse("admin:chat_cannedreply_delete", args=[own.pk]), {"post": "yes"})
    assert not Change.objects.exists()
    client.post(reverse("inbox-replies"), {**WORDS, "propose": "on"})
    change = Change.objects.get()
    assert (change.action, change.object_name, change.actor) == ("added", "/hello", agent)


@pytest.mark.req("LC-06")
def test_files_are_for_those_who_may(enter: Callable[..., Client]) -> None:
    export = reverse("admin:chat_cannedreply_export", args=["csv"])
    agent, other = enter("view_my_conversations"), enter("view_dialogues")
    assert agent.get(export).status_code == 200
    assert other.get(export).status_code == 403
    for client in (agent, other):
        assert client.get(reverse(UPLOAD)).status_code == 403
        assert upload(client).status_code == 403
    assert not CannedReply.objects.exists()


def test_export_is_what_the_list_shows_without_own_ones(sign_in: SignIn) -> None:
    user: User = UserFactory(permissions=["manage_agents"])
    client = sign_in(user)
    make("own", owner=user)
    make(text="=1+1")
    make("approved", is_approved=True)
    answer = client.get(reverse("admin:chat_cannedreply_export", args=["csv"]), {"is_approved__exact": "0"})
    assert answer.content.decode("utf-8-sig").splitlines() == [
        "code,title,text,status",
        "hello,Greeting,'=1+1,draft",
    ]
    assert answer["Content-Disposition"] == 'attachment; filename="canned-replies.csv"'
    excel = client.get(reverse("admin:chat_cannedreply_export", args=["xlsx"]))
    assert excel.content.startswith(b"PK")
    assert upload(client, excel.content).status_code == 302
