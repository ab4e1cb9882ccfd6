"""How far somebody who manages agents may go: not beyond what they may do, nor where nobody could mend it.

Without these checks "Manage agents" would be all permissions: a few clicks to grant them, or to take over the
account of somebody who has them.
"""

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet

from agents.models import User


def list_permissions_of(user: User) -> QuerySet[Permission]:
    """What the user was given, directly or by profiles, also while deactivated: reactivating is one tick."""
    return Permission.objects.filter(Q(user=user) | Q(group__user=user)).distinct()


def list_beyond(actor: User, permissions: Iterable[Permission]) -> list[Permission]:
    """Those of the permissions that the actor doesn't hold, so may not hand out."""
    if actor.is_superuser:
        return []
    own = set(list_permissions_of(actor).values_list("pk", flat=True))
    return [permission for permission in permissions if permission.pk not in own]


def may_edit(actor: User, target: User) -> bool:
    """Whether the actor may change this user at all: superusers are changed by superusers only."""
    return actor.is_superuser or not target.is_superuser


def may_take_over(actor: User, target: User) -> bool:
    """Whether the actor may change what the user signs in with: only of who may do no more than the actor."""
    if actor.pk == target.pk or actor.is_superuser:
        return True
    return not target.is_superuser and not list_beyond(actor, list_permissions_of(target))


def list_beyond_in(actor: User, profiles: Iterable[Group]) -> list[Permission]:
    """The permissions of these profiles that the actor may not hand out."""
    return list_beyond(actor, Permission.objects.filter(group__in=list(profiles)).distinct())


def is_last_superuser(user: User) -> bool:
    """Whether nobody else could give everybody their access back; only inside a transaction.

    The rows stay locked to its end: two superusers who take each other's access at once come one by one.
    """
    rows = User.objects.select_for_update(no_key=True).filter(is_active=True, is_superuser=True)
    return [row.pk for row in rows.order_by("pk")] == [user.pk]
