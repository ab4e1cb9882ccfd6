"""The example company, put into an empty installation once."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import ScheduleBlock, Team, User
from agents.services.avatars import set_avatar
from agents.services.profiles import setup_profiles
from chat.models import Dialogue, Document
from chat.services.dialogues import publish_dialogue
from chat.services.documents import store_document
from config.demo.company import ACCOUNTS, FALLBACK_HTML, NAME, RULES, TEAM, TEAM_MEMBERS
from config.demo.papers import write_guide
from config.demo.past import add_past, get_founding
from config.demo.people import PEOPLE, Person
from config.demo.pictures import draw_initials
from config.demo.program import list_dialogues, list_flows
from config.installation.models import Installation
from config.installation.selectors import get_installation
from config.lib.conditions import to_json
from config.lib.errors import NotAllowed
from config.lib.richtext import clean_rich_text
from routing.models import Account, Rule


class NotEmbedded(NotAllowed):
    """Sample data and links that sign in belong in no installation that people rely on (S22)."""

    code = "not_embedded"
    message = _(
        "The demo keeps its data in SQLite, and DATABASE_URL names another database. Unset it and try again."
    )


def refuse_other_databases() -> None:
    """Raise NotEmbedded unless this is the embedded mode on SQLite."""
    if not settings.EMBEDDED or connection.vendor != "sqlite":
        raise NotEmbedded


@transaction.atomic
def load_demo_data(*, now: datetime | None = None, with_past: bool = True) -> bool:
    """Load the example company, whole or not at all; False where there are users already.

    So what was changed or deleted in a demo stays so. ``with_past`` False: nobody has ever chatted yet.
    Raises NotEmbedded.
    """
    refuse_other_databases()
    if User.objects.exists():
        return False
    setup_profiles()
    _set_up_installation()
    users = {person.username: _add_person(person) for person in PEOPLE}
    team = Team.objects.create(name=TEAM)
    team.members.set([users[person.username].pk for person in TEAM_MEMBERS])
    _add_rules(users, team)
    _add_accounts(users)
    now = now or timezone.now()
    _publish_dialogues(users["petra"], team, get_founding(now) if with_past else now)
    if with_past:
        add_past(now=now)
    return True


@transaction.atomic
def set_accept_seconds(seconds: int) -> None:
    """Set how long an offer waits (LC-22). Raises ValidationError outside 5 to 600 s."""
    installation = get_installation(lock=True)
    installation.accept_seconds = seconds
    installation.full_clean()
    installation.save(update_fields=["accept_seconds"])


def _set_up_installation() -> None:
    installation = get_installation(lock=True)
    installation.package = Installation.Package.PRIME
    installation.widget_name = NAME
    installation.fallback_html = clean_rich_text(FALLBACK_HTML)
    installation.full_clean()
    installation.save()


def _add_person(person: Person) -> User:
    user = User(
        username=person.username,
        first_name=person.first_name,
        last_name=person.last_name,
        email=f"{person.username}@murmel.example",
        job_title=person.job_title,
        time_zone=person.time_zone,
        is_staff=person.is_admin,
        is_superuser=person.is_admin,
    )
    user.set_unusable_password()
    user.save()
    if person.profile:
        user.groups.add(Group.objects.get(name=person.profile))
    ScheduleBlock.objects.bulk_create(
        ScheduleBlock(agent=user, weekday=day, starts=starts, ends=ends)
        for day in person.days
        for starts, ends in person.hours
    )
    set_avatar(user=user, data=draw_initials(person.first_name[0] + person.last_name[0], person.colour))
    return user


def _add_rules(users: dict[str, User], team: Team) -> None:
    for text in RULES:
        rule = Rule.objects.create(
            name=text.name,
            priority=text.priority,
            conditions=to_json(text.conditions),
            team=team if text.is_for_team else None,
        )
        rule.agents.set([users[person.username].pk for person in text.asked])


def _add_accounts(users: dict[str, User]) -> None:
    Account.objects.bulk_create(
        Account(name=name, name_key=name.casefold(), domain=domain, owner=users[owner.username])
        for name, domain, owner in ACCOUNTS
    )


def _publish_dialogues(user: User, team: Team, now: datetime) -> None:
    guide = store_document(document=Document(name="Buyer's guide"), data=write_guide())
    for fields in (*list_flows(), *list_dialogues(team_id=team.pk, document_id=guide.pk)):
        dialogue = Dialogue(**fields)
        dialogue.full_clean()
        dialogue.save()
        publish_dialogue(dialogue_id=dialogue.pk, user=user, has_rules=True, now=now)
