"""Whoever manages agents gets no further than what they may do themselves."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from agents.admin.delegation import is_last_superuser
from agents.models import User
from tests.admin.conftest import SignIn
from tests.factories import GroupFactory, UserFactory, get_permissions

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-06")]


@pytest.fixture
def manager() -> User:
    user: User = UserFactory.create(permissions=["manage_agents", "view_dialogues"])
    return user


@pytest.fixture
def client(manager: User, sign_in: SignIn) -> Client:
    return sign_in(manager)


def page_of(user: User) -> str:
    return reverse("admin:agents_user_change", args=[user.pk])


def make_post(user: User, **changes: Any) -> dict[str, Any]:
    """What the browser sends for a user's page without changes, and then these."""
    return {
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "is_active": "on" if user.is_active else "",
        "groups": [group.pk for group in user.groups.all()],
        "user_permissions": [permission.pk for permission in user.user_permissions.all()],
        "schedule_blocks-TOTAL_FORMS": "0",
        "schedule_blocks-INITIAL_FORMS": "0",
        **changes,
    }


def pk_of(codename: str) -> int:
    return get_permissions([codename])[0].pk


def reload(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_what_one_has_can_be_given(client: Client) -> None:
    bo = UserFactory.create()
    group = GroupFactory.create(permissions=["view_dialogues"])
    data = make_post(bo, groups=[group.pk], user_permissions=[pk_of("manage_agents")])
    assert client.post(page_of(bo), data).status_code == 302
    assert reload(bo).has_perms(["agents.view_dialogues", "agents.manage_agents"])


@pytest.mark.parametrize("target", ["other", "self"])
def test_permission_one_lacks_cant_be_given_to_anybody(client: Client, manager: User, target: str) -> None:
    user = manager if target == "self" else UserFactory.create()
    held = [permission.pk for permission in user.user_permissions.all()]
    answer = client.post(page_of(user), make_post(user, user_permissions=[*held, pk_of("manage_dialogues")]))
    assert answer.status_code == 200
    assert "give what you don&#x27;t have yourself: Manage dialogues" in answer.content.decode()
    assert not reload(user).has_perm("agents.manage_dialogues")


@pytest.mark.parametrize("target", ["other", "self"])
def test_profile_with_more_than_one_has_cant_be_given(client: Client, manager: User, target: str) -> None:
    user = manager if target == "self" else UserFactory.create()
    group = GroupFactory.create(permissions=["view_dialogues", "manage_chatbot_settings"])
    answer = client.post(page_of(user), make_post(user, groups=[group.pk]))
    assert answer.status_code == 200
    assert "Manage chatbot settings" in str(answer.context["errors"])
    assert not reload(user).groups.exists()


def test_profile_that_somebody_has_already_can_stay(client: Client) -> None:
    bo = UserFactory.create()
    bo.groups.add(GroupFactory.create(permissions=["manage_chatbot_settings"]))
    assert client.post(page_of(bo), make_post(bo, first_name="Bosse")).status_code == 302
    assert reload(bo).first_name == "Bosse"
    assert reload(bo).groups.count() == 1


def test_permission_one_lacks_cant_be_put_into_a_profile(client: Client) -> None:
    group = GroupFactory.create(permissions=["view_dialogues"])
    url = reverse("admin:agents_permissionprofile_change", args=[group.pk])
    wanted = [pk_of("view_dialogues"), pk_of("manage_dialogues")]
    answer = client.post(url, {"name": group.name, "permissions": wanted})
    assert answer.status_code == 200
    assert set(group.permissions.values_list("codename", flat=True)) == {"view_dialogues"}
    allowed = client.post(url, {"name": group.name, "permissions": [pk_of("manage_agents")]})
    assert allowed.status_code == 302
    assert set(group.permissions.values_list("codename", flat=True)) == {"manage_agents"}


def test_new_profile_is_made_of_what_one_has_and_of_nothing_else(client: Client) -> None:
    url = reverse("admin:agents_permissionprofile_add")
    beyond = client.post(url, {"name": "Night shift", "permissions": [pk_of("manage_dialogues")]})
    assert "Manage dialogues" in str(beyond.context["errors"])
    assert not Group.objects.filter(name="Night shift").exists()
    answer = client.post(url, {"name": "Night shift", "permissions": [pk_of("view_dialogues")]})
    assert answer.status_code == 302
    made = Group.objects.get(name="Night shift")
    assert set(made.permissions.values_list("codename", flat=True)) == {"view_dialogues"}


def test_permissions_that_arent_the_products_cant_be_chosen_and_arent_lost(
    client: Client, boss: User, sign_in: SignIn
) -> None:
    foreign = Permission.objects.exclude(content_type__app_label="agents").first()
    assert foreign is not None
    group = Group.objects.create(name="Operators")
    group.permissions.add(foreign)
    url = reverse("admin:agents_permissionprofile_change", args=[group.pk])
    assert client.post(url, {"name": "Operators", "permissions": [foreign.pk]}).status_code == 200
    assert client.post(url, {"name": "Ops", "permissions": []}).status_code == 302
    assert list(group.permissions.all()) == [foreign]


def test_nobody_but_a_superuser_makes_a_superuser(client: Client, boss: User, sign_in: SignIn) -> None:
    bo = UserFactory.create()
    assert client.post(page_of(bo), make_post(bo, is_superuser="on", is_staff="on")).status_code == 302
    assert not reload(bo).is_superuser
    assert sign_in(boss).post(page_of(bo), make_post(bo, is_superuser="on")).status_code == 302
    assert reload(bo).is_superuser


def test_new_user_begins_with_nothing_whatever_is_sent(client: Client) -> None:
    data = {
        "username": "cleo",
        "usable_password": "true",
        "password1": "long-enough-words",
        "password2": "long-enough-words",
        "is_superuser": "on",
        "user_permissions": [pk_of("manage_dialogues")],
    }
    assert client.post(reverse("admin:agents_user_add"), data).status_code == 302
    cleo = User.objects.get(username="cleo")
    assert not cleo.is_superuser
    assert cleo.get_all_permissions() == set()


@pytest.mark.parametrize("path", ["", "delete", "password"])
def test_superuser_is_out_of_reach(client: Client, boss: User, path: str) -> None:
    url = page_of(boss).replace("change/", f"{path}/") if path else page_of(boss)
    data = make_post(
        boss, email="mine@switchboard.example", post="yes", password1="new-words-99", password2="new-words-99"
    )
    assert client.post(url, data).status_code == 403
    assert reload(boss).email == boss.email
    assert reload(boss).password == boss.password


@pytest.mark.parametrize("active", [True, False])
def test_account_of_somebody_who_may_do_more_cant_be_taken_over(client: Client, active: bool) -> None:
    eva = UserFactory.create(is_active=active, permissions=["manage_dialogues"])
    data = make_post(
        eva, email="mine@switchboard.example", username="mine", is_active="on", first_name="Evelina"
    )
    assert client.post(page_of(eva), data).status_code == 302
    after = reload(eva)
    assert (after.first_name, after.email, after.username, after.is_active) == (
        "Evelina",
        eva.email,
        eva.username,
        active,
    )
    password = reverse("admin:auth_user_password_change", args=[eva.pk])
    assert (
        client.post(password, {"password1": "new-words-99", "password2": "new-words-99"}).status_code == 403
    )
    assert client.post(reverse("admin:agents_user_delete", args=[eva.pk]), {"post": "yes"}).status_code == 403


def test_account_of_somebody_who_may_do_less_can_be_helped(client: Client) -> None:
    finn = UserFactory.create(permissions=["view_dialogues"])
    password = reverse("admin:auth_user_password_change", args=[finn.pk])
    data = {"usable_password": "true", "password1": "new-words-99", "password2": "new-words-99"}
    assert client.post(password, data).status_code == 302
    assert reload(finn).check_password("new-words-99")
    assert client.post(page_of(finn), make_post(finn, email="finn@switchboard.example")).status_code == 302
    assert reload(finn).email == "finn@switchboard.example"


def test_deactivating_spares_oneself_and_those_beyond_reach(
    client: Client, manager: User, boss: User
) -> None:
    bo, eva = UserFactory.create(), UserFactory.create(permissions=["manage_dialogues"])
    chosen = [user.pk for user in (bo, eva, boss, manager)]
    data = {"action": "deactivate", "_selected_action": chosen}
    answer = client.post(reverse("admin:agents_user_changelist"), data, follow=True)
    assert "1 user deactivated." in answer.content.decode()
    inactive = User.objects.filter(is_active=False)
    assert list(inactive) == [bo]


def test_whoever_may_do_more_cant_be_stripped_and_then_taken_over(client: Client) -> None:
    eva = UserFactory.create(permissions=["manage_dialogues"])
    group = GroupFactory.create(permissions=["manage_chatbot_settings"])
    eva.groups.add(group)
    stripped = client.post(page_of(eva), make_post(eva, groups=[], user_permissions=[]))
    assert "take away what you don&#x27;t have yourself" in stripped.content.decode()
    url = reverse("admin:agents_permissionprofile_change", args=[group.pk])
    assert client.post(url, {"name": group.name, "permissions": []}).status_code == 200
    assert client.post(url.replace("change", "delete"), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [group.pk], "post": "yes"}
    client.post(reverse("admin:agents_permissionprofile_changelist"), chosen)
    assert reload(eva).has_perms(["agents.manage_dialogues", "agents.manage_chatbot_settings"])


def test_what_one_has_can_be_taken_away(client: Client) -> None:
    bo = UserFactory.create(permissions=["view_dialogues"])
    bo.groups.add(GroupFactory.create(permissions=["manage_agents"]))
    assert client.post(page_of(bo), make_post(bo, groups=[], user_permissions=[])).status_code == 302
    assert reload(bo).get_all_permissions() == set()


@pytest.mark.parametrize("field", ["is_active", "is_superuser"])
@pytest.mark.parametrize("others", [0, 1])
def test_nobody_takes_their_own_access_away(boss: User, sign_in: SignIn, field: str, others: int) -> None:
    UserFactory.create_batch(others, is_superuser=True)
    kept = {"is_active": "on", "is_superuser": "on", field: ""}
    answer = sign_in(boss).post(page_of(boss), make_post(boss, **kept))
    assert list(answer.context["adminform"].form.errors) == [field]
    assert "Ask another superuser." in answer.content.decode()
    assert (reload(boss).is_active, reload(boss).is_superuser) == (True, True)


def test_manager_without_superpowers_cant_deactivate_themselves_either(client: Client, manager: User) -> None:
    answer = client.post(page_of(manager), make_post(manager, is_active=""))
    assert list(answer.context["adminform"].form.errors) == ["is_active"]
    assert reload(manager).is_active


@pytest.mark.parametrize("field", ["is_active", "is_superuser"])
def test_superuser_takes_another_ones_access_away(boss: User, sign_in: SignIn, field: str) -> None:
    other = UserFactory.create(is_superuser=True)
    kept = {"is_active": "on", "is_superuser": "on", field: ""}
    assert sign_in(boss).post(page_of(other), make_post(other, **kept)).status_code == 302
    assert getattr(reload(other), field) is False


@pytest.fixture
def overtaken(boss: User, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> tuple[Client, User]:
    """A superuser's client whose own access is taken by the other one at the very last moment."""
    other = UserFactory.create(is_superuser=True)
    for module in ("users", "user_forms"):
        monkeypatch.setattr(f"agents.admin.{module}.is_last_superuser", partial(lose_race, boss))
    return sign_in(boss), other


def lose_race(loser: User, user: User) -> bool:
    User.objects.filter(pk=loser.pk).update(is_active=False)
    return is_last_superuser(user)


@pytest.mark.parametrize("field", ["is_active", "is_superuser"])
def test_last_superuser_is_refused_at_the_field(overtaken: tuple[Client, User], field: str) -> None:
    client, other = overtaken
    kept = {"is_active": "on", "is_superuser": "on", field: ""}
    answer = client.post(page_of(other), make_post(other, **kept))
    assert list(answer.context["adminform"].form.errors) == [field]
    assert "last superuser" in answer.content.decode()
    assert (reload(other).is_active, reload(other).is_superuser) == (True, True)


def test_last_superuser_is_neither_deleted_nor_deactivated_from_the_list(
    overtaken: tuple[Client, User],
) -> None:
    client, other = overtaken
    assert client.post(page_of(other).replace("change", "delete"), {"post": "yes"}).status_code == 403
    User.objects.update(is_active=True)
    data = {"action": "deactivate", "_selected_action": [other.pk]}
    client.post(reverse("admin:agents_user_changelist"), data)
    assert reload(other).is_active


def test_nobody_deletes_themselves_or_switches_their_own_password_off(boss: User, sign_in: SignIn) -> None:
    UserFactory.create(is_superuser=True)
    boss.set_password("a password of my own")
    boss.save()
    client = sign_in(boss)
    assert client.post(page_of(boss).replace("change", "delete"), {"post": "yes"}).status_code == 403
    off = {"usable_password": "false", "unset-password": "1"}
    answer = client.post(reverse("admin:auth_user_password_change", args=[boss.pk]), off, follow=True)
    assert "switch off your own password" in answer.content.decode()
    assert reload(boss).has_usable_password()
