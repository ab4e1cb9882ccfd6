"""The forms of dialogues and conversational flows. Their streams are drawn in the designer."""

import json
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.designer.templates import TEMPLATES
from chat.models import Dialogue, Flow, LeadList
from chat.services.setups import parse_audience
from chat.streams import StreamInvalid, parse_stream
from chat.streams.shape import visits
from chat.targeting import TargetsInvalid, parse_target
from config.admin_permissions import ModelForm
from config.installation.selectors import get_installation
from config.lib.conditions import ConditionsInvalid
from config.lib.errors import DomainError
from routing.forms import ConditionsField, ConditionsInput, describe_place, get_condition_words


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


def get_branch_words() -> dict[str, Any]:
    """What the editor of a branching card's conditions shows."""
    return get_condition_words(everybody=gettext("No conditions yet."), in_branch=True, lists=_list_lists())


def _list_lists() -> list[tuple[int, str]] | None:
    """The lead lists that conditions may ask for; they are part of Prime."""
    return list(LeadList.objects.values_list("pk", "name")) if get_installation().is_prime else None


class AudienceInput(ConditionsInput):
    """The same editor as the rules', in the words of an audience."""

    def get_words(self) -> dict[str, Any]:
        everybody = gettext("No conditions: everybody gets it.")
        return get_condition_words(everybody=everybody, lists=_list_lists())


class AudienceField(ConditionsField):
    widget = AudienceInput

    def to_python(self, value: Any) -> Any:
        conditions = super().to_python(value)
        try:
            parse_audience(conditions)
        except ConditionsInvalid as refusal:
            words = [describe_place(error) for error in refusal.errors] or [str(refusal)]
            raise forms.ValidationError(words, code=refusal.code) from refusal
        except DomainError as refusal:
            raise forms.ValidationError(str(refusal), code=refusal.code) from refusal
        return conditions if conditions["items"] else {}


class TargetedForm(ModelForm):
    """Whom a dialogue or flow is for, and where; what no page can match is refused at once (DG-08)."""

    audience = AudienceField(
        required=False,
        initial=dict,
        label=_("Audience"),
        help_text=_("Who gets it. Without conditions: everybody."),
    )

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or self.cleaned_data
        if "target_include" in data:
            try:
                parse_target(
                    data["target_include"],
                    data.get("target_exclude", ""),
                    include_field="target_include",
                    exclude_field="target_exclude",
                )
            except TargetsInvalid as refusal:
                self.add_error(refusal.field, [str(error) for error in refusal.errors] or str(refusal))
        return data


_AREAS = {
    "description": forms.Textarea(attrs={"rows": 2}),
    "target_include": forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    "target_exclude": forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    "landing_text": forms.Textarea(attrs={"rows": 3}),
}


class DialogueForm(TargetedForm):
    class Meta:
        model = Dialogue
        fields = Dialogue.SETTINGS
        widgets = _AREAS


class FlowForm(TargetedForm):
    class Meta:
        model = Flow
        fields = Flow.SETTINGS
        widgets = _AREAS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = True

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or self.cleaned_data
        needs = data.get("start_on") == Dialogue.Start.CLICK or data.get("look") == Dialogue.Look.INLINE
        if needs and not data.get("start_selector"):
            self.add_error("start_selector", _("Name the element, for example #book-demo."))
        return data


class StartForm(forms.Form):
    """A new dialogue or flow: its name, and what to start from."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("Visitors don't see it."))
    template = forms.ChoiceField(
        label=_("Start from"),
        choices=[(key, template.name) for key, template in TEMPLATES.items()],
        widget=forms.RadioSelect,
        initial="qualify",
    )

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if Dialogue.objects.filter(name=name).exists():
            raise forms.ValidationError(
                _("There is one of this name already. Choose another."), code="unique"
            )
        return name


def make_slug(name: str) -> str:
    """A short name for a flow, made of its name, that no other flow has."""
    plain = slugify(name)[:50] or "flow"
    taken = set(Dialogue.objects.filter(slug__startswith=plain).values_list("slug", flat=True))
    numbered = (f"{plain}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (plain, *numbered) if slug not in taken)
