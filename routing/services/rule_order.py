"""Putting the custom rules in another order (LC-17)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.audit.services import record_change
from config.lib.errors import ConflictError, InvalidInput
from routing.models import Rule
from routing.selectors.rule_order import HIGHEST, STEP, list_rule_numbers

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


class OrderChanged(ConflictError):
    """The rules aren't those any more that somebody put in order."""

    code = "order_changed"
    message = _(
        "Somebody added, deleted or moved a rule meanwhile, so nothing was changed. "
        "Reload the page to see the rules as they are now."
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page showed of the rules: so many of ``total``, by id, after the ``before`` ones in front."""

    rule_ids: Sequence[int]
    before: int
    total: int


@transaction.atomic
def order_rules(
    *, shown: Shown, wanted: Sequence[int], by: AbstractBaseUser | AnonymousUser | None
) -> list[Rule]:
    """Put the rules that a page showed in the wanted order, in their places among the others (LC-17).

    Returns the rules whose numbers changed: as few as can be, each with its line in the audit log. Sent twice
    it changes nothing more. Raises InvalidInput where the wanted rules aren't those shown, and OrderChanged
    where what was shown is no longer so; nothing is changed then.
    """
    if not wanted or sorted(shown.rule_ids) != sorted(wanted):
        raise InvalidInput
    # The order is read once the locks are there: what waited for them would have the earlier one.
    lock_rules()
    numbers = list_rule_numbers()
    order = [*numbers]
    place = slice(shown.before, shown.before + len(wanted))
    if len(order) != shown.total or order[place] not in (list(shown.rule_ids), list(wanted)):
        raise OrderChanged
    if order[place] == list(wanted):
        return []
    order[place] = wanted
    return _write(numbers, dict(zip(order, renumber([numbers[pk] for pk in order]), strict=True)), by)


def lock_rules() -> None:
    """Hold every rule until the transaction ends; who changes several begins with it, against deadlocks."""
    list(Rule.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def renumber(numbers: Sequence[int]) -> list[int]:
    """Return rising numbers from 1 in place of these: most are kept, and the others fitted in between.

    Where there is no room for them, all are new.
    """
    kept = [-1, *_find_rising(numbers), len(numbers)]
    fitted = [*numbers]
    for start, end in pairwise(kept):
        room = end - start
        low = numbers[start] if start >= 0 else 0
        high = numbers[end] if end < len(numbers) else min(low + STEP * room, HIGHEST + 1)
        if high - low < room:
            step = max(1, min(STEP, HIGHEST // len(numbers)))
            return [step * place for place in range(1, len(numbers) + 1)]
        fitted[start + 1 : end] = [low + (high - low) * place // room for place in range(1, room)]
    return fitted


def _find_rising(numbers: Sequence[int]) -> list[int]:
    """Return the places of as many of the numbers as rise one after the other."""
    tails: list[int] = []
    before: list[int | None] = []
    for place, number in enumerate(numbers):
        length = bisect_left(tails, number, key=numbers.__getitem__)
        before.append(tails[length - 1] if length else None)
        tails[length : length + 1] = [place]
    return [*_walk_back(before, tails[-1] if tails else None)][::-1]


def _walk_back(before: Sequence[int | None], place: int | None) -> Iterator[int]:
    while place is not None:
        yield place
        place = before[place]


def _write(
    old: dict[int, int], new: dict[int, int], by: AbstractBaseUser | AnonymousUser | None
) -> list[Rule]:
    changed = [*Rule.objects.filter(pk__in=[pk for pk in new if new[pk] != old[pk]])]
    for rule in changed:
        rule.priority = new[rule.pk]
        before, after = {"priority": old[rule.pk]}, {"priority": rule.priority}
        record_change(model=Rule, pk=rule.pk, name=rule.name, before=before, after=after, by=by)
    # One statement, so the rule book counts one edition (LC-60).
    Rule.objects.bulk_update(changed, ["priority"])
    return changed
