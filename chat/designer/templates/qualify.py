"""Qualify and connect to sales."""

from typing import Any

from django.utils.translation import gettext as _

from .cards import choice, email, first_name, goal, live_chat, message, question, stream


def make() -> dict[str, Any]:
    return stream(
        "topic",
        topic=question(
            _("Hi! What can we help you with?"),
            "topic",
            choice("sales", _("I'd like to talk to sales"), "size"),
            choice("prices", _("What does it cost?"), "prices"),
            choice("looking", _("I'm just looking"), "bye"),
        ),
        size=question(
            _("Great. How many people are you?"),
            "company_size",
            choice("small", _("1 to 10"), "small"),
            choice("medium", _("11 to 100"), "first-name"),
            choice("large", _("More than 100"), "large"),
        ),
        small=message(_("Most small teams start by themselves in a few minutes. Tell us if you get stuck.")),
        **_to_sales(),
        **_to_the_best(),
        **_to_prices(),
        bye=message(_("Have a good look around. We are here if you need us.")),
    )


def _to_sales() -> dict[str, Any]:
    return {
        "first_name": first_name(_("With pleasure. What is your first name?"), "email"),
        "email": email(
            _('Thank you, {{first_name:"and welcome"}}. What is your e-mail address?'), "qualified"
        ),
        "qualified": goal(_("Qualified"), "human"),
        "human": live_chat(_("One moment, I am asking a colleague.")),
    }


def _to_the_best() -> dict[str, Any]:
    return {
        "large": goal(_("Large company"), "large-name"),
        "large_name": first_name(_("Then you get our best people. What is your first name?"), "large-email"),
        "large_email": email(_("And your e-mail address, in case we get cut off?"), "large-human"),
        "large_human": live_chat(
            _('Thank you, {{first_name:"and welcome"}}. One moment, I am asking a colleague.')
        ),
    }


def _to_prices() -> dict[str, Any]:
    return {
        "prices": message(
            _("Our prices depend on how many of you there are. A colleague can tell you."), "prices-name"
        ),
        "prices_name": first_name(_("What is your first name?"), "prices-email"),
        "prices_email": email(_("And your e-mail address?"), "prices-human"),
        "prices_human": live_chat(_("One moment, I am asking a colleague.")),
    }
