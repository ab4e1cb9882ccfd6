"""The admin keeps a record of what is changed in it, and shows it to whom it concerns (S20)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from agents.models import PermissionProfile, User
from agents.services.own_settings import save_hours
from chat.models import Dialogue
from config.audit.models import Change
from config.installation.models import Installation
from routing.models import Account, Rule
from tests.admin.conftest import SignIn
from tests.admin.test_settings_page import SETTINGS, settings_post
from tests.factories import (
    NOW,
    AgentFactory,
    DialogueFactory,
    GroupFactory,
    RuleFactory,
    TeamFactory,
    UserFactory,
    get_permissions,
)

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-60")]

Enter = Callable[..., Client]
LOG = "/admin/audit/change/"


@pytest.fixture
def client(boss: User, sign_in: SignIn) -> Client:
    return sign_in(boss)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def get_changes() -> list[tuple[str, str, dict[str, Any]]]:
    return [(change.kind, change.action, change.values) for change in Change.objects.order_by("id")]


@pytest.mark.usefixtures("installation")
def test_settings_are_recorded_with_who_changed_them(client: Client, boss: User) -> None:
    assert (
        client.post(SETTINGS, settings_post(engagement_limit="500", try_all_agents="on")).status_code == 302
    )
    assert get_changes() == [
        (
            "installation.installation",
            "changed",
            {"engagement_limit": [100, 500], "try_all_agents": [False, True]},
        )
    ]
    assert Change.objects.get().actor == boss
    client.post(SETTINGS, settings_post(engagement_limit="500", try_all_agents="on"))
    assert Change.objects.count() == 1


@pytest.mark.usefixtures("installation")
def test_what_was_refused_is_not_recorded(client: Client) -> None:
    assert client.post(SETTINGS, settings_post(engagement_limit="0")).status_code == 200
    assert not Change.objects.exists()


def rule_post(**changes: Any) -> dict[str, Any]:
    return {"name": "Swedes", "priority": "10", "is_enabled": "on", "conditions": "{}", **changes}


@pytest.mark.req("LC-17")
@pytest.mark.usefixtures("installation")
def test_rule_is_recorded_from_its_beginning_to_its_end(client: Client) -> None:
    ann, bo = AgentFactory.create(), AgentFactory.create()
    add = reverse("admin:routing_rule_add")
    assert client.post(add, rule_post(agents=[ann.pk])).status_code == 302
    rule = Rule.objects.get()
    page = reverse("admin:routing_rule_change", args=[rule.pk])
    client.post(page, rule_post(agents=[bo.pk], name="Norwegians"))
    client.post(reverse("admin:routing_rule_delete", args=[rule.pk]), {"post": "yes"})
    added, changed, deleted = get_changes()
    assert added[1:] == (
        "added",
        {
            "name": [None, "Swedes"],
            "priority": [None, 10],
            "is_enabled": [None, True],
            "conditions": [None, {"match": "all", "items": []}],
            "agents": [None, [str(ann)]],
        },
    )
    assert changed[1:] == (
        "changed",
        {"name": ["Swedes", "Norwegians"], "agents": [[str(ann)], [str(bo)]]},
    )
    assert deleted[1] == "deleted"
    assert deleted[2]["agents"] == [[str(bo)], None]


@pytest.mark.req("LC-17")
@pytest.mark.usefixtures("installation")
def test_rules_that_are_changed_in_the_list_are_recorded_each(client: Client) -> None:
    first, second = RuleFactory.create(priority=1), RuleFactory.create(priority=2)
    data = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "_save": "Save"}
    for number, rule in enumerate((first, second)):
        data |= {f"form-{number}-id": str(rule.pk), f"form-{number}-priority": "5"}
        data |= {f"form-{number}-is_enabled": "on"}
    assert client.post(reverse("admin:routing_rule_changelist"), data).status_code == 302
    assert [values for _kind, _action, values in get_changes()] == [
        {"priority": [1, 5]},
        {"priority": [2, 5]},
    ]


@pytest.mark.req("LC-17")
@pytest.mark.usefixtures("installation")
def test_rules_that_are_deleted_together_are_recorded_each(client: Client) -> None:
    rules = [RuleFactory.create(), RuleFactory.create()]
    data = {"action": "delete_selected", "_selected_action": [rule.pk for rule in rules], "post": "yes"}
    client.post(reverse("admin:routing_rule_changelist"), data)
    assert not Rule.objects.exists()
    assert [action for _kind, action, _values in get_changes()] == ["deleted", "deleted"]


@pytest.mark.req("LC-09")
@pytest.mark.usefixtures("prime")
def test_members_of_a_team_are_recorded(client: Client) -> None:
    ann = AgentFactory.create()
    team = TeamFactory.create(name="North")
    client.post(reverse("admin:agents_team_change", args=[team.pk]), {"name": "North", "members": [ann.pk]})
    assert get_changes() == [("agents.team", "changed", {"members": [[], [str(ann)]]})]


@pytest.mark.req("LC-06")
def test_permissions_of_a_profile_are_recorded(client: Client) -> None:
    profile = PermissionProfile.objects.get(pk=GroupFactory.create(permissions=["view_dialogues"]).pk)
    (wanted,) = get_permissions(["manage_agents"])
    page = reverse("admin:agents_permissionprofile_change", args=[profile.pk])
    client.post(page, {"name": profile.name, "permissions": [wanted.pk]})
    assert get_changes() == [
        (
            "agents.permissionprofile",
            "changed",
            {"permissions": [["View dialogues"], ["Manage agents"]]},
        )
    ]


@pytest.mark.req("DG-02")
@pytest.mark.usefixtures("installation")
def test_publishing_and_unpublishing_are_recorded(client: Client) -> None:
    dialogue = DialogueFactory.create(name="Welcome")
    AgentFactory.create()
    for page in ("publish", "unpublish"):
        client.post(reverse(f"admin:chat_dialogue_{page}", args=[dialogue.pk]))
    assert get_changes() == [
        (
            "chat.dialogue",
            "changed",
            {"status": ["draft", "published"], "published_version": [None, "Welcome 1"]},
        ),
        ("chat.dialogue", "changed", {"status": ["published", "unpublished"]}),
    ]
    assert Dialogue.objects.get().status == "unpublished"


@pytest.mark.req("LC-07")
@pytest.mark.usefixtures("installation")
def test_what_is_done_with_people_is_recorded(client: Client) -> None:
    ann = AgentFactory.create(first_name="Ann")
    users, agents = reverse("admin:agents_user_changelist"), reverse("admin:agents_agent_changelist")
    client.post(agents, {"action": "make_available", "_selected_action": [ann.pk]})
    password = {"password1": "tulips-at-noon-7", "password2": "tulips-at-noon-7", "usable_password": "true"}
    client.post(reverse("admin:auth_user_password_change", args=[ann.pk]), password)
    client.post(users, {"action": "deactivate", "_selected_action": [ann.pk]})
    done, password_set, deactivated = Change.objects.order_by("id")
    assert (done.action, done.words) == ("done", "Made available by hand.")
    assert password_set.values == {"password": ["•••", "•••"]}
    assert deactivated.values == {"is_active": [True, False]}


@pytest.mark.req("LC-11")
def test_agents_own_hours_are_recorded_once(client: Client, sign_in: SignIn) -> None:
    ann = AgentFactory.create()
    page = {
        "form": "hours",
        "time_zone": "Europe/Stockholm",
        "hours-TOTAL_FORMS": "1",
        "hours-INITIAL_FORMS": "0",
        "hours-0-weekday": "0",
        "hours-0-starts": "09:00",
        "hours-0-ends": "12:00",
    }
    sign_in(ann).post(reverse("settings"), page)
    assert get_changes() == [
        (
            "agents.user",
            "changed",
            {
                "time_zone": ["", "Europe/Stockholm"],
                "schedule_blocks": [[], ["Monday 09:00–12:00"]],
            },
        )
    ]
    save_hours(agent=ann, time_zone="UTC", blocks=[])
    assert Change.objects.get().actor_id == ann.pk


@pytest.mark.req("LC-08")
def test_what_agents_tell_visitors_of_themselves_is_recorded(client: Client, sign_in: SignIn) -> None:
    ann = AgentFactory.create(first_name="Ann", last_name="Berg", job_title="")
    page = {"form": "details", "first_name": "Ann", "last_name": "Berg", "job_title": "The CEO"}
    sign_in(ann).post(reverse("settings"), page)
    assert get_changes() == [("agents.user", "changed", {"job_title": ["", "The CEO"]})]


def test_signing_somebody_out_is_recorded(client: Client) -> None:
    ann = AgentFactory.create()
    client.post(reverse("admin:agents_user_changelist"), {"action": "sign_out", "_selected_action": [ann.pk]})
    assert Change.objects.get().words == "Signed out on all devices."


@pytest.mark.req("DG-19")
@pytest.mark.usefixtures("installation")
def test_looking_at_the_secret_is_recorded_without_it(client: Client) -> None:
    client.post(reverse("admin:installation_secret"))
    client.post(reverse("admin:installation_secret_new"), {"former": "drop"})
    looked, made = Change.objects.order_by("id")
    assert looked.words == "Looked at the secret for signed identities."
    assert made.words == "Made a new secret for signed identities."
    assert Installation.objects.get().identity_secret not in text_of(client.get(LOG))


@pytest.mark.req("LC-18")
@pytest.mark.usefixtures("prime")
def test_imported_file_is_one_line(client: Client) -> None:
    owner = AgentFactory.create(username="ann")
    upload = reverse("admin:routing_account_upload")
    rows = b"company,domain,owner\nAcme,acme.example,ann\nBirch,birch.example,ann\n"
    client.post(upload, {"file": SimpleUploadedFile("a.csv", rows), "dry_run": "on"})
    assert not Change.objects.exists()
    client.post(upload, {"file": SimpleUploadedFile("a.csv", rows)})
    assert Account.objects.filter(owner=owner).count() == 2
    change = Change.objects.get()
    assert (change.kind, change.words[:18]) == ("routing.account", "Imported: 2 added,")


def make_change(**fields: Any) -> Change:
    fields = {"at": NOW, "action": "changed", "kind": "routing.rule", "object_name": "Swedes", **fields}
    return Change.objects.create(**fields)


def test_log_says_in_words_what_was_changed(enter: Enter) -> None:
    everybody = {"match": "all", "items": []}
    some = {"match": "all", "items": [{"attribute": "country", "operator": "is", "value": "SE"}]}
    make_change(
        actor_name="Signe Berg",
        values={
            "conditions": [everybody, some],
            "is_enabled": [True, False],
            "agents": [["Ann"], ["Bo", "Cleo"]],
        },
    )
    make_change(kind="chat.dialogue", values={"status": ["draft", "published"]})
    make_change(kind="gone.model", action="added", values={"field": [None, "<b>x</b>"]})
    page = text_of(enter("manage_agents").get(LOG))
    assert "Signe Berg" in page
    assert "The system" in page
    assert "Custom rule" in page
    assert "country is “SE”" in page
    assert "<del>yes</del>" in page
    assert "added Bo, Cleo" in page
    assert "removed Ann" in page
    assert "<ins>Published</ins>" in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "Kept as long as the installation" in page


def test_log_is_searched_and_filtered(enter: Enter) -> None:
    boss = UserFactory.create(first_name="Signe")
    make_change(object_name="Swedes", actor=boss, actor_name=str(boss))
    make_change(kind="agents.team", object_name="North", action="deleted")
    client = enter("manage_privacy_and_security")
    for query, shown, hidden in (
        ("?q=north", "North", "Swedes"),
        (f"?q={boss.first_name}", "Swedes", "North"),
        ("?kind=agents.team", "North", "Swedes"),
        ("?action__exact=changed", "Swedes", "North"),
        (f"?actor__id__exact={boss.pk}", "Swedes", "North"),
    ):
        page = text_of(client.get(LOG + query)).split('id="changelist-filter"')[0]
        assert shown in page, query
        assert hidden not in page, query


def test_long_value_is_whole_on_its_own_page(enter: Enter) -> None:
    change = make_change(kind="installation.installation", values={"fallback_html": ["", "x" * 900]})
    client = enter("manage_agents")
    assert "x" * 200 not in text_of(client.get(LOG))
    page = text_of(client.get(reverse("admin:audit_change_change", args=[change.pk])))
    assert "x" * 900 in page


def test_rich_text_is_told_without_its_markup_unless_that_alone_differs(enter: Enter) -> None:
    kind = "installation.installation"
    make_change(kind=kind, values={"fallback_html": ["<p>Sorry!</p>", "<p><b>So</b> sorry!</p>"]})
    make_change(kind=kind, values={"fallback_html": ["<p>Bye</p>", "<p><i>Bye</i></p>"]})
    page = text_of(enter("manage_agents").get(LOG))
    assert "<del>Sorry!</del>" in page
    assert "<ins>So sorry!</ins>" in page
    assert "<ins>&lt;p&gt;&lt;i&gt;Bye&lt;/i&gt;&lt;/p&gt;</ins>" in page


def test_history_of_a_row_leads_to_its_changes_in_the_log(enter: Enter) -> None:
    rule = RuleFactory.create()
    make_change(object_id=str(rule.pk), object_name="North")
    make_change(object_id="999", object_name="South")
    make_change(kind="agents.team", object_id=str(rule.pk), object_name="East")
    address = reverse("admin:routing_rule_history", args=[rule.pk])
    client = enter("manage_agents", "manage_custom_rules")
    found = re.search(rf'{LOG}\?[^"]+', text_of(client.get(address)))
    assert found
    listed = client.get(found[0].replace("&amp;", "&")).context["cl"].result_list
    assert [change.object_name for change in listed] == ["North"]
    assert LOG not in text_of(enter("manage_custom_rules").get(address))


def test_past_is_changed_by_nobody(client: Client) -> None:
    change = make_change()
    assert client.post(reverse("admin:audit_change_change", args=[change.pk]), {}).status_code == 403
    assert (
        client.post(reverse("admin:audit_change_delete", args=[change.pk]), {"post": "yes"}).status_code
        == 403
    )
    assert client.get(reverse("admin:audit_change_add")).status_code == 403
    assert Change.objects.count() == 1
