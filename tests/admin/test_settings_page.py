"""What is done on the page of settings and limits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agents.models import User
from chat.models import LiveChat
from config.installation.models import Installation
from tests.admin.conftest import SignIn
from tests.factories import AgentFactory, LiveChatFactory

pytestmark = pytest.mark.django_db

Enter = Callable[..., Client]
SETTINGS = "/admin/installation/installation/1/change/"


@pytest.fixture
def client(boss: User, sign_in: SignIn) -> Client:
    return sign_in(boss)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def settings_post(**changes: Any) -> dict[str, Any]:
    return {
        "package": "select",
        "engagement_limit": "100",
        "monthly_limit": "250",
        "seat_limit": "10",
        "accept_seconds": "100",
        "idle_seconds": "600",
        "require_reachable": "on",
        "dialogues_enabled": "on",
        **changes,
    }


@pytest.mark.req("LC-01")
def test_list_of_settings_is_the_one_page(client: Client) -> None:
    answer = client.get(reverse("admin:installation_installation_changelist"))
    assert answer["Location"] == SETTINGS
    assert Installation.objects.count() == 1


@pytest.mark.req("LC-01", "LC-10", "LC-22", "LC-31", "LC-51")
@pytest.mark.usefixtures("installation")
@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("engagement_limit", "0", "At least 1."),
        ("monthly_limit", "0", "At least 1."),
        ("seat_limit", "0", "From 1 to 10."),
        ("seat_limit", "11", "From 1 to 10."),
        ("accept_seconds", "4", "From 5 to 600."),
        ("accept_seconds", "601", "From 5 to 600."),
        ("idle_seconds", "89", "From 90 to 86400."),
        ("seat_limit", "many", "Enter a whole number."),
        ("package", "gold", "Select a valid choice"),
    ],
)
def test_figure_out_of_bounds_is_refused_at_its_field(
    client: Client, field: str, value: str, words: str
) -> None:
    answer = client.post(SETTINGS, settings_post(**{field: value}))
    assert words in str(answer.context["adminform"].form.errors[field])


@pytest.mark.req("LC-01", "LC-10", "LC-22")
@pytest.mark.usefixtures("installation")
def test_figures_within_bounds_are_saved(client: Client) -> None:
    data = settings_post(package="prime", engagement_limit="101", seat_limit="1", accept_seconds="5")
    assert client.post(SETTINGS, data).status_code == 302
    saved = Installation.objects.get()
    assert (saved.is_prime, saved.engagement_limit, saved.seat_limit, saved.accept_seconds) == (
        True,
        101,
        1,
        5,
    )


@pytest.mark.req("LC-01", "LC-03")
@pytest.mark.usefixtures("installation")
def test_page_shows_what_is_used_of_the_limits(client: Client) -> None:
    page = text_of(client.get(SETTINGS))
    assert "0 of 100" in page
    assert "0 of 250; starts again at 0 on" in page
    Installation.objects.update(package="prime")
    assert "0, no limit on Prime" in text_of(client.get(SETTINGS))


@pytest.mark.req("LC-36", "LC-51")
@pytest.mark.usefixtures("installation")
@pytest.mark.parametrize(
    ("field", "text", "saved"),
    [
        (
            "blocked_email_domains",
            " @Rival.example \n\nrival.example\nspäm.example.",
            "rival.example\nspäm.example",
        ),
        (
            "allowed_domains",
            "WWW.example.com\n*.example.com\nlocalhost:8000",
            "www.example.com\n*.example.com\nlocalhost:8000",
        ),
    ],
)
def test_domains_are_saved_each_once(client: Client, field: str, text: str, saved: str) -> None:
    assert client.post(SETTINGS, settings_post(**{field: text})).status_code == 302
    assert getattr(Installation.objects.get(), field) == saved


@pytest.mark.req("LC-36", "LC-51")
@pytest.mark.usefixtures("installation")
@pytest.mark.parametrize(
    ("field", "text", "lines"),
    [
        ("blocked_email_domains", "ok.example\nann@rival.example\nhttp://x.example", ["Line 2", "Line 3"]),
        ("blocked_email_domains", "rival", ["Line 1"]),
        ("blocked_email_domains", "*.rival.example", ["Line 1"]),
        (
            "allowed_domains",
            "ok.example\nhttps://www.example.com\nwww.example.com/path",
            ["Line 2", "Line 3"],
        ),
        ("allowed_domains", "www.*.example", ["Line 1"]),
        ("allowed_domains", "*", ["Line 1"]),
    ],
)
def test_line_that_is_no_domain_is_named(client: Client, field: str, text: str, lines: list[str]) -> None:
    answer = client.post(SETTINGS, settings_post(**{field: text}))
    errors = answer.context["adminform"].form.errors[field]
    assert [str(error).split(":")[0] for error in errors] == lines
    # What was typed is still there.
    assert text.splitlines()[-1] in text_of(answer)


@pytest.mark.req("LC-51")
@pytest.mark.usefixtures("installation")
def test_chat_cant_be_closed_everywhere_by_mistake(client: Client) -> None:
    answer = client.post(SETTINGS, settings_post(restrict_domains="on"))
    assert "open nowhere" in str(answer.context["adminform"].form.errors["allowed_domains"])


@pytest.mark.req("LC-26")
@pytest.mark.usefixtures("installation")
def test_fallback_message_is_cleaned_when_saved(client: Client) -> None:
    html = '<b onclick="x()">Sorry</b><script>alert(1)</script><a href="javascript:x()">x</a> 🙂'
    assert client.post(SETTINGS, settings_post(fallback_html=html)).status_code == 302
    saved = Installation.objects.get().fallback_html
    assert saved.startswith("<b>Sorry</b>")
    assert "script" not in saved
    assert "🙂" in saved


@pytest.mark.req("LC-26", "LC-51")
@pytest.mark.usefixtures("installation")
def test_fallback_message_that_is_too_long_is_refused_at_its_field(client: Client) -> None:
    answer = client.post(SETTINGS, settings_post(fallback_html="x" * 4_001))
    assert "fallback_html" in answer.context["adminform"].form.errors


@pytest.mark.req("LC-26")
@pytest.mark.usefixtures("installation")
def test_preview_is_what_the_widget_gets(enter: Enter) -> None:
    url = reverse("admin:installation_preview")
    client = enter("manage_chatbot_settings")
    answer = client.post(url, {"html": "<b>Hi</b><script>x</script>"})
    assert answer.json() == {"nodes": [{"type": "b", "children": [{"type": "text", "text": "Hi"}]}]}
    assert client.post(url, {"html": "x" * 50_000}).status_code == 400
    assert client.get(url).status_code == 405
    assert enter("manage_agents").post(url, {"html": "x"}).status_code == 403
    assert Client().post(url, {"html": "x"}).status_code == 302


@pytest.mark.req("LC-06")
@pytest.mark.usefixtures("installation")
@pytest.mark.parametrize(
    ("codename", "field", "value"),
    [
        ("manage_agents", "engagement_limit", "500"),
        ("manage_chatbot_settings", "idle_seconds", "700"),
        ("manage_privacy_and_security", "blocked_email_domains", "rival.example"),
    ],
)
def test_each_section_is_changed_by_those_who_may(
    enter: Enter, codename: str, field: str, value: str
) -> None:
    changes = {"engagement_limit": "500", "idle_seconds": "700", "blocked_email_domains": "rival.example"}
    assert enter(codename).post(SETTINGS, settings_post(**changes)).status_code == 302
    saved = Installation.objects.get()
    changed = {name for name in changes if str(getattr(saved, name)) == changes[name]}
    assert changed == {field}
    assert str(getattr(saved, field)) == value


@pytest.mark.req("LC-31")
@pytest.mark.parametrize(("seconds", "looks_again"), [("180", True), ("600", False)])
def test_other_idle_time_reaches_running_chats_after_the_commit(
    client: Client,
    installation: Installation,
    django_capture_on_commit_callbacks: Callable[..., Any],
    seconds: str,
    looks_again: bool,
) -> None:
    later = timezone.now() + timedelta(minutes=9)
    chat = LiveChatFactory.create(
        status="active", agent=AgentFactory.create(), accepted_at=later, idle_at=later
    )
    with django_capture_on_commit_callbacks() as after_commit:
        assert client.post(SETTINGS, settings_post(idle_seconds=seconds)).status_code == 302
        assert LiveChat.objects.get().idle_at == chat.idle_at
    for callback in after_commit:
        callback()
    due = LiveChat.objects.get().idle_at
    assert due is not None
    assert (due <= timezone.now()) is looks_again
