"""Live chat: the branch ends with a human (LC-14). The card says how one is chosen (LC-15)."""

from collections.abc import Iterable, Iterator
from typing import Literal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.streams.cards.base import TEXT_LIMIT, Card, CardId, CardText, Place, Step, Way
from chat.streams.cards.capture import CaptureCard
from chat.streams.cards.question import QuestionCard
from chat.streams.context import RunContext
from chat.streams.faults import Fault
from chat.streams.forms import CardForm, FieldForm, Option
from chat.streams.outputs import Say
from chat.streams.tokens import render

RoutingOption = Literal["round_robin", "agent", "rules", "team"]
_ADVISED = frozenset({"first_name", "email"})


class LiveChatCard(Card, frozen=True, tag="live_chat"):
    form = CardForm(
        label=_("Live chat"),
        description=_("Asks an agent to take over. It is always the last card of its branch."),
        fields=(
            FieldForm(
                "text",
                _("While an agent is asked"),
                "text",
                _("What the visitor reads while waiting. Tokens are replaced."),
                max_length=TEXT_LIMIT,
            ),
            FieldForm(
                "option",
                _("Who is asked"),
                "select",
                required=True,
                options=(
                    Option("round_robin", _("Round robin: all agents in turn")),
                    Option("agent", _("One agent")),
                    Option("rules", _("Custom rules")),
                    Option("team", _("A team, in turn"), prime=True),
                ),
            ),
            FieldForm("agent_id", _("Agent"), "agent", shown_when=("option", "agent")),
            FieldForm("team_id", _("Team"), "team", shown_when=("option", "team")),
        ),
        example={"text": _("Thank you. One moment, I'm asking a colleague."), "option": "round_robin"},
    )

    is_last = True

    text: CardText | None = None
    option: RoutingOption = "round_robin"
    agent_id: int | None = None
    team_id: int | None = None
    # Readable only so that a card put behind it is a fault at this card, and not a stream nobody can open.
    next: CardId | None = None

    def ways(self) -> tuple[Way, ...]:
        return (Way("next", self.next),)

    def texts(self) -> Iterable[tuple[str, str]]:
        return (("text", self.text or ""),)

    def faults(self, place: Place) -> Iterator[Fault]:
        if self.next is not None:
            message = gettext("Live chat must be the last card of its branch: remove the cards after it.")
            yield place.error("next", "live_chat_not_last", message)
        yield from place.check_length("text", self.text or "")
        yield from self._option_faults(place)
        yield from self._advice(place)

    def play(self, card_id: str, context: RunContext) -> Step:
        text = render(self.text or "", context.attributes)
        return Step(outputs=(Say(card_id, text),) if text.strip() else (), asks_agent=True)

    def _option_faults(self, place: Place) -> Iterator[Fault]:
        known = place.context
        if self.option == "agent" and self.agent_id is None:
            yield place.error("agent_id", "agent_missing", gettext("Choose the agent who is to be asked."))
        elif self.option == "agent" and self.agent_id not in known.agent_ids:
            message = gettext("This agent no longer takes live chats. Choose another one.")
            yield place.error("agent_id", "agent_unknown", message)
        elif self.option == "rules" and not known.has_rules:
            message = gettext("There are no custom rules yet. Add one first, or choose another option.")
            yield place.error("option", "rules_missing", message)
        elif self.option == "team":
            yield from self._team_faults(place)

    def _team_faults(self, place: Place) -> Iterator[Fault]:
        if not place.context.is_prime:
            message = gettext("Teams are part of the Prime package. Choose another option.")
            yield place.error("option", "prime_only", message)
        elif self.team_id is None:
            yield place.error("team_id", "team_missing", gettext("Choose the team that is to be asked."))
        elif self.team_id not in place.context.team_ids:
            yield place.error(
                "team_id", "team_unknown", gettext("This team no longer exists. Choose another one.")
            )

    def _advice(self, place: Place) -> Iterator[Fault]:
        if not any(isinstance(card, QuestionCard) for card in place.before):
            message = gettext("A question before live chat helps the agent to know what it is about.")
            yield place.advice(None, "no_question_before", message)
        asked = {card.attribute for card in place.before if isinstance(card, CaptureCard)}
        if not asked >= _ADVISED:
            message = gettext(
                "Ask at least for first_name and email before live chat, so that the agent can follow up."
            )
            yield place.advice(None, "no_contact_before", message)
