from __future__ import annotations

from datetime import time
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from agents.events import AvailabilityChanged
from agents.models import User
from agents.policy import Block, BlockInvalid
from agents.selectors import get_schedule
from agents.services.own_settings import save_hours
from tests.agents.conftest import Hear
from tests.factories import AgentFactory, ScheduleBlockFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(client: Client) -> User:
    agent: User = AgentFactory()
    client.force_login(agent)
    return agent


def hours(*rows: tuple[int, str, str], zone: str = "Europe/Stockholm") -> dict[str, Any]:
    data: dict[str, Any] = {"form": "hours", "time_zone": zone}
    data |= {"hours-TOTAL_FORMS": len(rows), "hours-INITIAL_FORMS": 0}
    for number, (weekday, starts, ends) in enumerate(rows):
        values = {"weekday": weekday, "starts": starts, "ends": ends}
        data |= {f"hours-{number}-{name}": value for name, value in values.items()}
    return data


def picture() -> SimpleUploadedFile:
    file = BytesIO()
    Image.new("RGB", (400, 300), "teal").save(file, "PNG")
    return SimpleUploadedFile("me.png", file.getvalue(), content_type="image/png")


def details(**changes: Any) -> dict[str, Any]:
    return {"form": "details", "first_name": "Ann", "last_name": "Berg", "job_title": "Sales", **changes}


@pytest.mark.req("LC-08")
def test_agent_sets_name_title_and_picture(client: Client, agent: User, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    response = client.post(reverse("settings"), details(picture=picture()))
    assert response.status_code == 302
    agent.refresh_from_db()
    assert (agent.display_name, agent.job_title) == ("Ann Berg", "Sales")
    assert str(agent.avatar).startswith("avatars/")
    client.post(reverse("settings"), details(remove_picture="on"))
    agent.refresh_from_db()
    assert not agent.avatar


@pytest.mark.req("LC-08", "LC-51")
@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        ("\u200b", "\u2060", "ann"),
        ("Ann\r\n[10:00:00] Visitor: yes", "", "Ann [10:00:00] Visitor: yes"),
        ("Ann \u202egreB", "", "Ann greB"),
    ],
)
def test_name_is_on_one_line_and_can_be_seen(first: str, last: str, shown: str) -> None:
    assert User(username="ann", first_name=first, last_name=last).display_name == shown


@pytest.mark.req("LC-08", "LC-51")
def test_a_file_that_is_no_picture_is_refused_beside_its_field(client: Client, agent: User) -> None:
    file = SimpleUploadedFile("me.png", b"no picture at all", content_type="image/png")
    response = client.post(reverse("settings"), details(picture=file, first_name="Zoe", job_title="Changed"))
    assert response.status_code == 422
    assert response.context["page_config"]["me"]["name"] == agent.display_name
    assert "picture" in response.context["details"].errors
    agent.refresh_from_db()
    assert agent.job_title != "Changed"


@pytest.mark.req("LC-11")
def test_agent_sets_time_zone_and_hours(client: Client, agent: User, hear: Hear) -> None:
    ScheduleBlockFactory(agent=agent, weekday=4)
    rows = hours((0, "08:00", "12:00"), (0, "13:00", "17:00"), (1, "", ""), (6, "22:00", "00:00"))
    with hear(AvailabilityChanged) as heard:
        response = client.post(reverse("settings"), rows)
    assert response.status_code == 302
    agent.refresh_from_db()
    assert agent.time_zone == "Europe/Stockholm"
    assert get_schedule(agent) == [
        Block(0, time(8), time(12)),
        Block(0, time(13), time(17)),
        Block(6, time(22), time(0)),
    ]
    assert [event.agent_id for event in heard] == [agent.pk]


@pytest.mark.req("LC-11")
def test_night_is_one_row_that_is_kept_as_two_blocks(client: Client, agent: User) -> None:
    rows = hours((0, "09:00", "17:00"), (4, "22:00", "06:00"), (6, "18:00", "02:30"))
    assert client.post(reverse("settings"), rows).status_code == 302
    assert get_schedule(agent) == [
        Block(0, time(0), time(2, 30)),
        Block(0, time(9), time(17)),
        Block(4, time(22), time(0)),
        Block(5, time(0), time(6)),
        Block(6, time(18), time(0)),
    ]
    page = client.get(reverse("settings"))
    shown = {
        (form["weekday"].value(), form["starts"].value(), form["ends"].value(), form.is_over_midnight)
        for form in page.context["hours"].forms
        if form["starts"].value()
    }
    assert shown == {(0, "09:00", "17:00", False), (4, "22:00", "06:00", True), (6, "18:00", "02:30", True)}
    assert page.content.decode().count('data-part="hours-next">the next day') == 2


@pytest.mark.req("LC-11", "LC-51")
@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        ((0, "09:00", ""), "ends", "both times"),
        ((0, "09:00", "09:00"), "ends", "must end after it starts"),
        ((6, "22:00", "09:00"), "starts", "overlap with Monday 08:00–12:00"),
        ((0, "11:00", "13:00"), "starts", "overlap with 08:00–12:00"),
        ((0, "25:00", "26:00"), "starts", "valid time"),
    ],
)
def test_hours_that_cannot_be_are_refused_beside_their_field(
    client: Client, agent: User, row: tuple[int, str, str], field: str, words: str
) -> None:
    ScheduleBlockFactory(agent=agent, weekday=4)
    response = client.post(reverse("settings"), hours((0, "08:00", "12:00"), row))
    assert response.status_code == 422
    assert words in response.context["hours"].forms[1].errors[field][0]
    assert [block.weekday for block in get_schedule(agent)] == [4]


@pytest.mark.req("LC-11", "LC-51")
@pytest.mark.parametrize(
    ("rows", "words"),
    [
        # Shared time on both sides of midnight is one overlap.
        ([(4, "22:00", "06:00")] * 2, [["22:00–06:00"]]),
        (
            [(0, "09:00", "17:00"), (0, "10:00", "12:00"), (0, "11:00", "13:00")],
            [["09:00–17:00"], ["09:00–17:00", "10:00–12:00"]],
        ),
        (
            [(6, "22:00", "06:00"), (6, "23:00", "02:00"), (0, "01:00", "03:00")],
            [["22:00–06:00"], ["Sunday 22:00–06:00", "Sunday 23:00–02:00"]],
        ),
    ],
)
def test_each_of_several_overlaps_is_told_once(
    client: Client, agent: User, rows: list[tuple[int, str, str]], words: list[list[str]]
) -> None:
    response = client.post(reverse("settings"), hours(*rows))
    assert response.status_code == 422
    first, *others = response.context["hours"].forms
    told = [[f"These hours overlap with {hours}." for hours in each] for each in words]
    assert not first.errors
    assert [form.errors["starts"] for form in others] == told


@pytest.mark.req("LC-11")
@pytest.mark.parametrize("weekday", ["²", "7", "-1", "", "x"])
def test_hours_on_no_day_are_refused(client: Client, agent: User, weekday: str) -> None:
    data = hours((0, "08:00", "12:00")) | {"hours-0-weekday": weekday}
    assert client.post(reverse("settings"), data).status_code == 422
    assert get_schedule(agent) == []


@pytest.mark.req("LC-11")
def test_an_unknown_time_zone_is_refused(client: Client, agent: User) -> None:
    response = client.post(reverse("settings"), hours(zone="Europe/Atlantis"))
    assert response.status_code == 422
    assert "time_zone" in response.context["zone"].errors


@pytest.mark.req("LC-11")
def test_overlapping_hours_never_reach_the_database() -> None:
    agent = AgentFactory()
    with pytest.raises(BlockInvalid):
        save_hours(
            agent=agent, time_zone="", blocks=[Block(0, time(8), time(12)), Block(0, time(11), time(0))]
        )
    assert get_schedule(agent) == []


@pytest.mark.req("LC-11")
def test_hours_stay_as_they_are_for_whoever_may_not_set_them(client: Client) -> None:
    viewer = UserFactory(permissions=["view_my_conversations"])
    client.force_login(viewer)
    assert "An administrator sets your hours" in client.get(reverse("settings")).content.decode()
    client.post(reverse("settings"), hours((0, "08:00", "12:00")))
    assert get_schedule(viewer) == []
