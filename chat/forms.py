"""The form of a dialogue."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chat.models import Dialogue
from chat.models.dialogues import empty_stream
from chat.streams import StreamInvalid, parse_stream
from chat.streams.shape import visits
from config.admin_permissions import ModelForm


def lay_out(raw: Any) -> str:
    """A stream's JSON for reading: the start first, cards as they are met, each with its type first.

    The database keeps no order of names.
    """
    try:
        stream = parse_stream(raw)
    except StreamInvalid:
        return json.dumps(raw, indent=2, ensure_ascii=False)
    cards = raw.get("cards", {})
    met = {visit.card_id: cards[visit.card_id] for visit in visits(stream)}
    ordered = {card_id: {"type": card["type"], **card} for card_id, card in met.items()}
    return json.dumps({"start": raw.get("start"), "cards": ordered}, indent=2, ensure_ascii=False)


class StreamInput(forms.Textarea):
    """Set for reading and editing JSON."""

    def __init__(self) -> None:
        super().__init__(attrs={"class": "stream-json", "rows": 28, "spellcheck": "false"})


class StreamField(forms.JSONField):
    """A stream as JSON, laid out for people. What can't be read is refused with its place."""

    widget = StreamInput

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, forms.fields.InvalidJSONInput):
            return value
        return lay_out(value)

    def to_python(self, value: Any) -> Any:
        if not isinstance(value, str) or not value.strip():
            return {"start": None, "cards": {}}
        try:
            stream = json.loads(value)
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(_describe(error), code="json") from error
        try:
            parse_stream(stream)
        except StreamInvalid as refusal:
            raise forms.ValidationError(str(refusal), code=refusal.code) from refusal
        return stream

    def bound_data(self, data: Any, initial: Any) -> Any:
        # Typed text comes back as typed, whether or not it could be read.
        return initial if self.disabled or data is None else forms.fields.InvalidJSONInput(data)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(json.loads(data or "{}") != initial)
        except (ValueError, RecursionError, TypeError):
            return True


class DialogueForm(ModelForm):
    stream = StreamField(
        required=False,
        initial=empty_stream,
        label=_("Stream"),
        help_text=_(
            "The cards by their ids; “start” names the first. What is wrong is listed above after saving."
        ),
    )

    class Meta:
        model = Dialogue
        fields = ("name", "description", "priority", "language", "stream")
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}


def _describe(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        words = _("This isn't JSON yet: line %(line)d, column %(column)d: %(problem)s.")
        return words % {"line": error.lineno, "column": error.colno, "problem": error.msg}
    return str(_("This isn't JSON that can be read."))
