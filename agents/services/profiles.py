"""The permission profiles that exist from the start."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from agents.errors import PermissionsMissing
from agents.models import ProfileSetup
from agents.permissions import DEFAULT_PROFILES


@transaction.atomic
def setup_profiles() -> list[str]:
    """Make the five default profiles, each once for ever, and return the names of those made now (LC-06).

    A profile that an admin has edited, renamed or deleted is never touched or made again, and a group that
    had the name before is kept as it is. Raises PermissionsMissing before the migrations have run.
    """
    return [name for name, codenames in DEFAULT_PROFILES.items() if _make_once(name, codenames)]


def _make_once(name: str, codenames: frozenset[str]) -> bool:
    # The unique row is the lock: of two set-ups at once the second waits here, and finds it made.
    memory, is_first = ProfileSetup.objects.get_or_create(profile=name)
    if not is_first:
        return False
    group, is_new = Group.objects.get_or_create(name=name)
    if is_new:
        group.permissions.set(_get_permissions(codenames))
    memory.group = group
    memory.save(update_fields=["group"])
    return is_new


def _get_permissions(codenames: frozenset[str]) -> list[Permission]:
    found = list(Permission.objects.filter(content_type__app_label="agents", codename__in=codenames))
    if len(found) != len(codenames):
        raise PermissionsMissing
    return found
