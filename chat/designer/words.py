"""Every word of the designer's scripts, in the reader's language; ``%(name)s`` is filled in by them."""

from django.utils.translation import gettext as _


def get_words() -> dict[str, str]:
    """Return the words by name."""
    return {
        **_on_canvas(),
        **_on_what_is_wrong(),
        **_on_keys(),
        **_on_acts(),
        **_in_editor(),
        **_on_saving(),
        **_on_conflicts(),
        **_on_publishing(),
        **_on_versions(),
        **_in_preview(),
    }


def _on_canvas() -> dict[str, str]:
    return {
        "start": _("The dialogue begins"),
        "startFlow": _("The flow begins"),
        "end": _("The dialogue ends here"),
        "handover": _("A human takes over"),
        "missing": _("Leads to a card that doesn't exist"),
        "jump": _("Leads to: %(card)s"),
        "loose": _("Not connected"),
        "wordless": _("Nothing written yet"),
        "add": _("Add a card"),
        "addHere": _("Add a card here"),
        "addFirst": _("Add the first card"),
        "after": _("after “%(card)s”"),
        "afterChoice": _("after “%(card)s”, at “%(choice)s”"),
        "atStart": _("at the beginning"),
    }


def _on_what_is_wrong() -> dict[str, str]:
    return {
        "cardsOne": _("1 card"),
        "cardsMany": _("%(count)d cards"),
        "fault": _("Fault"),
        "advice": _("Advice"),
        "faultsOne": _("1 fault"),
        "faultsMany": _("%(count)d faults"),
        "adviceOne": _("1 advice"),
        "adviceMany": _("%(count)d pieces of advice"),
        "fine": _("Nothing is wrong"),
        "wholeStream": _("The stream"),
        "found": _("%(at)d of %(count)d"),
        "notFound": _("Nothing found"),
        "zoomed": _("%(percent)d %%"),
        "prime": _("Prime"),
        "whichWay": _("Where should it come?"),
    }


def _on_keys() -> dict[str, str]:
    return {
        "added": _("Added: %(card)s"),
        "deleted": _("Deleted: %(card)s"),
        "deletedMany": _("Deleted %(count)d cards"),
        "copied": _("Copied: %(card)s"),
        "copiedBranch": _("Copied with its branch: %(card)s"),
        "cut": _("Cut: %(card)s. Choose a place and paste it."),
        "pasted": _("Pasted: %(card)s"),
        "moved": _("Moved: %(card)s"),
        "duplicated": _("Duplicated: %(card)s"),
        "undone": _("Undone: %(what)s"),
        "redone": _("Done again: %(what)s"),
        "nothingToUndo": _("There is nothing to undo."),
        "nothingToRedo": _("There is nothing to do again."),
        "nothingToPaste": _("Nothing has been copied yet."),
        "cantPaste": _("It can't come here: a live chat must be the last card of its branch."),
        "cantMove": _("There is no other place for this card."),
        "moving": _("Moving “%(card)s”. Arrow keys choose the place, Enter puts it there, Escape leaves it."),
        "movePlace": _("Place %(at)d of %(count)d: %(place)s"),
        "moveLeft": _("Left where it was."),
    }


def _on_acts() -> dict[str, str]:
    return {
        "undo": _("Undo"),
        "redo": _("Redo"),
        "editing": _("Edited: %(card)s"),
        "remove": _("Delete"),
        "copyBranch": _("Copy with its branch"),
        "pasteHere": _("Paste here"),
        "duplicate": _("Duplicate"),
        "move": _("Move the branch"),
        "tryFromHere": _("Try from here"),
        "deleteTitle": _("Delete “%(card)s”?"),
        "deleteOne": _("Only this card"),
        "deleteKeep": _("Only this card, and go on with “%(choice)s”"),
        "deleteBranch": _("This card and everything after it: %(cards)s"),
        "undoHint": _("You can undo this."),
    }


def _in_editor() -> dict[str, str]:
    return {
        "choose": _("Choose…"),
        "rowAdd": _("Add"),
        "rowRemove": _("Remove “%(row)s”"),
        "rowUp": _("Move “%(row)s” up"),
        "rowDown": _("Move “%(row)s” down"),
        "rowRemoved": _("Removed “%(row)s” and %(cards)s behind it"),
        "more": _("More"),
        "leadsTo": _("Goes on with"),
        "endsHere": _("Ends here"),
        "token": _("Insert what we know"),
        "tokenName": _("What"),
        "tokenDefault": _("If it isn't known"),
        "tokenDefaultValue": _("there"),
        "insert": _("Insert"),
        "cancel": _("Cancel"),
        "close": _("Close"),
        "onlyPrime": _("part of the Prime package"),
        "noneYet": _("There are none yet."),
        "unknownChoice": _("No longer there (%(value)s)"),
        "oneALine": _("One a line."),
        "rawField": _("As it is stored (JSON)"),
        "rawInvalid": _("This isn't JSON yet."),
        "nothingChosen": _("Choose a card to edit it."),
    }


def _on_saving() -> dict[str, str]:
    return {
        "saved": _("Saved"),
        "unsaved": _("Not saved yet"),
        "saving": _("Saving…"),
        "offline": _("No connection: kept in this browser"),
        "signedOut": _("You are signed out. Sign in in another tab; your changes are kept in this browser."),
        "conflictStatus": _("Somebody else has changed it"),
        "refused": _("Not saved: %(why)s"),
        "recovered": _("Changes from your last visit that weren't saved are back."),
        "somebody": _("Somebody"),
        "mergedTitle": _("%(who)s changed this draft too. Both are kept."),
        "mergedCards": _("Changed there: %(cards)s"),
    }


def _on_conflicts() -> dict[str, str]:
    return {
        "conflictTitle": _("%(who)s has changed this draft since you opened it"),
        "conflictText": _(
            "Nothing is lost. What only one of you changed is put together. Choose for the rest:"
        ),
        "conflictMine": _("Yours"),
        "conflictTheirs": _("%(who)s's"),
        "conflictDeleted": _("deleted"),
        "conflictMerge": _("Put together"),
        "conflictCopy": _("Keep mine as a copy"),
        "conflictTake": _("Drop mine, take theirs"),
        "theirCards": _("%(who)s changed: %(cards)s"),
        "conflictStart": _("First card"),
        "whole": _("The whole card"),
        "copyMade": _("Your draft is kept as “%(name)s”."),
        "merge": _("Put together"),
        "failed": _("This didn't work. Please try again."),
        "importBad": _("This file holds no stream: %(why)s"),
        "imported": _("Imported"),
        "import": _("Import"),
        "exported": _("Export"),
    }


def _on_publishing() -> dict[str, str]:
    return {
        "unpublish": _("Unpublish"),
        "published": _("Published as version %(number)d"),
        "unpublished": _("Unpublished. Visitors who are in it can finish it."),
        "cantPublish": _("Mend this before publishing:"),
        "nothingNew": _("Published, nothing has changed since"),
        "statusDraft": _("Draft"),
        "statusPublished": _("Published: version %(number)d"),
        "statusChanged": _("Published: version %(number)d, changed since"),
        "statusUnpublished": _("Unpublished"),
        "publishTitle": _("Publish “%(name)s”?"),
        "publishText": _("New visitors get it at once. Whoever is in the version before finishes that one."),
        "publishNow": _("Publish now"),
        "changesSince": _("Changed since version %(number)d"),
        "unpublishTitle": _("Unpublish “%(name)s”?"),
        "unpublishText": _("No new visitor gets it. Visitors who are in it can finish it."),
        "problems": _("Problems"),
        "settings": _("Settings"),
        "keys": _("Keyboard shortcuts"),
    }


def _on_versions() -> dict[str, str]:
    return {
        "versions": _("Versions"),
        "versionDraft": _("Draft"),
        "versionName": _("Version %(number)d"),
        "versionBy": _("%(when)s by %(who)s"),
        "versionLive": _("live"),
        "versionNone": _("It hasn't been published yet."),
        "compare": _("Compare"),
        "comparedTo": _("with"),
        "restore": _("Restore into the draft"),
        "restored": _("Version %(number)d is the draft again."),
        "diffNone": _("No differences."),
        "diffAdded": _("Added"),
        "diffRemoved": _("Removed"),
        "diffChanged": _("Changed"),
        "diffStart": _("First card"),
        "diffSetup": _("Settings"),
        "diffBefore": _("before"),
        "diffAfter": _("after"),
        "empty": _("empty"),
        "yes": _("yes"),
        "no": _("no"),
        "rowAdded": _("added"),
        "rowGone": _("removed"),
        "typeChanged": _("kind of card"),
    }


def _in_preview() -> dict[str, str]:
    return {
        "preview": _("Preview"),
        "previewRestart": _("Restart"),
        "previewStart": _("Begin with"),
        "previewBeginning": _("the first card"),
        "previewFacts": _("What we know of the visitor"),
        "previewAvailable": _("an agent is available"),
        "previewPhone": _("Phone"),
        "previewDesktop": _("Desktop"),
        "previewAddFact": _("Add a fact"),
        "previewValue": _("value"),
        "previewName": _("attribute"),
        "previewNote": _("Nothing is stored or counted here."),
    }
