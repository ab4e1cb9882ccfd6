"""Every way in which access is lost, as people do it, closes what is open within 5 s (LC-07, S9, R16)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from agents.models import Device, User
from agents.services.profiles import setup_profiles
from chat.delivery.close_codes import CloseCode
from tests.admin.test_escalation import make_post
from tests.chat.sockets.stories import Story
from tests.chat.sockets.tabs import Tab, run
from tests.factories import DialogueFactory, UserFactory
from tests.matrix.test_sockets import KnockingTab
from tests.scenes import set_up, sign_in

pytestmark = pytest.mark.req("DL-10", "LC-05", "LC-07")

WITHIN = 5.0  # seconds
OLD, NEW = "a long old one", "a longer new one"


def browser(key: str) -> Client:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client


def do(key: str, address: str, *args: object, **data: Any) -> None:
    """What a click in a browser with this session sends; it is taken."""
    answer = browser(key).post(reverse(address, args=args), data)
    assert answer.status_code == 302, (address, answer.status_code)
    assert "/admin/login/" not in answer["Location"]


def act_on(model: str, action: str) -> Callable[..., None]:
    """An administrator chooses the person in a list."""
    return lambda user, here, there, boss: do(
        boss, f"admin:{model}_changelist", action=action, _selected_action=[user.pk]
    )


def new_password(**names: str) -> dict[str, str]:
    return {**names, "new_password1": NEW, "new_password2": NEW}


def leave_device(user: User, here: str, there: str, boss: str) -> None:
    do(there, "settings-device", Device.objects.get(session_key=here).public_id)


def profile() -> Group:
    return Group.objects.get(name="Live Agent")


# What is done: to a person, with their session here, another one of theirs, and an administrator's.
SIGNED_OUT: dict[str, Callable[[User, str, str, str], None]] = {
    "signed out in another tab": lambda user, here, there, boss: do(here, "sign-out"),
    "signed out in the admin": lambda user, here, there, boss: do(here, "admin:logout"),
    "signed out on the page of devices": leave_device,
    "signed out everywhere else": lambda user, here, there, boss: do(
        there, "settings-devices", form="others"
    ),
    "signed out by an administrator": act_on("agents_user", "sign_out"),
    "a new password of one's own": lambda user, here, there, boss: do(
        there, "settings-devices", **new_password(form="password", old_password=OLD)
    ),
    "a new password in the admin": lambda user, here, there, boss: do(
        there, "admin:password_change", **new_password(old_password=OLD)
    ),
    "a new password by an administrator": lambda user, here, there, boss: do(
        boss, "admin:auth_user_password_change", user.pk, usable_password="true", password1=NEW, password2=NEW
    ),
    "deactivated in the list": act_on("agents_user", "deactivate"),
    "deactivated on the page": lambda user, here, there, boss: do(
        boss, "admin:agents_user_change", user.pk, **make_post(user, is_active="")
    ),
    "deleted": lambda user, here, there, boss: do(boss, "admin:agents_user_delete", user.pk, post="yes"),
}
REFUSED: dict[str, Callable[[User, str, str, str], None]] = {
    "taken out of the profile": lambda user, here, there, boss: do(
        boss, "admin:agents_user_change", user.pk, **make_post(user, groups=[])
    ),
    # From here on for everybody who has the profile, so these come last.
    "taken out of what the profile gives": lambda user, here, there, boss: do(
        boss, "admin:agents_permissionprofile_change", profile().pk, name="Live Agent", permissions=[]
    ),
}


def make_agent() -> tuple[User, str, str]:
    """Somebody by profile alone, signed in twice."""
    user: User = UserFactory.create()
    user.set_password(OLD)
    user.save()
    user.groups.add(profile())
    return user, sign_in(user), sign_in(user)


def prepare() -> tuple[User, Model]:
    set_up()
    setup_profiles()
    return UserFactory.create(is_superuser=True), DialogueFactory.create()


async def open_both(story: Story, key: str, dialogue: Model, opened: list[Tab]) -> list[Tab]:
    inbox = await story.agent(key)
    await inbox.ping()
    preview = await KnockingTab(f"/ws/preview/{dialogue.pk}/", key).open()
    opened.append(preview)
    await preview.ask({"type": "hello", "protocol": 1}, "welcome")
    return [inbox, preview]


async def test_whatever_takes_access_away_closes_inbox_and_preview(
    story: Story, loop_of_server: list[Tab]
) -> None:
    boss, dialogue = await run(prepare)
    colleague = await open_both(story, (await run(make_agent))[1], dialogue, loop_of_server)
    for name, lose in (SIGNED_OUT | REFUSED).items():
        user, here, there = await run(make_agent)
        tabs = await open_both(story, here, dialogue, loop_of_server)
        for tab in colleague:
            await tab.ping()
        await run(lose, user, here, there, await run(sign_in, boss))
        try:
            async with asyncio.timeout(WITHIN):
                codes = [await tab.closed() for tab in tabs]
        except TimeoutError:
            raise AssertionError(f"{name}: still open after {WITHIN:g} s") from None
        expected = CloseCode.UNAUTHENTICATED if name in SIGNED_OUT else CloseCode.FORBIDDEN
        assert codes == [expected, CloseCode.FORBIDDEN], name
    # Nothing of it but the last was about anybody else.
    assert [await tab.closed() for tab in colleague] == [CloseCode.FORBIDDEN] * 2
