from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.db.migrations.executor import MigrationExecutor

from agents.errors import PermissionsMissing
from agents.models import ProfileSetup
from agents.permissions import DEFAULT_PROFILES
from agents.services.profiles import setup_profiles
from config.installation.models import Installation
from tests.factories import get_permissions

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-06")]

FIVE = ["Marketing User", "Live Agent", "Calendar Agent", "Marketing Admin", "Sales Admin"]


def codenames(group: Group) -> set[str]:
    return set(group.permissions.values_list("codename", flat=True))


def run_setup(*args: str) -> str:
    out = StringIO()
    call_command("setup", *args, stdout=out)
    return out.getvalue()


def test_five_profiles_are_made_with_their_permissions() -> None:
    assert setup_profiles() == FIVE
    assert {group.name: codenames(group) for group in Group.objects.all()} == DEFAULT_PROFILES


def test_second_run_makes_nothing() -> None:
    setup_profiles()
    assert setup_profiles() == []
    assert Group.objects.count() == 5


def test_edited_profile_keeps_its_edits() -> None:
    setup_profiles()
    live_agent = Group.objects.get(name="Live Agent")
    live_agent.permissions.set(get_permissions(["view_dialogues"]))
    setup_profiles()
    assert codenames(live_agent) == {"view_dialogues"}


def test_renamed_profile_is_not_made_again_under_its_old_name() -> None:
    setup_profiles()
    Group.objects.filter(name="Sales Admin").update(name="Head of sales")
    assert setup_profiles() == []
    assert not Group.objects.filter(name="Sales Admin").exists()


def test_deleted_profile_stays_deleted() -> None:
    setup_profiles()
    Group.objects.get(name="Calendar Agent").delete()
    assert setup_profiles() == []
    assert not Group.objects.filter(name="Calendar Agent").exists()


def test_group_that_had_the_name_before_is_kept_as_it_is() -> None:
    Group.objects.create(name="Live Agent")
    assert "Live Agent" not in setup_profiles()
    assert codenames(Group.objects.get(name="Live Agent")) == set()


def test_missing_permissions_are_refused_and_nothing_is_made() -> None:
    Permission.objects.filter(codename="view_dialogues").delete()
    with pytest.raises(PermissionsMissing):
        setup_profiles()
    assert not Group.objects.exists()
    assert not ProfileSetup.objects.exists()


def test_setup_command_makes_profiles_and_settings_and_says_so() -> None:
    said = run_setup()
    assert all(f"“{name}”" in said for name in FIVE)
    assert "settings and limits" in said
    assert Installation.objects.count() == 1
    assert Group.objects.count() == 5


def test_setup_command_says_when_there_is_nothing_to_do() -> None:
    run_setup()
    assert run_setup() == "Nothing to do: everything is there already.\n"


def test_dry_run_says_what_it_would_make_and_makes_nothing() -> None:
    said = run_setup("--dry-run")
    assert said.count("Would make") == 6
    assert not Group.objects.exists()
    assert not Installation.objects.exists()
    assert not ProfileSetup.objects.exists()


def test_setup_command_refuses_a_database_without_its_migrations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda self, targets: [("0001", False)])
    with pytest.raises(CommandError, match="migrate"):
        run_setup()
    assert not Group.objects.exists()


@pytest.mark.req("LC-05")
def test_permissions_of_the_code_are_the_table_of_the_documentation() -> None:
    """The table is written out here once more, so that a slip in one of the two shows."""
    table = (Path(__file__).parent / "permission_table.txt").read_text(encoding="utf-8")
    rows = [line.split("|") for line in table.splitlines() if line]
    marks = {name.strip(): [mark.strip() == "x" for mark in marks] for name, *marks in rows}
    for index, profile in enumerate(FIVE):
        wanted = {name for name, columns in marks.items() if columns[index]}
        held = Permission.objects.filter(
            content_type__app_label="agents", codename__in=DEFAULT_PROFILES[profile]
        )
        assert {permission.name.removesuffix(" (Prime)") for permission in held} == wanted
    assert len(marks) == 28
