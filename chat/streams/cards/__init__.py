"""The card types. A new one is a module here and a name in `AnyCard`: nothing else lists them (DG-10)."""

from typing import get_args

from chat.streams.cards.action import ActionCard
from chat.streams.cards.base import Card
from chat.streams.cards.branch import BranchCard
from chat.streams.cards.capture import CaptureCard
from chat.streams.cards.document import DocumentCard
from chat.streams.cards.flow import FlowCard
from chat.streams.cards.goal import GoalCard
from chat.streams.cards.live_chat import LiveChatCard
from chat.streams.cards.message import MessageCard
from chat.streams.cards.question import Choice, QuestionCard

AnyCard = (
    MessageCard
    | QuestionCard
    | CaptureCard
    | DocumentCard
    | BranchCard
    | GoalCard
    | ActionCard
    | FlowCard
    | LiveChatCard
)

CARD_TYPES: tuple[type[Card], ...] = get_args(AnyCard)


def card_form_schema() -> list[dict[str, object]]:
    """What an editor needs to offer every card type: type, label, description, fields; translated."""
    return [{"type": str(card.__struct_config__.tag), **card.form.as_data()} for card in CARD_TYPES]


__all__ = [
    "CARD_TYPES",
    "ActionCard",
    "AnyCard",
    "BranchCard",
    "CaptureCard",
    "Card",
    "Choice",
    "DocumentCard",
    "FlowCard",
    "GoalCard",
    "LiveChatCard",
    "MessageCard",
    "QuestionCard",
    "card_form_schema",
]
