"""A guide in exchange for an address. The document itself is added where the message says so."""

from typing import Any

from django.utils.translation import gettext as _

from .cards import choice, email, first_name, goal, live_chat, message, question, stream


def make() -> dict[str, Any]:
    return stream(
        "offer",
        offer=question(
            _("We wrote a guide for people in your place. Would you like to have it?"),
            "guide",
            choice("yes", _("Yes, please"), "first-name"),
            choice("no", _("No, thank you"), "bye"),
        ),
        first_name=first_name(_("With pleasure. What is your first name?"), "email"),
        email=email(_('Thank you, {{first_name:"and welcome"}}. Where shall we send it?'), "got-it"),
        got_it=goal(_("Asked for the guide"), "here"),
        here=message(_("Thank you! The guide is on its way to your inbox."), "more"),
        more=question(
            _("Is there anything you would like to ask right now?"),
            "guide_question",
            choice("talk", _("Yes, I have a question"), "human"),
            choice("fine", _("No, I'm fine"), "enjoy"),
        ),
        human=live_chat(_("One moment, I am asking a colleague.")),
        enjoy=message(_("Enjoy reading!")),
        bye=message(_("All right. Enjoy your visit.")),
    )
