"""Streams to start from. A new one is a module here and a name in `TEMPLATES`; each is valid by the check."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from . import content, demo, hours, qualify, webinar

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Make = Callable[[], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Template:
    """`make` writes the stream in the language that is active; `icon` names one of the designer's."""

    name: "StrOrPromise"
    description: "StrOrPromise"
    icon: str
    make: Make


def make_stream(key: str, *, document_id: int | None = None) -> dict[str, Any]:
    """Write a template's stream; `document_id` is a document that it may show."""
    return content.make(document_id) if key == "content" else TEMPLATES[key].make()


def make_empty() -> dict[str, Any]:
    """A stream without cards."""
    return {"start": None, "cards": {}}


TEMPLATES: Mapping[str, Template] = {
    "qualify": Template(
        _("Qualify and connect to sales"),
        _("Asks what it is about and how big the team is, then brings good leads to a person."),
        "live_chat",
        qualify.make,
    ),
    "demo": Template(
        _("Ask for a demo"),
        _("Collects name, company and e-mail address, and connects whoever wants to talk at once."),
        "capture",
        demo.make,
    ),
    "webinar": Template(
        _("Webinar"),
        _("Signs visitors up for an event and asks what they hope to learn."),
        "goal",
        webinar.make,
    ),
    "content": Template(
        _("Content download"),
        _("Offers a guide in exchange for an e-mail address, and asks whether there are questions."),
        "document",
        content.make,
    ),
    "hours": Template(
        _("Out of hours"),
        _("Connects to an agent who is available, else takes a message with an address to answer to."),
        "branch",
        hours.make,
    ),
    "empty": Template(
        _("Start empty"), _("A blank canvas: add the first card yourself."), "plus", make_empty
    ),
}
