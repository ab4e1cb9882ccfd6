"""What needs attention now: only what somebody can mend, the most urgent first; empty when all is well."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from chat.selectors.usage import list_limits_near
from config.guide.checklist import say_names
from config.guide.facts import Facts
from config.guide.lines import Line

# A visitor who waits as long as this is no longer just being routed.
PATIENCE_SECONDS = 20


def list_attention(facts: Facts) -> list[Line]:
    """Every line that holds now, urgent ones first."""
    return sorted(_iter_lines(facts), key=lambda line: not line.is_urgent)


def _iter_lines(facts: Facts) -> Iterator[Line]:
    yield from _look_at_workers(facts)
    yield from _look_at_waiting(facts)
    yield from _look_at_agents(facts)
    yield from _look_at_limits(facts)
    yield from _look_at_switch(facts)
    yield from _look_at_missed(facts)
    yield from _look_at_drafts(facts)


def _look_at_workers(facts: Facts) -> Iterator[Line]:
    if facts.is_overdue:
        yield Line(
            title=gettext("Deadlines pass, and nobody keeps them"),
            words=gettext("Offers don't expire and waiting visitors aren't routed in time."),
            needs=("manage_agents",),
            mend=gettext("Whoever runs the server starts Celery's worker and beat again."),
            is_urgent=True,
        )


def _look_at_waiting(facts: Facts) -> Iterator[Line]:
    count, since = facts.waiting.count, facts.waiting.since
    if since is None or (facts.now - since).total_seconds() < PATIENCE_SECONDS:
        return
    words = ngettext(
        "%(count)d visitor waits for an agent, for %(time)s now.",
        "%(count)d visitors wait for an agent, the first for %(time)s.",
        count,
    )
    yield Line(
        title=gettext("Visitors are waiting"),
        words=words % {"count": count, "time": say_age(since, facts.now)},
        needs=("view_all_conversations",),
        mend=gettext("See who"),
        url=f"{reverse('admin:chat_livechat_changelist')}?status__in=requested,offered",
        is_urgent=True,
    )


def _look_at_agents(facts: Facts) -> Iterator[Line]:
    if facts.taking or not facts.agents or not (facts.in_hours or facts.available):
        return
    if facts.available:
        names = say_names([agent.display_name for agent in facts.available])
        words = gettext("Available, but without an open inbox: %(names)s.") % {"names": names}
    else:
        names = say_names([agent.display_name for agent in facts.in_hours])
        words = gettext("It is the hours of %(names)s, who switched to unavailable.") % {"names": names}
    yield Line(
        title=gettext("Nobody takes live chats now"),
        words=words,
        needs=("manage_agents",),
        mend=gettext("See the agents"),
        url=reverse("admin:agents_agent_changelist"),
        is_urgent=True,
    )


def _look_at_limits(facts: Facts) -> Iterator[Line]:
    for limit in list_limits_near(facts.installation, now=facts.now):
        yield Line(
            title=limit.title,
            words=limit.words,
            needs=("manage_agents", "manage_chatbot_settings"),
            mend=gettext("See the usage limits"),
            url=reverse("admin:installation_usagelimits_changelist"),
            is_urgent=limit.is_reached,
        )


def _look_at_switch(facts: Facts) -> Iterator[Line]:
    if not facts.installation.dialogues_enabled and facts.dialogue_count:
        yield Line(
            title=gettext("Dialogues are switched off"),
            words=gettext("What is published is shown to nobody."),
            needs=("manage_chatbot_settings",),
            mend=gettext("Switch them on"),
            url=f"{reverse('admin:installation_installation_changelist')}#id_dialogues_enabled",
            is_urgent=True,
        )


def _look_at_missed(facts: Facts) -> Iterator[Line]:
    count = facts.missed_count
    if not count:
        return
    words = ngettext(
        "%(count)d visitor asked for a human in the last 24 hours and got none.",
        "%(count)d visitors asked for a human in the last 24 hours and got none.",
        count,
    )
    yield Line(
        title=gettext("Missed chats"),
        words=words % {"count": count},
        needs=("view_all_conversations",),
        mend=gettext("See them"),
        url=f"{reverse('admin:chat_livechat_changelist')}?status__exact=fallback",
    )


def _look_at_drafts(facts: Facts) -> Iterator[Line]:
    count, newest = facts.never_published
    if not count:
        return
    words = ngettext(
        "%(count)d draft is shown to nobody yet: “%(name)s”.",
        "%(count)d drafts are shown to nobody yet, the newest: “%(name)s”.",
        count,
    )
    yield Line(
        title=gettext("Never published"),
        words=words % {"count": count, "name": newest},
        needs=("manage_dialogues", "publish_dialogues"),
        mend=gettext("See the drafts"),
        url=f"{reverse('admin:chat_dialogue_changelist')}?status__exact=draft",
    )


def say_age(since: datetime, now: datetime) -> str:
    """How long ago that was, as one reads it on a clock."""
    seconds = int((now - since).total_seconds())
    if seconds < 60:
        return gettext("%(seconds)d s") % {"seconds": seconds}
    if seconds < 3_600:
        return gettext("%(minutes)d min") % {"minutes": seconds // 60}
    return gettext("%(hours)d h %(minutes)d min") % {
        "hours": seconds // 3_600,
        "minutes": seconds % 3_600 // 60,
    }
