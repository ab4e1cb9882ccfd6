"""The set-up checklist: what an installation needs before a visitor can talk with a human."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from config.guide.facts import Facts
from config.guide.lines import Line

# Whoever holds one of these sets something up, and so sees the list.
SETS_UP = (
    "manage_agents",
    "manage_chatbot_settings",
    "manage_privacy_and_security",
    "manage_dialogues",
    "publish_dialogues",
    "manage_custom_rules",
)
MOST_NAMES = 3


def list_checklist(facts: Facts) -> list[Line]:
    """Every line, in the order in which somebody new would go about it."""
    return [
        _check_agents(facts),
        _check_hours(facts),
        _check_dialogue(facts),
        _check_rules(facts),
        _check_fallback(facts),
        _check_snippet(facts),
        _check_mail(),
    ]


def say_names(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    listed = ", ".join(names[:MOST_NAMES])
    more = len(names) - MOST_NAMES
    if more <= 0:
        return listed
    words = ngettext("%(names)s and %(count)d more", "%(names)s and %(count)d more", more)
    return words % {"names": listed, "count": more}


def _check_agents(facts: Facts) -> Line:
    count = len(facts.agents)
    words = ngettext("%(count)d agent may.", "%(count)d agents may.", count) % {"count": count}
    return Line(
        title=gettext("Somebody may take live chats"),
        words=words if count else gettext("Nobody has the profile “Live Agent”, so no chat reaches a human."),
        needs=("manage_agents",),
        mend=gettext("Give somebody the profile"),
        url=reverse("admin:agents_user_changelist"),
        is_done=count > 0,
    )


def _check_hours(facts: Facts) -> Line:
    is_done = facts.has_hours and not facts.without_hours
    names = [agent.display_name for agent in facts.without_hours]
    lacking = gettext("Without hours, and so only available by hand: %(names)s.") % {
        "names": say_names(names)
    }
    nobody = gettext("Nobody has hours yet.")
    alone = facts.without_hours[0] if len(facts.without_hours) == 1 else None
    return Line(
        title=gettext("Every agent has hours"),
        words=_say_all_have_hours(facts) if is_done else lacking if names else nobody,
        needs=("manage_agents",),
        mend=gettext("Set the hours of %(name)s") % {"name": names[0]}
        if alone
        else gettext("Set their hours"),
        url=reverse("admin:agents_user_change", args=[alone.pk])
        if alone
        else f"{reverse('admin:agents_user_changelist')}?agent=yes",
        is_done=is_done,
    )


def _say_all_have_hours(facts: Facts) -> str:
    names = [agent.display_name for agent in facts.superusers_by_hand]
    if not names:
        return gettext("All of them.")
    words = gettext("All but superusers, who are only available by hand: %(names)s.")
    return words % {"names": say_names(names)}


def _check_dialogue(facts: Facts) -> Line:
    found = facts.live_chat_dialogues
    if found:
        words = gettext("Published: %(names)s.") % {"names": say_names(found)}
    elif facts.dialogue_count:
        words = gettext("Dialogues are published, but none has a Live chat card.")
    else:
        words = gettext("No dialogue is published, so visitors meet no chatbot.")
    return Line(
        title=gettext("A published dialogue leads to a human"),
        words=words,
        needs=("manage_dialogues", "publish_dialogues"),
        mend=gettext("Add the card and publish"),
        url=reverse("admin:chat_dialogue_changelist"),
        is_done=bool(found),
    )


def _check_rules(facts: Facts) -> Line:
    idle, count = facts.idle_rules, facts.rule_count
    asked = ngettext("%(count)d rule is on.", "%(count)d rules are on.", count) % {"count": count}
    fine = asked if count else gettext("There are no custom rules: agents are asked in turn.")
    lacking = gettext("These ask nobody, and lead to the fallback: %(names)s.") % {"names": say_names(idle)}
    return Line(
        title=gettext("Every custom rule asks somebody"),
        words=lacking if idle else fine,
        needs=("manage_custom_rules",),
        mend=gettext("Choose who is asked"),
        url=reverse("admin:routing_rule_changelist"),
        is_done=not idle,
    )


def _check_fallback(facts: Facts) -> Line:
    is_done = bool(facts.installation.fallback_html.strip())
    own = gettext("Your own words are shown.")
    standard = gettext("Visitors read a standard text. Say in your own words what happens next.")
    return Line(
        title=gettext("A message for when nobody can take a chat"),
        words=own if is_done else standard,
        needs=("manage_chatbot_settings",),
        mend=gettext("Write the message"),
        url=f"{reverse('admin:installation_installation_changelist')}#id_fallback_html",
        is_done=is_done,
    )


def _check_snippet(facts: Facts) -> Line:
    count = facts.sighting_count
    seen = ngettext("Seen on %(count)d page.", "Seen on %(count)d pages.", count) % {"count": count}
    return Line(
        title=gettext("The chat is on your website"),
        words=seen if count else gettext("No page has loaded it yet."),
        needs=("manage_chatbot_settings", "manage_privacy_and_security"),
        mend=gettext("Copy the line"),
        url=reverse("admin:installation_snippet_changelist"),
        is_done=count > 0,
    )


def _check_mail() -> Line:
    is_done = settings.EMBEDDED or bool(
        settings.EMAIL_URL and not settings.DEFAULT_FROM_EMAIL.endswith("@localhost")
    )
    return Line(
        title=gettext("Mail can be sent"),
        words=gettext("A mail server is set.") if is_done else gettext("No mail server is set."),
        needs=("manage_integrations",),
        mend=gettext("Whoever runs the server sets EMAIL_URL and DEFAULT_FROM_EMAIL; the README says how."),
        is_done=is_done,
    )
