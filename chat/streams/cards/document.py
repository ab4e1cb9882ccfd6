"""Document: a PDF that the visitor can read in the widget and download; the stream goes on at once."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.streams.cards.base import TEXT_LIMIT, Card, CardId, CardText, Place, Step, Way
from chat.streams.context import RunContext
from chat.streams.faults import Fault
from chat.streams.forms import CardForm, FieldForm
from chat.streams.outputs import Output, Say, ShowDocument
from chat.streams.tokens import render


class DocumentCard(Card, frozen=True, tag="document"):
    form = CardForm(
        label=_("Document"),
        description=_(
            "Shows a PDF to read in the chat and to download. "
            "It is counted who opened it, how far they read, and who downloaded it."
        ),
        fields=(
            FieldForm("document_id", _("Document"), "document", required=True),
            FieldForm(
                "text",
                _("Text"),
                "text",
                _("Said above the document. Tokens are replaced. May be empty."),
                max_length=TEXT_LIMIT,
            ),
            FieldForm("next", _("Next card"), "card", _("Leave empty to end the branch here.")),
        ),
        example={"document_id": 1, "text": _("Here is our price list."), "next": None},
    )

    document_id: int | None = None
    text: CardText = ""
    next: CardId | None = None

    def ways(self) -> tuple[Way, ...]:
        return (Way("next", self.next),)

    def texts(self) -> Iterable[tuple[str, str]]:
        return (("text", self.text),)

    def faults(self, place: Place) -> Iterator[Fault]:
        yield from place.check_length("text", self.text)
        if self.document_id is None:
            yield place.error("document_id", "document_missing", gettext("Choose the document to show."))
        elif self.document_id not in place.context.document_ids:
            message = gettext("This document no longer exists. Choose another one.")
            yield place.error("document_id", "document_unknown", message)

    def play(self, card_id: str, context: RunContext) -> Step:
        return Step(outputs=tuple(self._show(card_id, context)), next=self.next)

    def _show(self, card_id: str, context: RunContext) -> Iterator[Output]:
        text = render(self.text, context.attributes)
        facts = None if self.document_id is None else context.documents.get(self.document_id)
        if facts is not None and self.document_id is not None:
            yield ShowDocument(card_id, text, self.document_id, facts)
        elif text.strip():
            # Deleted since: the words are better than nothing, and the visitor goes on.
            yield Say(card_id, text)
