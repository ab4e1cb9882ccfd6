"""The sentences that an agent's page needs in the browser. ``{name}`` is filled in there."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from chat.selectors.transcripts import get_notice_words
from config.lib.conditions.attributes import KNOWN_ATTRIBUTES


def get_words() -> dict[str, str]:
    """Every sentence by its key, in the active language."""
    return (
        _get_shell_words()
        | _get_chat_words()
        | _get_message_words()
        | _get_end_words()
        | _get_command_words()
        | _get_history_words()
        | _get_note_words()
        | _get_mention_words()
        | _get_transfer_words()
        | _get_reply_words()
        | _get_notice_words()
    )


def _get_shell_words() -> dict[str, str]:
    return {
        "seats": _("{taken} of {seats} seats"),
        "connection_online": _("Connected"),
        "connection_connecting": _("Connecting…"),
        "connection_waiting": _("Offline, reconnecting…"),
        "connection_signed-out": _("Signed out"),
        "connection_forbidden": _("Not connected"),
        "connection_kept": _("Offline. Unsent messages are kept: {n}"),
        "no_permission": _(
            "You no longer have the Live Chat permission, so no chats reach you. "
            "An administrator can give it back."
        ),
        "sign_in_again": _("You are signed out, so no chats reach you. Sign out and in again."),
        "sound_off": _("Sound is off. Click to turn it on"),
        "accept": _("Accept"),
        "accepting": _("Accepting…"),
        "connecting": _("Reconnecting…"),
        "offer_where": _("{dialogue} · on {page}"),
        "offer_count": _("{n} waiting"),
        "offer_announced": _("{name} is waiting for you. {why}. {n} seconds to accept. Press F8 to answer."),
        "title_waiting": _("{name} is waiting"),
        "dismiss": _("Dismiss"),
        "made_available": _("{name} has made you available for live chats."),
        "made_unavailable": _("{name} has made you unavailable. Your active chats go on."),
    }


def _get_chat_words() -> dict[str, str]:
    return {
        "now": _("now"),
        "waits": _("waits {time}"),
        "with_agent": _("with {name}"),
        "asking": _("Asking {name}"),
        "nobody_asked": _("Nobody is asked yet"),
        "taken_over": _("Taken over by {name}"),
        "waiting_since": _("Waiting for your answer since {time}"),
        "minutes": _("{n} min"),
        "today": _("Today"),
        "yesterday": _("Yesterday"),
        "bot": _("Bot"),
        "visitor": _("Visitor"),
        "choices": _("Answers to choose from"),
        "typing": _("{name} is typing…"),
        "typing_short": _("is typing…"),
    }


def _get_message_words() -> dict[str, str]:
    return {
        "tick_pending": _("Sending"),
        "tick_failed": _("Not sent"),
        "tick_sent": _("Sent"),
        "tick_delivered": _("Delivered"),
        "tick_read": _("Read"),
        "retry": _("Retry"),
        "discard": _("Discard"),
        "not_sent": _("Not sent."),
        "idle": _("Ends in {time} unless somebody writes"),
        "characters_left": _("{n} characters left"),
        "phase_active": _("Active"),
        "phase_ended": _("Ended"),
        "phase_missed": _("Missed"),
        "phase_abandoned": _("Abandoned"),
        "phase_waiting": _("Waiting"),
        "phase_bot": _("With the bot"),
        "phase_done": _("Done"),
        "copied": _("Copied."),
        "verified": _("Verified"),
        "verified_why": _("Signed by your website. Anything else may be made up."),
        "file_too_large": _("This file is too large. Choose one of at most 10 MB."),
        "file_empty": _("This file is empty."),
        "file_refused": _("Only images (PNG, JPEG, WebP, GIF) and PDF files can be sent."),
        "file_failed": _("The file wasn't sent."),
    }


def _get_end_words() -> dict[str, str]:
    return {
        "ending": _("Ending the chat with {name}"),
        "ending_short": _("Ending…"),
        "end_offline": _("You're offline, so the chat can't be ended now. Try again in a moment."),
        "end_off_visitor": _("{name} has written again, so the chat goes on."),
        "end_off_self": _("You have written to {name}, so the chat goes on."),
        "end_lost": _("The connection was lost before the chat with {name} was ended. It is still open."),
        "end_unanswered": _("The server didn't answer. Please try again."),
        "over": _("This chat has ended."),
        "over_taken": _("This chat has ended. {name} had taken it over."),
        "watching": _("You are watching. Another agent has this chat."),
        "watching_unanswered": _("You are watching. No agent has this chat."),
    }


def _get_command_words() -> dict[str, str]:
    return {
        "commands_found": _("{n} found. Choose by the arrow keys, Enter does it."),
        "commands_now": _("Just now"),
        "commands_chat": _("This chat"),
        "commands_chats": _("Chats"),
        "commands_pages": _("Pages"),
        "commands_more": _("More"),
        "command_undo": _("Undo ending the chat with {name}"),
        "command_accept": _("Accept {name}"),
        "command_available": _("Become available"),
        "command_away": _("Become unavailable"),
    }


def _get_history_words() -> dict[str, str]:
    facts = {f"fact_{name}": capfirst(str(label)) for name, label in KNOWN_ATTRIBUTES.items()}
    return facts | {
        "copy_value": _("Copy {value}"),
        "history_page": _("Page"),
        "history_dialogue": _("Dialogue"),
        "history_chat": _("Live chat"),
        "history_goal": _("Goal"),
        "history_document": _("Document"),
        "history_loading": _("Loading…"),
        "history_failed": _("This can't be loaded now. Open the chat again in a moment."),
        "history_empty": _("Nothing else in the last 90 days."),
        "history_cut": _("Earlier messages are in the transcript."),
    }


def _get_reply_words() -> dict[str, str]:
    return {
        "replies_found": _("{n} canned replies. Choose by the arrow keys, Enter puts it in."),
        "reply_own": _("My own"),
        "reply_save": _("Save as canned reply"),
        "reply_kept": _("Saved. Type /{code} to use it."),
        "reply_proposed": _(
            "Proposed as /{code}. Everybody gets it once it is approved; you can use it now."
        ),
        "reply_offline": _("It wasn't saved. Try again in a moment."),
    }


def _get_note_words() -> dict[str, str]:
    return {
        "tick_noted": _("Only colleagues see this"),
        "note_by": _("Note by {name}"),
        "note_label": _("Your note to colleagues"),
        "note_placeholder": _("Write a note to your colleagues…"),
        "note_hint": _("Only colleagues see notes, @ mentions one of them. Alt+N: back to the visitor"),
        "note_hint_over": _("This chat has ended. Only colleagues see notes, never the visitor."),
        "note_send": _("Add note"),
        "note_without_files": _("Files go to the visitor, so a note can't have one."),
    }


def _get_mention_words() -> dict[str, str]:
    return {
        "mention_found": _("{n} colleagues. Choose by the arrow keys, Enter puts the name in."),
        "mention_not_found": _("Nobody of that name may see this chat. Esc closes this."),
        "mention_nobody": _("Nobody else may see this chat. Esc closes this."),
        "mention_most": _("A note can mention {n} colleagues at most."),
        "mention_tells": _("Will be told: {names}"),
        "mention_told": _("{name} mentions you in a note about {visitor}: {text}"),
        "mention_show": _("Show the note"),
        "mention_by": _("{name} about {visitor}"),
        "mentions_waiting": _("Notes that mention you: {n}"),
    }


def _get_transfer_words() -> dict[str, str]:
    return {
        "offer_handover": _("{sender} hands over {name}"),
        "transfer_team": _("Team"),
        "transfer_nobody": _("There is nobody else who takes live chats."),
        "transfer_not_found": _("Nobody with that name."),
        "transfer_offline": _("You're offline, so this can't be done now. Try again in a moment."),
        "transfer_unanswered": _("The server didn't answer. Please try again."),
    }


def _get_notice_words() -> dict[str, str]:
    return {f"notice_{notice}": sentence for notice, sentence in get_notice_words().items()}
