from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from agents.models import User
from agents.services.avatars import remove_avatar, set_avatar
from config.lib.pictures import PictureInvalid
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-08")]


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def draw(colour: str = "teal") -> bytes:
    file = BytesIO()
    Image.new("RGB", (400, 300), colour).save(file, "PNG")
    return file.getvalue()


def test_picture_is_reencoded_and_square_under_a_random_name(media: Path) -> None:
    ann = UserFactory.create()
    set_avatar(user=ann, data=draw())
    name = str(User.objects.get(pk=ann.pk).avatar.name)
    assert name.startswith("avatars/")
    assert name.endswith(".webp")
    with Image.open(media / name) as picture:
        assert (picture.format, picture.size) == ("WEBP", (256, 256))


def test_the_old_file_is_kept_for_chats_that_show_it(media: Path) -> None:
    bo = UserFactory.create()
    set_avatar(user=bo, data=draw())
    old = bo.avatar.name
    set_avatar(user=bo, data=draw("crimson"))
    assert bo.avatar.name != old
    assert (media / old).exists()


def test_what_is_no_picture_is_refused_and_changes_nothing(media: Path) -> None:
    cleo = UserFactory.create()
    set_avatar(user=cleo, data=draw())
    with pytest.raises(PictureInvalid):
        set_avatar(user=cleo, data=b"<svg onload='alert(1)'/>")
    assert User.objects.get(pk=cleo.pk).avatar.name == cleo.avatar.name
    assert len(list((media / "avatars").iterdir())) == 1


def test_removed_picture_leaves_the_file(media: Path) -> None:
    dag = UserFactory.create()
    set_avatar(user=dag, data=draw())
    old = dag.avatar.name
    remove_avatar(user=dag)
    assert not User.objects.get(pk=dag.pk).avatar
    assert (media / old).exists()


def test_a_stale_object_doesnt_write_back_other_fields() -> None:
    eva = UserFactory.create(job_title="Seller")
    User.objects.filter(pk=eva.pk).update(job_title="Manager")
    set_avatar(user=eva, data=draw())
    assert User.objects.get(pk=eva.pk).job_title == "Manager"
