"""Says that access changed, wherever groups, permissions or users are edited (LC-07), and notes who signs in.

Writes that send no signals (`QuerySet.update`, `bulk_create`) must publish `AccessChanged` themselves.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import SESSION_KEY, user_logged_in
from django.contrib.auth.models import Group, Permission
from django.contrib.sessions.models import Session
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from config.lib.events import publish

from .devices import make_client
from .events import AccessChanged
from .models import Agent, PermissionProfile, User
from .services.devices import note_device

_ACCESS_FIELDS = frozenset({"is_active", "is_superuser", "password"})
# "clear" names no ids, so what it takes away is read before; the event leaves after the commit anyway.
_ACTIONS = frozenset({"post_add", "post_remove", "pre_clear"})


@receiver(m2m_changed, sender=User.groups.through)
def publish_membership(action: str, instance: User | Group, pk_set: set[int] | None, **kwargs: Any) -> None:
    if action not in _ACTIONS:
        return
    if isinstance(instance, User):
        _publish([instance.pk])
    else:
        _publish(pk_set if pk_set is not None else _members([instance.pk]))


@receiver(m2m_changed, sender=User.user_permissions.through)
def publish_own_permission(
    action: str, instance: User | Permission, pk_set: set[int] | None, **kwargs: Any
) -> None:
    if action not in _ACTIONS:
        return
    if isinstance(instance, User):
        _publish([instance.pk])
    else:
        _publish(pk_set if pk_set is not None else instance.user_set.values_list("pk", flat=True))


@receiver(m2m_changed, sender=Group.permissions.through)
def publish_profile(
    action: str, instance: Group | Permission, pk_set: set[int] | None, **kwargs: Any
) -> None:
    if action not in _ACTIONS:
        return
    if isinstance(instance, Group):
        _publish(_members([instance.pk]))
    else:
        groups = pk_set if pk_set is not None else instance.group_set.values_list("pk", flat=True)
        _publish(_members(groups))


@receiver(pre_delete, sender=Group)
@receiver(pre_delete, sender=PermissionProfile)
def publish_profile_gone(instance: Group, **kwargs: Any) -> None:
    _publish(_members([instance.pk]))


@receiver(post_save, sender=User)
@receiver(post_save, sender=Agent)
def publish_user(
    instance: User, created: bool, raw: bool, update_fields: frozenset[str] | None, **kwargs: Any
) -> None:
    # A full save may have changed any of them; the event is a hint, and looking again costs little.
    if not created and not raw and (update_fields is None or _ACCESS_FIELDS & set(update_fields)):
        _publish([instance.pk])


@receiver(pre_delete, sender=User)
@receiver(pre_delete, sender=Agent)
def publish_user_gone(instance: User, **kwargs: Any) -> None:
    _publish([instance.pk])


@receiver(post_delete, sender=Session)
def publish_sign_out(instance: Session, **kwargs: Any) -> None:
    """A session that had time left: somebody signed out, and the sockets of that session end (R16)."""
    user_id = instance.get_decoded().get(SESSION_KEY) if instance.expire_date > timezone.now() else None
    if user_id is not None:
        _publish([int(user_id)])


@receiver(user_logged_in)
def note_sign_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A browser is signed in from now on, and stands among the person's devices (S9)."""
    key = request.session.session_key
    if key:
        meta = request.META
        client = make_client(meta.get("HTTP_USER_AGENT", ""), meta.get("REMOTE_ADDR", ""))
        note_device(user_id=user.pk, session_key=key, client=client)


def _members(group_ids: Iterable[int]) -> list[int]:
    return list(User.objects.filter(groups__in=list(group_ids)).values_list("pk", flat=True).distinct())


def _publish(user_ids: Iterable[int]) -> None:
    ids = tuple(sorted(user_ids))
    if ids:
        publish(AccessChanged(user_ids=ids))
