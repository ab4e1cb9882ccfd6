"""What is known of a moment on a timeline beside its kind, as a sentence says it (LC-57)."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.models import LiveChat, Message, TimelineEntry
from routing.models import Offer
from routing.policy import STEPS

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Why an offer or a transfer came to nothing, by the code that is stored with it.
REASONS: Final[Mapping[str, "StrOrPromise"]] = {
    **dict(LiveChat.End.choices),
    **dict(Offer.Status.choices),
    "access_lost": _("Whoever was asked takes live chats no more"),
    "nobody": _("Nobody else in the team could take it"),
    "taken_back": _("The sender kept it after all"),
    "chat_ended": _("The chat ended"),
    "sender_lost": _("The sender takes live chats no more"),
}


def say_details(kind: str, details: Mapping[str, Any]) -> str:
    """Return the details of one moment on one line; what has no words yet by its name."""
    return "; ".join(_iter_words(kind, details))


def _iter_words(kind: str, details: Mapping[str, Any]) -> Iterator[str]:
    for name, value in details.items():
        say = _WORDS_OF_KINDS.get((kind, name)) or _WORDS.get(name)
        if say is not None:
            yield say(value)
        else:
            shown = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
            yield f"{name}: {shown}"


def _say_length(seconds: float) -> str:
    if seconds < 100:
        return gettext("%(seconds)d s") % {"seconds": round(seconds)}
    return gettext("%(minutes)d min") % {"minutes": round(seconds / 60)}


_WORDS: Final[Mapping[str, Callable[[Any], str]]] = {
    "to": lambda name: gettext("to %(name)s") % {"name": name},
    "via": lambda step: str(STEPS.get(step, step)),
    "outcome": lambda code: str(REASONS.get(code, code)),
    "reason": lambda code: str(REASONS.get(code, code)),
    "attempt": lambda number: gettext("attempt %(number)d") % {"number": number},
    "show_within": lambda seconds: gettext("%(seconds)d s to show it") % {"seconds": seconds},
    "accept_within": lambda seconds: gettext("%(seconds)d s to accept") % {"seconds": seconds},
    "seconds": lambda seconds: gettext("was away for %(time)s") % {"time": _say_length(seconds)},
    "decision": lambda number: gettext("decision %(number)d") % {"number": number},
    "rule_version": lambda number: gettext("rules: version %(number)d") % {"number": number},
}
_WORDS_OF_KINDS: Final[Mapping[tuple[str, str], Callable[[Any], str]]] = {
    (TimelineEntry.Kind.READ, "seq"): lambda seq: gettext("up to message %(number)d") % {"number": seq},
    ("message", "seq"): lambda seq: gettext("message %(number)d") % {"number": seq},
    ("message", "kind"): lambda kind: str(dict(Message.Kind.choices).get(kind, kind)),
    # In the agent's own words.
    (TimelineEntry.Kind.DECLINED, "reason"): str,
}
