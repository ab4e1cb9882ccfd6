"""Signing out elsewhere ends what is open there, at once (S9, R16)."""

from __future__ import annotations

import asyncio

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from agents.models import Device
from chat.delivery.close_codes import CloseCode
from tests.chat.sockets.stories import Story
from tests.chat.sockets.tabs import run
from tests.scenes import sign_in

pytestmark = pytest.mark.req("DL-10")

AT_ONCE = 5.0  # seconds


def browser_with(key: str) -> Client:
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = key
    return browser


def sign_out_device(key: str, device_key: str) -> None:
    device = Device.objects.get(session_key=device_key)
    assert browser_with(key).post(reverse("settings-device", args=[device.public_id])).status_code == 302


def sign_out_others(key: str) -> None:
    assert browser_with(key).post(reverse("settings-devices"), {"form": "others"}).status_code == 302


async def test_an_open_inbox_stands_among_the_devices(story: Story) -> None:
    user, key = await story.make_agent()
    page = await story.agent(key)
    await page.ping()
    devices = await run(lambda: list(Device.objects.values_list("user_id", "session_key")))
    assert devices == [(user.pk, key)]


async def test_a_device_that_is_signed_out_elsewhere_loses_its_sockets_at_once(story: Story) -> None:
    user, key = await story.make_agent()
    phone = await run(sign_in, user)
    here, there, second = await story.agent(key), await story.agent(phone), await story.agent(phone)
    await there.ping()
    await run(sign_out_device, key, phone)
    async with asyncio.timeout(AT_ONCE):
        codes = [await there.closed(), await second.closed()]
    assert codes == [CloseCode.UNAUTHENTICATED] * 2
    await here.ping()


async def test_signing_out_all_others_closes_every_socket_but_those_of_this_browser(story: Story) -> None:
    user, key = await story.make_agent()
    here, colleague = await story.agent(key), await story.agent((await story.make_agent())[1])
    others = [await story.agent(await run(sign_in, user)) for _number in range(3)]
    await run(sign_out_others, key)
    async with asyncio.timeout(AT_ONCE):
        assert [await other.closed() for other in others] == [CloseCode.UNAUTHENTICATED] * 3
    await here.ping()
    await colleague.ping()
