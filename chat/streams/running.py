"""Playing a stream: pure, so that the same answers give the same run. Storing and sending is the caller's.

The runner holds no state: a conversation keeps the stream's version, the card it waits at, the attributes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec

from chat.streams.cards.base import Reply, Step
from chat.streams.context import RunContext
from chat.streams.errors import AnswerLate, AnswerMisplaced
from chat.streams.outputs import Goal, Output
from chat.streams.parsing import Stream


@dataclass(frozen=True, slots=True)
class Run:
    """How far a stream went in one go.

    Either `awaiting` is the card that now waits for the visitor, or the branch has ended: `completed`, with
    `live_chat` the id of the card that asks for an agent where the branch ended at one (LC-14).
    `attributes` and `memberships` (lists by id: on or off) are the changes only; `shown_answer` is the
    visitor's reply as he sees it (None: none yet).
    """

    outputs: tuple[Output, ...] = ()
    awaiting: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    memberships: Mapping[int, bool] = field(default_factory=dict)
    goals: tuple[Goal, ...] = ()
    live_chat: str | None = None
    completed: bool = False
    shown_answer: str | None = None


def begin(stream: Stream, context: RunContext) -> Run:
    """Play from the first card to the first that waits, or to the end of the branch.

    Never raises: in a stream that was never checked, a card that is missing or met again ends the branch.
    """
    return _play(stream, stream.start, context, {})


def poke_text(stream: Stream, context: RunContext) -> str:
    """What stands beside the closed launcher: the first words of the stream, tokens replaced (DG-12)."""
    said = (getattr(output, "text", "") for output in begin(stream, context).outputs)
    return next((text for text in said if text.strip()), "")


def respond(
    stream: Stream,
    card_id: str,
    answer: str,
    context: RunContext,
    *,
    awaiting: str | msgspec.UnsetType | None = msgspec.UNSET,
) -> Run:
    """Take the visitor's answer and play on; see `take` for what it raises."""
    return play_on(stream, take(stream, card_id, answer, context, awaiting=awaiting), context)


def take(
    stream: Stream,
    card_id: str,
    answer: str,
    context: RunContext,
    *,
    awaiting: str | msgspec.UnsetType | None = msgspec.UNSET,
) -> Reply:
    """Take the visitor's answer. A question takes a choice's id, a capture what was typed.

    Who the visitor is may be found out of the answer, before `play_on` goes on from it (DG-09).
    `awaiting`, where given, is the card the conversation waits at (None: it has ended).
    Raises `AnswerInvalid` (the sentence is for the visitor, who may try again), `AnswerLate` (another card or
    none waits), and `AnswerMisplaced` (no such card, or it asks nothing).
    """
    card = stream.cards.get(card_id)
    if card is None:
        raise AnswerMisplaced
    if awaiting is not msgspec.UNSET and awaiting != card_id:
        raise AnswerLate
    return card.reply(answer, context)


def play_on(stream: Stream, reply: Reply, context: RunContext) -> Run:
    """Play from where an answer leads. What it stores is known to the cards, whatever the context says."""
    run = _play(stream, reply.next, context, reply.attributes)
    return replace(run, shown_answer=reply.shown)


def _play(stream: Stream, card_id: str | None, context: RunContext, stored: Mapping[str, str]) -> Run:
    run = Run(attributes=dict(stored))
    played: set[str] = set()
    while card_id is not None and card_id in stream.cards and card_id not in played:
        played.add(card_id)
        # A card sees what the cards before it stored, also in this very run.
        step = stream.cards[card_id].play(card_id, context.having(run.attributes, run.memberships))
        run = _add(run, step)
        if step.waits:
            return replace(run, awaiting=card_id)
        if step.asks_agent:
            return replace(run, live_chat=card_id, completed=True)
        card_id = step.next
    return replace(run, completed=True)


def _add(run: Run, step: Step) -> Run:
    return replace(
        run,
        outputs=run.outputs + step.outputs,
        attributes={**run.attributes, **step.attributes},
        memberships={**run.memberships, **step.memberships},
        goals=run.goals + step.goals,
    )
