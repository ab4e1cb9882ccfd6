"""The simulator's form: whom to imagine, at which card, and when."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents.models import Team
from agents.selectors import list_agents
from chat.models import LeadList
from chat.selectors.published import get_catalogue
from chat.streams.cards.live_chat import LiveChatCard
from config.installation.models import Installation
from config.lib.conditions import RESERVED_ATTRIBUTES, is_attribute_name
from routing.selectors.simulation import Case

# Asked for by name; everything else is written into the last field.
_FIELDS = ("email", "company", "country", "language", "page_url")
# A year that was typed half would be before clocks; hours say nothing of it.
FURTHEST = timedelta(days=3_653)
Choices = list[tuple[str, Any]]


class SimulatorForm(forms.Form):
    card = forms.ChoiceField(label=_("Live chat card"))
    email = forms.CharField(
        required=False, max_length=254, label=_("E-mail"), help_text=_("Finds the account, and its owner.")
    )
    company = forms.CharField(required=False, max_length=500, label=_("Company"))
    country = forms.CharField(
        required=False, max_length=500, label=_("Country"), help_text=_("Two letters, for example SE.")
    )
    language = forms.CharField(required=False, max_length=35, label=_("Language"))
    page_url = forms.CharField(required=False, max_length=2_000, label=_("Page address"))
    others = forms.CharField(
        required=False,
        max_length=10_000,
        label=_("Other attributes"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line, for example “job_title: Buyer”."),
    )
    lists = forms.ModelMultipleChoiceField(LeadList.objects.none(), required=False, label=_("Lists"))
    package = forms.ChoiceField(required=False, label=_("Package"))
    at = forms.DateTimeField(
        required=False,
        label=_("Time (UTC)"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_(
            "Empty means now. At any other time only hours, and what agents have switched by hand, count: "
            "nobody knows who will have an inbox open and a free seat."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._published = _list_published_cards()
        self._choice("card").choices = _list_cards(self._published)
        self._choice("package").choices = [("", _("as it is now")), *Installation.Package.choices]
        lists = cast("forms.ModelMultipleChoiceField[LeadList]", self.fields["lists"])
        lists.queryset = LeadList.objects.all()
        if not lists.queryset:
            lists.widget = forms.MultipleHiddenInput()

    def _choice(self, name: str) -> forms.ChoiceField:
        return cast(forms.ChoiceField, self.fields[name])

    def clean_others(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for number, line in enumerate(self.cleaned_data["others"].splitlines(), start=1):
            if line.strip():
                name, value = _read_line(number, line)
                found[name] = value
        return found

    def clean_at(self) -> datetime | None:
        at = cast("datetime | None", self.cleaned_data["at"])
        if at is not None and abs(at - timezone.now()) > FURTHEST:
            raise forms.ValidationError(_("Choose a time within ten years."), code="too_far")
        return at

    def make_case(self) -> Case:
        """What a valid form describes."""
        data = self.cleaned_data
        typed = {name: data[name] for name in _FIELDS if data[name]}
        return Case(
            card=_read_card(data["card"], self._published),
            attributes={**data["others"], **typed},
            lists=frozenset(row.pk for row in data["lists"]),
            package=data["package"],
            at=data["at"].astimezone(UTC) if data["at"] else None,
        )


def _read_line(number: int, line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    name = name.strip()
    if not colon or not is_attribute_name(name) or name in RESERVED_ATTRIBUTES:
        words = gettext("Line %(number)d: write a name, a colon and a value, for example “job_title: Buyer”.")
        raise forms.ValidationError(words % {"number": number}, code="line")
    return name, value.strip()


def _list_published_cards() -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Every Live chat card that visitors can come to now, by the choice that stands for it."""
    catalogue = get_catalogue()
    return {
        f"card:{one.dialogue_id}:{card_id}": (f"{one.name}: {card_id}", _describe_card(card))
        for one in (*catalogue.dialogues, *catalogue.flows)
        for card_id, card in one.version.stream.cards.items()
        if isinstance(card, LiveChatCard)
    }


def _describe_card(card: LiveChatCard) -> Mapping[str, Any]:
    return {"option": card.option, "agent_id": card.agent_id, "team_id": card.team_id}


def _list_cards(published: Mapping[str, tuple[str, Mapping[str, Any]]]) -> Choices:
    plain = [("round_robin", _("Round robin: all agents in turn")), ("rules", _("Custom rules"))]
    groups: list[tuple[Any, Choices]] = [
        (_("A published card"), [(key, words) for key, (words, _card) in published.items()]),
        (_("One agent"), [(f"agent:{agent.pk}", str(agent)) for agent in list_agents()]),
        (_("A team, in turn"), [(f"team:{team.pk}", team.name) for team in Team.objects.all()]),
    ]
    return [*plain, *((title, choices) for title, choices in groups if choices)]


def _read_card(chosen: str, published: Mapping[str, tuple[str, Mapping[str, Any]]]) -> Mapping[str, Any]:
    if chosen in published:
        return published[chosen][1]
    option, _colon, pk = chosen.partition(":")
    return {"option": option, f"{option}_id": int(pk)} if pk else {"option": option}
