"""Profile pictures over HTTP."""

import io

import pytest
from django.test import Client
from PIL import Image

from agents.services.avatars import set_avatar
from tests.factories import AgentFactory


def draw() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (300, 200), "navy").save(data, "PNG")
    return data.getvalue()


@pytest.mark.req("LC-08")
@pytest.mark.django_db
def test_picture_is_served_to_any_website_and_only_as_a_picture(client: Client) -> None:
    agent = AgentFactory()
    set_avatar(user=agent, data=draw())
    response = client.get(f"/media/{agent.avatar.name}")
    assert response.status_code == 200
    assert response["Content-Type"] == "image/webp"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert Image.open(io.BytesIO(b"".join(response.streaming_content))).size == (256, 256)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["missing.webp", "..%2Fsecret_key", "x.svg", "a/b.webp", "%00.webp"])
@pytest.mark.django_db
def test_what_is_no_stored_picture_is_not_there(client: Client, name: str) -> None:
    assert client.get(f"/media/avatars/{name}").status_code == 404


def test_icon_is_found_by_its_old_name(client: Client) -> None:
    assert client.get("/favicon.ico")["Location"].endswith("agents/icon.svg")
