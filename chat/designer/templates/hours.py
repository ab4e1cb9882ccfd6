"""Out of hours: an agent where there is one, else a message."""

from typing import Any

from django.utils.translation import gettext as _

from .cards import Card, capture, choice, email, first_name, goal, live_chat, message, question, stream


def make() -> dict[str, Any]:
    return stream(
        "topic",
        topic=question(
            _("Hi! How can we help?"),
            "topic",
            choice("talk", _("I'd like to talk to somebody"), "first-name"),
            choice("looking", _("I'm just looking"), "bye"),
        ),
        first_name=first_name(_("Of course. What is your first name?"), "email"),
        email=email(_("And your e-mail address, in case we get cut off?"), "somebody-there"),
        somebody_there=_is_somebody_there(),
        human=live_chat(_("One moment, I am asking a colleague.")),
        closed=message(
            _("Nobody is here right now, but we answer every message on the next working day."), "note"
        ),
        note=capture(_("What would you like to tell us?"), "message", "left-message"),
        left_message=goal(_("Left a message"), "thanks"),
        thanks=message(_('Thank you, {{first_name:"and good night"}}. We will write to you.')),
        bye=message(_("Have a good look around. We are here if you need us.")),
    )


def _is_somebody_there() -> Card:
    available = {
        "match": "all",
        "items": [{"attribute": "agent_available", "operator": "is", "value": "yes"}],
    }
    case = {"id": "available", "label": _("Somebody is there"), "conditions": available, "next": "human"}
    return {"type": "branch", "cases": [case], "otherwise": "closed"}
