"""What a visitor gets on a page (DG-03). Pure."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from chat.selectors.published import Published
from chat.selectors.visits import Standing
from chat.streams import RunContext, poke_text
from chat.targeting import choose
from config.lib.conditions import LISTS

from .board import Board
from .requests import DialogueDue, FlowHere, Reply

# Characters of the first words beside the closed launcher.
POKE_LIMIT = 300


def resolve(
    board: Board,
    standing: Standing,
    *,
    page_url: str,
    inferred: Mapping[str, str],
    claimed: Mapping[str, str],
) -> Reply:
    """Return what there is for this visitor on this page.

    What the browser tells counts less than what is stored, and what the page's script says now counts more.
    """
    dialogues, flows_here = board.catalogue.at(page_url)
    attributes = {**inferred, **standing.known.attributes, **claimed}
    context = RunContext(attributes, standing.known.lists)
    facts = {**attributes, LISTS: standing.known.facts()[LISTS]}
    flows = tuple(_describe_flow(flow) for flow in flows_here if flow.reach.has(facts))
    if standing.is_running:
        return Reply(None, conversation=True, flows=flows)
    due = choose(dialogues, attributes=facts, completed=standing.completed)
    return Reply(_describe(due, context) if due else None, conversation=standing.has_past, flows=flows)


def _describe(due: Published, context: RunContext) -> DialogueDue:
    setup = due.version.setup
    events = msgspec.structs.asdict(setup.events)
    return DialogueDue(
        id=due.ref,
        name=due.name,
        kind=setup.kind,
        language=setup.language,
        poke=poke_text(due.version.stream, context)[:POKE_LIMIT] if setup.poke else "",
        events={name: bound for name, bound in events.items() if bound is not None},
    )


def _describe_flow(flow: Published) -> FlowHere:
    setup = flow.version.setup
    return FlowHere(flow.slug, setup.start_on, setup.selector, setup.look)
