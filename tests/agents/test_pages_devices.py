"""Where somebody is signed in, and what ends it (S9)."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse, reverse_lazy
from django.utils import timezone

from agents.devices import make_client, name_device
from agents.events import AccessChanged
from agents.models import Device, User
from agents.selectors import list_devices
from agents.services.devices import forget_ended_devices, note_device
from tests.agents.conftest import Hear
from tests.factories import AgentFactory, UserFactory, grant
from tests.scenes import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.req("DL-10")]

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19.0 Safari/604.1"
PASSWORD = "a long old one"


@pytest.fixture
def user() -> User:
    user: User = AgentFactory()
    user.set_password(PASSWORD)
    user.save()
    return user


def browser_of(user: User, user_agent: str = WINDOWS, address: str = "192.0.2.7") -> Client:
    """A browser in which this person has signed in on the sign-in page."""
    browser = Client(headers={"user-agent": user_agent}, REMOTE_ADDR=address)
    signed = browser.post(reverse("sign-in"), {"username": user.username, "password": PASSWORD})
    assert signed.status_code == 302
    return browser


def key_of(browser: Client) -> str:
    return str(browser.cookies[settings.SESSION_COOKIE_NAME].value)


def is_signed_in(browser: Client) -> bool:
    return browser.get(reverse("settings-devices")).status_code == 200


def sign_out_others(browser: Client) -> Any:
    return browser.post(reverse("settings-devices"), {"form": "others"}, follow=True)


def device_of(browser: Client) -> Device:
    return Device.objects.get(session_key=key_of(browser))


def test_every_sign_in_is_listed_with_browser_and_address_this_one_first(user: User) -> None:
    desk, phone = browser_of(user), browser_of(user, PHONE, "2001:db8::5")
    browser_of(make_colleague(), PHONE, "203.0.113.9")
    shown = desk.get(reverse("settings-devices"))
    rows = [(row["name"], row["row"].address, row["is_this"]) for row in shown.context["devices"]]
    assert rows == [("Chrome on Windows", "192.0.2.7", True), ("Safari on iPhone", "2001:db8::5", False)]
    assert key_of(desk) not in shown.content.decode()
    assert key_of(phone) not in shown.content.decode()


def make_colleague() -> User:
    other: User = AgentFactory()
    other.set_password(PASSWORD)
    other.save()
    return other


def test_one_device_is_signed_out_and_the_others_stay(user: User, hear: Hear) -> None:
    desk, phone, tablet = browser_of(user), browser_of(user, PHONE), browser_of(user)
    with hear(AccessChanged) as heard:
        response = desk.post(reverse("settings-device", args=[device_of(phone).public_id]))
    assert response.status_code == 302
    assert heard == [AccessChanged(user_ids=(user.pk,))]
    assert [is_signed_in(browser) for browser in (desk, phone, tablet)] == [True, False, True]


def test_all_others_are_signed_out_also_those_that_no_list_shows(user: User, hear: Hear) -> None:
    desk, phone = browser_of(user), browser_of(user, PHONE)
    unlisted, stranger = sign_in(user), sign_in(AgentFactory())
    with hear(AccessChanged) as heard:
        page = sign_out_others(desk)
    assert "2 other devices are signed out." in page.content.decode()
    assert {event.user_ids for event in heard} == {(user.pk,)}
    assert [is_signed_in(desk), is_signed_in(phone)] == [True, False]
    assert set(Session.objects.values_list("session_key", flat=True)) == {key_of(desk), stranger}
    assert unlisted not in page.content.decode()


@pytest.mark.parametrize("whose", ["another person's", "this very", "a missing", "an ended"])
def test_other_devices_than_ones_own_other_ones_are_not_found(user: User, whose: str) -> None:
    desk, other = browser_of(user), browser_of(make_colleague())
    ended = browser_of(user)
    ids = {
        "another person's": device_of(other).public_id,
        "this very": device_of(desk).public_id,
        "a missing": uuid.uuid4(),
        "an ended": device_of(ended).public_id,
    }
    ended.post(reverse("sign-out"))
    assert desk.post(reverse("settings-device", args=[ids[whose]])).status_code == 404
    assert [is_signed_in(desk), is_signed_in(other)] == [True, True]


def test_signing_out_a_device_needs_a_form_of_our_own_page(user: User) -> None:
    desk, phone = Client(enforce_csrf_checks=True), browser_of(user, PHONE)
    desk.cookies[settings.SESSION_COOKIE_NAME] = sign_in(user)
    address = reverse("settings-device", args=[device_of(phone).public_id])
    assert desk.post(address).status_code == 403
    assert desk.post(reverse("settings-devices"), {"form": "others"}).status_code == 403
    assert desk.get(address).status_code == 405
    assert is_signed_in(phone)


def test_a_new_password_signs_out_all_but_this_browser(user: User, hear: Hear) -> None:
    desk, phone = browser_of(user), browser_of(user, PHONE)
    before = key_of(desk)
    new = {"old_password": PASSWORD, "new_password1": "a longer new one", "new_password2": "a longer new one"}
    with hear(AccessChanged) as heard:
        page = desk.post(reverse("settings-devices"), {"form": "password", **new}, follow=True)
    assert "Your password is changed" in page.content.decode()
    assert AccessChanged(user_ids=(user.pk,)) in heard
    assert key_of(desk) != before
    assert [is_signed_in(desk), is_signed_in(phone)] == [True, False]
    user.refresh_from_db()
    assert user.check_password("a longer new one")
    assert [device.session_key for device in list_devices(user)] == [key_of(desk)]


@pytest.mark.req("LC-51")
@pytest.mark.parametrize(
    ("field", "value"),
    [("old_password", "a guess"), ("new_password2", "another one"), ("new_password1", "short")],
)
def test_a_password_that_is_refused_changes_nothing(user: User, field: str, value: str) -> None:
    desk, phone = browser_of(user), browser_of(user, PHONE)
    new = {"old_password": PASSWORD, "new_password1": "a longer new one", "new_password2": "a longer new one"}
    page = desk.post(reverse("settings-devices"), {"form": "password", **new, field: value})
    assert page.status_code == 422
    assert page.context["password"].errors
    assert [is_signed_in(desk), is_signed_in(phone)] == [True, True]
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


GUESSES = [(reverse_lazy("settings-devices"), 422), (reverse_lazy("admin:password_change"), 200)]


def guess(browser: Client, address: str, old: str) -> Any:
    new = {"new_password1": "a longer new one", "new_password2": "a longer new one"}
    return browser.post(address, {"form": "password", "old_password": old, **new})


@pytest.mark.parametrize(("address", "status"), GUESSES)
def test_whoever_finds_a_browser_signed_in_cannot_guess_the_password(
    user: User, address: str, status: int
) -> None:
    grant(user, "manage_agents")
    desk = browser_of(user)
    for number in range(settings.AXES_FAILURE_LIMIT):
        page = guess(desk, address, f"guess {number}")
        assert page.status_code == status
    assert "wrong too often" in page.content.decode()
    # The right one now comes too late, here and on the sign-in page.
    assert "wrong too often" in guess(desk, address, PASSWORD).content.decode()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    late = Client(REMOTE_ADDR="192.0.2.7").post(
        reverse("sign-in"), {"username": user.username, "password": PASSWORD}
    )
    assert late.status_code == 429
    # Elsewhere nothing is locked: nobody can shut somebody else out.
    assert guess(browser_of(user, address="203.0.113.9"), address, PASSWORD).status_code == 302


def test_a_few_wrong_ones_are_forgiven_once_it_was_right(user: User) -> None:
    desk = browser_of(user)
    for number in range(settings.AXES_FAILURE_LIMIT - 1):
        guess(desk, reverse("settings-devices"), f"guess {number}")
    assert guess(desk, reverse("settings-devices"), PASSWORD).status_code == 302
    wrong = guess(desk, reverse("settings-devices"), "one more")
    assert "wrong too often" not in wrong.content.decode()
    assert wrong.status_code == 422


def test_the_devices_are_there_for_everybody_who_signs_in_and_for_nobody_else(client: Client) -> None:
    assert client.get(reverse("settings-devices")).status_code == 302
    client.force_login(UserFactory(permissions=["view_dialogues"]))
    page = client.get(reverse("settings-devices")).content.decode()
    assert "Signed-in devices" in page
    assert "page-config" not in page


def test_the_list_takes_as_many_queries_for_one_device_as_for_many(
    user: User, django_assert_num_queries: Any
) -> None:
    for _number in range(5):
        sign_in_noted(user)
    with django_assert_num_queries(2):
        assert len(list_devices(user)) == 5


def sign_in_noted(user: User) -> None:
    note_device(user_id=user.pk, session_key=sign_in(user), client=make_client(WINDOWS, "192.0.2.7"))


def test_noting_a_device_again_keeps_since_when_it_is_signed_in(user: User) -> None:
    key, now = sign_in(user), timezone.now()
    note_device(user_id=user.pk, session_key=key, client=make_client(WINDOWS, "192.0.2.7"), now=now)
    later = now + timedelta(minutes=5)
    note_device(user_id=user.pk, session_key=key, client=make_client(PHONE, "not an address"), now=later)
    device = Device.objects.get()
    assert (device.signed_in_at, device.seen_at, device.address) == (now, later, None)


def test_devices_of_ended_sessions_are_forgotten(user: User) -> None:
    sign_in_noted(user)
    sign_in_noted(user)
    kept = Device.objects.earliest("pk")
    Session.objects.exclude(session_key=kept.session_key).delete()
    assert forget_ended_devices() == 1
    assert Device.objects.get() == kept


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (WINDOWS, "Chrome on Windows"),
        (PHONE, "Safari on iPhone"),
        (f"{WINDOWS} Edg/142.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Linux; Android 16) Chrome/142.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.9", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_browsers_are_called_as_people_call_them(user_agent: str, name: str) -> None:
    assert name_device(user_agent) == name


def test_what_a_browser_says_of_itself_is_cut_and_cleaned() -> None:
    client = make_client("\0\x1b[31m" + "é" * 10 + "x" * 9_000, "192.0.2.7, 10.0.0.1")
    assert (client.user_agent, client.address) == ("[31m" + "x" * 296, None)
