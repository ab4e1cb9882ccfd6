"""Canned replies, starting from who asks."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from agents.models import User
from chat.models import CannedReply


@dataclass(frozen=True, slots=True)
class OfferedReply:
    """One line of the list that "/" opens."""

    code: str
    title: str
    text: str
    is_own: bool


def list_replies_of(user: User) -> "QuerySet[CannedReply]":
    """Return what this user may see: the library and their own, nobody else's (S6)."""
    return CannedReply.objects.filter(Q(owner=None) | Q(owner=user))


def list_offered_replies(*, user: User) -> list[OfferedReply]:
    """Return what "/" offers this user: own ones, what they proposed, and what is approved (LC-42).

    An own one hides everybody's of the same code. One query.
    """
    offered = Q(owner=user) | Q(owner=None, is_approved=True) | Q(owner=None, proposed_by=user)
    rows = CannedReply.objects.filter(offered).order_by("code", "owner")
    by_code: dict[str, OfferedReply] = {}
    for row in rows:
        if row.owner_id == user.pk or row.code not in by_code:
            by_code[row.code] = OfferedReply(row.code, row.title, row.text, row.owner_id == user.pk)
    return list(by_code.values())


def get_variables() -> dict[str, str]:
    """Return every variable that a text may have, with its name for people; there are no others (S21)."""
    return {
        "visitor.first_name": _("first name"),
        "visitor.last_name": _("last name"),
        "visitor.name": _("name"),
        "visitor.company": _("company"),
        "visitor.job_title": _("title"),
        "visitor.email": _("e-mail address"),
        "visitor.page": _("page"),
        "agent.name": _("your name"),
    }
