"""A guide in exchange for an address: shown in the chat where there is a document, else promised by mail."""

from typing import Any

from django.utils.translation import gettext as _

from .cards import Card, choice, email, first_name, goal, live_chat, message, question, stream


def make(document_id: int | None = None) -> dict[str, Any]:
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
        here=_hand_over(document_id),
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


def _hand_over(document_id: int | None) -> Card:
    if document_id is None:
        return message(_("Thank you! The guide is on its way to your inbox."), "more")
    text = _("Thank you! Here it is.")
    return {"type": "document", "document_id": document_id, "text": text, "next": "more"}
