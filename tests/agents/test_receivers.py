from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.db import transaction

from agents.events import AccessChanged
from agents.models import PermissionProfile, User
from agents.services.availability import set_availability
from tests.agents.conftest import Hear
from tests.factories import AgentFactory, GroupFactory, UserFactory, as_agent, get_permissions

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-07")]

Change = Callable[[User, User, Group], object]


def permission() -> int:
    return get_permissions(["view_my_conversations"])[0].pk


def save_field(user: User, field: str, value: object) -> None:
    setattr(user, field, value)
    user.save(update_fields=[field])


# What is done to Ann and Bo, who are both in the group, and whether it concerns both.
CHANGES: dict[str, tuple[Change, bool]] = {
    "user joins": (lambda ann, bo, group: ann.groups.add(GroupFactory.create()), False),
    "user leaves": (lambda ann, bo, group: ann.groups.remove(group), False),
    "user leaves all": (lambda ann, bo, group: ann.groups.clear(), False),
    "group takes out": (lambda ann, bo, group: group.user_set.remove(ann), False),
    "group takes out all": (lambda ann, bo, group: group.user_set.clear(), True),
    "own permission": (lambda ann, bo, group: ann.user_permissions.add(permission()), False),
    "group permission": (lambda ann, bo, group: group.permissions.add(permission()), True),
    "group without permissions": (lambda ann, bo, group: group.permissions.clear(), True),
    "permission to group": (
        lambda ann, bo, group: get_permissions(["view_flows"])[0].group_set.add(group),
        True,
    ),
    "permission to user": (
        lambda ann, bo, group: get_permissions(["view_dialogues"])[0].user_set.add(ann),
        False,
    ),
    "group deleted": (lambda ann, bo, group: group.delete(), True),
    "profile deleted": (lambda ann, bo, group: PermissionProfile.objects.get(pk=group.pk).delete(), True),
    "deactivated": (lambda ann, bo, group: save_field(ann, "is_active", False), False),
    "superuser": (lambda ann, bo, group: save_field(ann, "is_superuser", True), False),
    "password": (lambda ann, bo, group: save_field(ann, "password", "!new"), False),
    "saved whole": (lambda ann, bo, group: ann.save(), False),
    "user deleted": (lambda ann, bo, group: ann.delete(), False),
}


@pytest.mark.parametrize("name", CHANGES)
def test_change_of_access_is_announced_with_those_concerned(name: str, hear: Hear) -> None:
    group = GroupFactory.create(permissions=["view_dialogues"])
    ann, bo = UserFactory.create(), UserFactory.create()
    group.user_set.add(ann, bo)
    ids = {ann.pk, bo.pk} if CHANGES[name][1] else {ann.pk}
    with hear(AccessChanged) as heard:
        CHANGES[name][0](ann, bo, group)
        assert heard == []
    assert {user_id for event in heard for user_id in event.user_ids} == ids


@pytest.mark.parametrize("clear", ["user_set", "group_set"])
def test_permission_taken_from_everybody_is_announced(clear: str, hear: Hear) -> None:
    group = GroupFactory.create(permissions=["view_dialogues"])
    ann = UserFactory.create(permissions=["view_dialogues"])
    group.user_set.add(ann)
    with hear(AccessChanged) as heard:
        getattr(get_permissions(["view_dialogues"])[0], clear).clear()
    assert heard == [AccessChanged(user_ids=(ann.pk,))]


def test_agent_saved_through_the_proxy_is_announced(hear: Hear) -> None:
    agent = as_agent(AgentFactory.create())
    with hear(AccessChanged) as heard:
        agent.is_active = False
        agent.save(update_fields=["is_active"])
    assert heard == [AccessChanged(user_ids=(agent.pk,))]


def test_what_changes_no_access_is_not_announced(hear: Hear) -> None:
    ann = UserFactory.create()
    with hear(AccessChanged) as heard:
        save_field(ann, "job_title", "Seller")
        set_availability(agent=ann, available=True)
        UserFactory.create()
        GroupFactory.create(permissions=["view_dialogues"]).delete()
    assert heard == []


def test_change_that_is_rolled_back_is_not_announced(hear: Hear) -> None:
    group = GroupFactory.create()
    ann = UserFactory.create()
    group.user_set.add(ann)
    with hear(AccessChanged) as heard, transaction.atomic():
        group.delete()
        transaction.set_rollback(True)
    assert heard == []
