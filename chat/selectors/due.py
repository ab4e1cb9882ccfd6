"""Which dialogue is due (DG-03, DG-06)."""

from __future__ import annotations

from datetime import datetime

from chat.models import Conversation, Visitor
from chat.selectors.known import Known
from chat.selectors.published import Published, get_catalogue
from chat.selectors.usage import is_monthly_limit_reached
from chat.targeting import choose
from config.installation.selectors import get_installation


def find_due(
    page_url: str, known: Known, *, now: datetime, visitor: Visitor | None = None
) -> Published | None:
    """Return the dialogue for somebody of whom this is known, on this page: of those that are published and
    whose target and audience match, the one with the highest priority that this visitor hasn't completed.

    None too while all dialogues are off (DG-06), or the month's limit is reached (LC-03).
    """
    installation = get_installation()
    if not installation.dialogues_enabled or is_monthly_limit_reached(installation, now):
        return None
    dialogues, _flows = get_catalogue().at(page_url)
    completed = _get_completed(visitor) if visitor else ()
    return choose(dialogues, attributes=known.facts(), completed=completed)


def _get_completed(visitor: Visitor) -> frozenset[int]:
    rows = Conversation.objects.filter(visitor=visitor, completed_at__isnull=False)
    return frozenset(rows.order_by().values_list("version__dialogue_id", flat=True).distinct())
