"""A row of the matrix: an address, who may, and what is answered to whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.matrix.people import SIGNED_IN, Party, Who

if TYPE_CHECKING:
    from tests.matrix.scene import Scene

Find = Callable[["Scene", Party], Sequence[object]]
Gate = Callable[[Party, int], int]
Status = int | Callable[[Party], int]


def at(status: Status, party: Party) -> int:
    return status(party) if callable(status) else status


def page_gate(party: Party, refused: int) -> int:
    """Strangers are led to the sign-in."""
    return refused if party.is_somebody else 302


def admin_gate(party: Party, refused: int) -> int:
    """So is whoever holds nothing at all."""
    return refused if party.may_enter_admin else 302


@dataclass(frozen=True)
class Case:
    """What an address may be asked about. ``who`` may have this very object; to others it is ``hidden``."""

    find: Find = lambda scene, party: ()
    who: Who = SIGNED_IN
    hidden: int = 404
    # In place of the row's, for this object.
    refused: Status | None = None
    editors: Who | None = None
    get: Status | None = None
    post: Status | None = None
    data: Mapping[str, Any] | str | None = None


@dataclass(frozen=True)
class Row:
    """``get`` and ``post`` are the statuses for who may, None where the method isn't for anybody.

    ``who`` may look, and ``editors``, where they are others, may post. ``refused`` is what somebody reads who
    is let in but not here. Whoever may not post changes nothing by it.
    """

    who: Who
    get: Status | None = 200
    post: Status | None = None
    editors: Who | None = None
    refused: Status = 403
    # What is posted; a form, or JSON as text.
    data: Mapping[str, Any] | str = field(default_factory=dict)
    cases: Mapping[str, Case] = field(default_factory=lambda: {"": Case()})
    gate: Gate = page_gate
    # A browser's own request for it carries no token against forgery.
    is_csrf_exempt: bool = False

    def get_who(self, method: str, case: Case) -> Who:
        return case.editors or self.editors or self.who if method == "POST" else self.who

    def expect(self, method: str, case: Case, party: Party) -> set[int]:
        """The statuses that are right; more than one only where nobody may."""
        wanted, own = (self.get, case.get) if method == "GET" else (self.post, case.post)
        refused = self.refused if case.refused is None else case.refused
        turned_away = self.gate(party, at(refused, party))
        if wanted is None:
            return {405} if self.who.is_open else {405, turned_away, case.hidden}
        if not self.get_who(method, case).allows(party):
            return {turned_away}
        if not self.may_have(method, case, party):
            return {case.hidden}
        return {at(wanted if own is None else own, party)}

    def may_have(self, method: str, case: Case, party: Party) -> bool:
        """Whether this party may have what this case is about."""
        who = self.get_who(method, case)
        return who.is_open or (who.allows(party) and case.who.allows(party))

    def may_write(self, case: Case, party: Party) -> bool:
        return self.post is not None and self.may_have("POST", case, party)
