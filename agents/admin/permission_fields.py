"""Choosing product permissions: grouped as people think of them, and never more than one has."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents.models import User
from agents.permissions import ACCESS_PERMISSIONS

from .delegation import list_beyond

# Area -> its first permission in the table; an area goes on until the next one begins.
_AREAS = {
    "view_dialogues": _("Conversations"),
    "view_my_conversations": _("Live chat"),
    "manage_all_meetings": _("Activities"),
    "view_global_reports": _("Analytics"),
    "manage_own_live_chat_availability": _("Agents"),
    "view_round_robin": _("Configuration"),
}
Choices = list[tuple[Any, list[tuple[int, Any]]]]

if TYPE_CHECKING:
    _MultipleChoiceField = forms.ModelMultipleChoiceField[Permission]
else:
    _MultipleChoiceField = forms.ModelMultipleChoiceField


def list_product_permissions() -> QuerySet[Permission]:
    """The permissions of the product; those of Django and of libraries are for superusers alone."""
    codenames = [codename for codename, _name in ACCESS_PERMISSIONS]
    return Permission.objects.filter(content_type__app_label="agents", codename__in=codenames)


def group_by_area() -> Choices:
    """The choices in the order of the documentation, under the names of their areas."""
    ids = dict(list_product_permissions().values_list("codename", "pk"))
    choices: Choices = []
    for codename, name in ACCESS_PERMISSIONS:
        if codename in _AREAS:
            choices.append((_AREAS[codename], []))
        if codename in ids:
            choices[-1][1].append((ids[codename], _(str(name))))
    return choices


class PermissionField(_MultipleChoiceField):
    """Tick boxes by area."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(list_product_permissions(), **kwargs)
        self.choices = group_by_area


def check_grant(actor: User, holder: Group | User, chosen: Iterable[Permission]) -> QuerySet[Permission]:
    """What to save for the choice: with the permissions that aren't offered here left as they are.

    Refuses what the actor would hand out without holding it, or take away: whoever was stripped of what the
    actor lacks could be taken over, and would be given it back in good faith.
    """
    held = _list_held(holder)
    chosen = list(chosen)
    beyond = list_beyond(actor, [permission for permission in chosen if permission.pk not in held])
    if beyond:
        raise ValidationError(say_beyond(beyond), code="beyond")
    offered = list_product_permissions().filter(pk__in=held)
    wrested = list_beyond(actor, [permission for permission in offered if permission not in chosen])
    if wrested:
        raise ValidationError(say_wrested(wrested), code="beyond")
    kept = Permission.objects.filter(pk__in=held).exclude(pk__in=list_product_permissions().values("pk"))
    wanted = [permission.pk for permission in chosen]
    return Permission.objects.filter(Q(pk__in=wanted) | Q(pk__in=kept.values("pk")))


def _list_held(holder: Group | User) -> set[int]:
    """The permissions given so far; who is only being added has none, and can't be asked."""
    if not holder.pk:
        return set()
    manager = holder.permissions if isinstance(holder, Group) else holder.user_permissions
    return set(manager.values_list("pk", flat=True))


def say_beyond(permissions: Iterable[Permission]) -> str:
    """The refusal in words."""
    names = _join_names(permissions)
    return str(_("You can't give what you don't have yourself: %(names)s.") % {"names": names})


def say_wrested(permissions: Iterable[Permission]) -> str:
    """The refusal to take away, in words."""
    names = _join_names(permissions)
    return str(_("You can't take away what you don't have yourself: %(names)s.") % {"names": names})


def _join_names(permissions: Iterable[Permission]) -> str:
    return ", ".join(sorted(gettext(permission.name) for permission in permissions))
