"""Sign-up for a webinar."""

from typing import Any

from django.utils.translation import gettext as _

from .cards import capture, choice, email, first_name, goal, message, question, stream


def make() -> dict[str, Any]:
    return stream(
        "invite",
        invite=question(
            _("Our next webinar is coming up. Shall we keep a place for you?"),
            "webinar",
            choice("yes", _("Yes, I'd like to come"), "first-name"),
            choice("recording", _("I'd rather watch the recording"), "recording-email"),
            choice("no", _("No, thank you"), "bye"),
        ),
        first_name=first_name(_("Good choice. What is your first name?"), "email"),
        email=email(_('Where shall we send the invitation, {{first_name:"friend"}}?'), "hope"),
        hope=capture(
            _("What do you hope to learn? You may leave this out."),
            "webinar_hope",
            "signed-up",
            required=False,
        ),
        signed_up=goal(_("Signed up for the webinar"), "done"),
        done=message(_("Your place is kept. The invitation is on its way to you.")),
        recording_email=email(_("Where shall we send it?"), "recording-goal"),
        recording_goal=goal(_("Wants the recording"), "recording-done"),
        recording_done=message(_("Thank you. You get it the day after.")),
        bye=message(_("All right. Enjoy your visit.")),
    )
