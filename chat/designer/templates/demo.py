"""Ask for a demo."""

from typing import Any

from django.utils.translation import gettext as _

from .cards import capture, choice, email, first_name, goal, live_chat, message, question, stream


def make() -> dict[str, Any]:
    return stream(
        "interest",
        interest=question(
            _("Would you like to see it for yourself?"),
            "demo_interest",
            choice("yes", _("Yes, show me"), "first-name"),
            choice("later", _("Not today"), "later"),
        ),
        first_name=first_name(_("Lovely. What is your first name?"), "company"),
        company=capture(_("Which company are you with?"), "company", "email", skip_if_known=True),
        email=email(_('Where can we reach you, {{first_name:"friend"}}?'), "asked"),
        asked=goal(_("Asked for a demo"), "when"),
        when=question(
            _("Now, or another day?"),
            "demo_when",
            choice("now", _("Now, please"), "human"),
            choice("another", _("Another day"), "thanks"),
        ),
        human=live_chat(_("One moment, I am looking for somebody who can show you.")),
        thanks=message(
            _('Thank you, {{first_name:"and see you soon"}}. We will write to you to find a time.')
        ),
        later=message(_("No problem. Have a look around, and tell us when you are ready.")),
    )
