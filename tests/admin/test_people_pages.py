"""What is done on the pages of users, agents, profiles and teams."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from io import BytesIO
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from agents.events import AvailabilityChanged
from agents.models import ScheduleBlock, Team, User
from agents.policy import Block
from agents.services.own_settings import save_hours
from chat.models import Seat
from config.lib import events
from tests.admin.conftest import SignIn
from tests.factories import (
    AgentFactory,
    GroupFactory,
    LiveChatFactory,
    PresenceFactory,
    ScheduleBlockFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(boss: User, sign_in: SignIn) -> Client:
    return sign_in(boss)


def url(name: str, *args: object) -> str:
    return reverse(f"admin:agents_{name}", args=args)


def make_post(user: User, *hours: tuple[Any, str, str], **changes: Any) -> dict[str, Any]:
    """A user's page as the browser sends it, with these new hours and changes."""
    blocks = {
        f"schedule_blocks-{index}-{field}": value
        for index, row in enumerate(hours)
        for field, value in zip(("weekday", "starts", "ends"), row, strict=True)
    }
    return {
        "username": user.username,
        "first_name": user.first_name,
        "is_active": "on",
        "user_permissions": [permission.pk for permission in user.user_permissions.all()],
        "schedule_blocks-TOTAL_FORMS": str(len(hours)),
        "schedule_blocks-INITIAL_FORMS": "0",
        **blocks,
        **changes,
    }


def draw(kind: str = "PNG") -> bytes:
    file = BytesIO()
    Image.new("RGB", (300, 200), "teal").save(file, kind)
    return file.getvalue()


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.req("LC-11")
def test_hours_are_saved_and_may_touch_and_end_at_midnight(client: Client) -> None:
    ann = AgentFactory.create()
    hours = [("0", "09:00", "12:00"), ("0", "12:00", "00:00"), ("6", "00:00", "01:30")]
    assert client.post(url("user_change", ann.pk), make_post(ann, *hours)).status_code == 302
    assert [str(block) for block in ann.schedule_blocks.all()] == [
        "Monday 09:00–12:00",
        "Monday 12:00–00:00",
        "Sunday 00:00–01:30",
    ]


@pytest.mark.req("LC-11", "DL-01")
@pytest.mark.parametrize("zone", ["", "Asia/Tokyo"])
def test_open_inboxes_hear_of_hours_and_time_zone(
    client: Client,
    django_capture_on_commit_callbacks: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    zone: str,
) -> None:
    ann = AgentFactory.create()
    heard: list[AvailabilityChanged] = []
    monkeypatch.setitem(events._receivers, AvailabilityChanged, [heard.append])
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url("user_change", ann.pk), make_post(ann, ("0", "09:00", "12:00"), time_zone=zone))
    assert heard == [AvailabilityChanged(agent_id=ann.pk)]
    assert (User.objects.get(pk=ann.pk).time_zone, ann.schedule_blocks.count()) == (zone, 1)


@pytest.mark.req("LC-11")
def test_hours_are_changed_taken_away_and_told_in_the_history(client: Client) -> None:
    block = ScheduleBlockFactory.create()
    ann = block.agent
    other = ScheduleBlockFactory.create(agent=ann, weekday=1)
    rows = {
        "schedule_blocks-INITIAL_FORMS": "2",
        "schedule_blocks-0-id": block.pk,
        "schedule_blocks-0-agent": ann.pk,
        "schedule_blocks-1-id": other.pk,
        "schedule_blocks-1-agent": ann.pk,
        "schedule_blocks-1-DELETE": "on",
    }
    post = make_post(ann, ("2", "10:00", "11:00"), ("1", "09:00", "17:00"), **rows)
    assert client.post(url("user_change", ann.pk), post).status_code == 302
    assert [str(block) for block in ann.schedule_blocks.all()] == ["Wednesday 10:00–11:00"]
    told = LogEntry.objects.get(object_id=ann.pk).get_change_message()
    assert "From and To for hours “Wednesday 10:00–11:00”" in told
    assert "Deleted hours “Tuesday 09:00–17:00”" in told


@pytest.mark.req("LC-11")
def test_night_is_one_row_that_is_kept_as_two_blocks(client: Client) -> None:
    ann = AgentFactory.create()
    page = url("user_change", ann.pk)
    post = make_post(ann, ("0", "09:00", "12:00"), ("6", "22:00", "06:00"))
    assert client.post(page, post).status_code == 302
    blocks = ["Monday 00:00–06:00", "Monday 09:00–12:00", "Sunday 22:00–00:00"]
    assert [str(block) for block in ann.schedule_blocks.all()] == blocks
    shown = client.get(page).context["inline_admin_formsets"][0].formset
    assert [str(form.instance) for form in shown.initial_forms] == [
        "Monday 09:00–12:00",
        "Sunday 22:00–06:00",
    ]
    rows = {"schedule_blocks-INITIAL_FORMS": "2"}
    for number, form in enumerate(shown.initial_forms):
        rows |= {f"schedule_blocks-{number}-id": form.instance.pk, f"schedule_blocks-{number}-agent": ann.pk}
    assert client.post(page, post | rows).status_code == 302
    assert [str(block) for block in ann.schedule_blocks.all()] == blocks
    assert LogEntry.objects.first().get_change_message() == "No fields changed."  # type: ignore[union-attr]
    answer = client.post(page, post | rows | {"schedule_blocks-1-DELETE": "on"})
    assert answer.status_code == 302
    assert [str(block) for block in ann.schedule_blocks.all()] == ["Monday 09:00–12:00"]


@pytest.mark.req("LC-11", "LC-51")
@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ([("0", "09:00", "12:00"), ("0", "11:00", "13:00")], "Overlaps with Monday 09:00–12:00."),
        ([("0", "09:00", "00:00"), ("0", "22:00", "23:00")], "Overlaps with Monday 09:00–00:00."),
        ([("0", "08:00", "12:00"), ("6", "22:00", "09:00")], "Overlaps with Monday 08:00–12:00."),
        ([("6", "22:00", "09:00"), ("0", "08:00", "12:00")], "Overlaps with Sunday 22:00–09:00."),
        ([("0", "09:00", "09:00")], "A block must end after it starts"),
        ([("7", "09:00", "10:00")], "Select a valid choice"),
        ([("0", "25:00", "26:00")], "Enter a valid time"),
    ],
)
def test_hours_that_cant_be_are_refused_at_their_row(
    client: Client, hours: list[tuple[Any, str, str]], words: str
) -> None:
    ann = AgentFactory.create()
    answer = client.post(url("user_change", ann.pk), make_post(ann, *hours))
    assert answer.status_code == 200
    assert words in text_of(answer)
    assert not ScheduleBlock.objects.exists()


@pytest.mark.req("LC-11", "LC-51")
def test_each_of_several_overlaps_is_told_at_its_row(client: Client) -> None:
    ann = AgentFactory.create()
    days = [("0", "09:00", "17:00"), ("0", "10:00", "12:00"), ("0", "11:00", "13:00")]
    nights = [("4", "22:00", "06:00"), ("4", "23:00", "06:00")]
    answer = client.post(url("user_change", ann.pk), make_post(ann, *days, *nights))
    rows = answer.context["inline_admin_formsets"][0].formset.forms
    day, night = "Overlaps with Monday {}.", "Overlaps with Friday 22:00–06:00."
    assert [row.errors.get("starts", []) for row in rows] == [
        [],
        [day.format("09:00–17:00")],
        [day.format("09:00–17:00"), day.format("10:00–12:00")],
        [],
        [night],
    ]
    assert not ScheduleBlock.objects.exists()


@pytest.mark.req("LC-11", "LC-51")
def test_hours_that_their_agent_changed_meanwhile_are_refused_in_words(client: Client) -> None:
    block = ScheduleBlockFactory.create()
    row = {"schedule_blocks-INITIAL_FORMS": "1", "schedule_blocks-0-id": str(block.pk)}
    save_hours(agent=block.agent, time_zone="", blocks=[Block(2, time(8), time(12))])
    post = make_post(block.agent, ("0", "09:00", "17:00"), **row)
    answer = client.post(url("user_change", block.agent.pk), post)
    assert "Somebody changed these hours meanwhile" in text_of(answer)
    assert [str(left) for left in ScheduleBlock.objects.all()] == ["Wednesday 08:00–12:00"]


@pytest.mark.req("LC-11")
def test_row_that_is_being_deleted_overlaps_nothing(client: Client) -> None:
    block = ScheduleBlockFactory.create()
    changes = {
        "schedule_blocks-INITIAL_FORMS": "1",
        "schedule_blocks-0-id": str(block.pk),
        "schedule_blocks-0-DELETE": "on",
    }
    hours = [("0", "09:00", "17:00"), ("0", "08:00", "18:00")]
    data = make_post(block.agent, *hours, **changes)
    assert client.post(url("user_change", block.agent.pk), data).status_code == 302
    assert [str(left) for left in ScheduleBlock.objects.all()] == ["Monday 08:00–18:00"]


@pytest.mark.req("LC-10", "LC-51")
@pytest.mark.parametrize(("limit", "status"), [("1", 302), ("10", 302), ("", 302), ("0", 200), ("11", 200)])
def test_seats_of_an_agent_are_from_1_to_10(client: Client, limit: str, status: int) -> None:
    ann = AgentFactory.create()
    answer = client.post(url("user_change", ann.pk), make_post(ann, seat_limit=limit))
    assert answer.status_code == status
    assert User.objects.get(pk=ann.pk).seat_limit == (int(limit) if limit and status == 302 else None)


@pytest.mark.req("LC-11")
@pytest.mark.parametrize(("zone", "status"), [("Europe/Stockholm", 302), ("", 302), ("Mars/Olympus", 200)])
def test_time_zone_is_one_that_exists(client: Client, zone: str, status: int) -> None:
    ann = AgentFactory.create()
    answer = client.post(url("user_change", ann.pk), make_post(ann, time_zone=zone))
    assert answer.status_code == status


@pytest.mark.req("LC-11")
def test_time_zone_under_an_old_name_can_be_kept(client: Client) -> None:
    ann = AgentFactory.create(time_zone="CET")
    assert '<option value="CET" selected>' in text_of(client.get(url("user_change", ann.pk)))


@pytest.mark.req("LC-08")
def test_picture_is_reencoded_shown_and_removed(client: Client) -> None:
    ann = AgentFactory.create()
    upload = SimpleUploadedFile("ann.png", draw(), "image/png")
    assert client.post(url("user_change", ann.pk), make_post(ann, picture=upload)).status_code == 302
    saved = User.objects.get(pk=ann.pk).avatar
    assert str(saved.name).endswith(".webp")
    assert f'src="{saved.url}"' in text_of(client.get(url("user_change", ann.pk)))
    assert client.post(url("user_change", ann.pk), make_post(ann)).status_code == 302
    assert User.objects.get(pk=ann.pk).avatar.name == saved.name
    client.post(url("user_change", ann.pk), make_post(ann, **{"picture-clear": "on"}))
    assert not User.objects.get(pk=ann.pk).avatar


@pytest.mark.req("LC-08", "LC-51")
@pytest.mark.parametrize(
    ("data", "words"),
    [(b"<svg/>", "can&#x27;t be read"), (b"x" * (5 * 1024 * 1024 + 1), "too large")],
    ids=["no picture", "too large"],
)
def test_upload_that_is_no_picture_is_refused_at_its_field(client: Client, data: bytes, words: str) -> None:
    ann = AgentFactory.create()
    upload = SimpleUploadedFile("ann.png", data, "image/png")
    answer = client.post(url("user_change", ann.pk), make_post(ann, picture=upload))
    assert answer.status_code == 200
    assert words in text_of(answer)
    assert not User.objects.get(pk=ann.pk).avatar


@pytest.mark.req("LC-07")
def test_user_is_in_the_list_of_agents_as_soon_as_a_profile_says_so(client: Client) -> None:
    bo = UserFactory.create(first_name="Bo", last_name="Agent")
    group = GroupFactory.create(permissions=["view_my_conversations"])
    assert "Bo Agent" not in text_of(client.get(url("agent_changelist")))
    client.post(url("user_change", bo.pk), make_post(bo, last_name="Agent", groups=[group.pk]))
    assert "Bo Agent" in text_of(client.get(url("agent_changelist")))


@pytest.mark.req("LC-12", "LC-13", "LC-10")
def test_list_says_how_agents_stand(client: Client) -> None:
    ann = AgentFactory.create(seat_limit=3)
    Seat.objects.create(agent=ann, number=1, live_chat=LiveChatFactory.create())
    page = text_of(client.get(url("agent_changelist")))
    assert "1 of 3" in page
    assert "Unavailable · no hours set" in page  # as in the agent's own inbox


@pytest.mark.req("LC-12", "LC-13")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("available=yes", ["Ann"]),
        ("available=no", ["Bo", "Signe"]),
        ("reachable=yes", ["Bo"]),
        ("reachable=no", ["Ann", "Cleo", "Signe"]),
        ("agent=yes", ["Ann", "Bo", "Signe"]),
        ("agent=no", ["Cleo"]),
    ],
)
def test_list_is_filtered_by_how_people_stand(client: Client, query: str, found: list[str]) -> None:
    far = "2999-01-01T00:00Z"
    AgentFactory.create(first_name="Ann", override_available=True, override_until=far)
    PresenceFactory.create(agent=AgentFactory.create(first_name="Bo"), expires_at=far)
    UserFactory.create(first_name="Cleo")
    assert [user.first_name for user in _list(client, "user_changelist", query)] == found


def _list(client: Client, page: str, query: str) -> list[User]:
    answer = client.get(f"{url(page)}?{query}")
    return list(answer.context["cl"].result_list)


@pytest.mark.req("LC-12")
def test_agents_are_made_available_and_unavailable_from_the_list(client: Client) -> None:
    ann = AgentFactory.create()
    for action, held in (("make_available", True), ("make_unavailable", False)):
        data = {"action": action, "_selected_action": [ann.pk]}
        assert "1 agent is" in text_of(client.post(url("agent_changelist"), data, follow=True))
        assert User.objects.get(pk=ann.pk).override_available is held


@pytest.mark.req("LC-12")
def test_page_of_an_agent_is_that_of_the_user(client: Client) -> None:
    ann = AgentFactory.create()
    assert client.get(url("agent_change", ann.pk))["Location"] == url("user_change", ann.pk)


@pytest.mark.req("LC-06")
def test_profiles_are_listed_with_their_members(client: Client) -> None:
    group = GroupFactory.create(name="Night shift", permissions=["view_dialogues", "view_flows"])
    members = [UserFactory.create(first_name=name, last_name="") for name in ("Ann", "Bo", "Cleo")]
    group.user_set.add(*members)
    (row,) = _list(client, "permissionprofile_changelist", "")
    assert (row.members_total, row.permissions_total) == (3, 2)  # type: ignore[attr-defined]
    page = text_of(client.get(url("permissionprofile_change", group.pk)))
    assert all(url("user_change", member.pk) in page for member in members)


@pytest.mark.req("LC-06")
def test_profile_offers_the_products_permissions_under_their_areas(client: Client) -> None:
    page = text_of(client.get(url("permissionprofile_add")))
    areas = ["Conversations", "Live chat", "Activities", "Analytics", "Agents", "Configuration"]
    places = [page.index(f"<label>{area}</label>") for area in areas]
    assert places == sorted(places)
    assert page.count('name="permissions"') == 28
    assert "Can add log entry" not in page


@pytest.mark.req("LC-09", "LC-07")
@pytest.mark.usefixtures("prime")
def test_team_takes_agents_only_and_warns_when_nobody_is_in_it(client: Client) -> None:
    ann, bo = AgentFactory.create(), UserFactory.create()
    refused = client.post(url("team_add"), {"name": "North", "members": [bo.pk]})
    assert refused.status_code == 200
    answer = client.post(url("team_add"), {"name": "North"}, follow=True)
    assert "Nobody is in “North”" in text_of(answer)
    team = Team.objects.get()
    answer = client.post(url("team_change", team.pk), {"name": "North", "members": [ann.pk]}, follow=True)
    assert "Nobody is in" not in text_of(answer)
    assert [member.pk for member in team.members.all()] == [ann.pk]


@pytest.mark.req("LC-09", "LC-07")
@pytest.mark.usefixtures("prime")
def test_member_who_lost_the_permission_is_out_of_the_team_but_comes_back_with_it(client: Client) -> None:
    ann, bo = AgentFactory.create(), AgentFactory.create()
    team = TeamFactory.create(members=[ann, bo])
    User.objects.filter(pk=bo.pk).update(is_active=False)
    client.post(url("team_change", team.pk), {"name": "North", "members": [ann.pk]})
    assert [member.pk for member in team.members.all()] == [ann.pk]
    User.objects.filter(pk=bo.pk).update(is_active=True)
    assert {member.pk for member in team.members.all()} == {ann.pk, bo.pk}
