"""Who asks, and what somebody must hold to be let in."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from agents.permissions import ACCESS_PERMISSIONS, DEFAULT_PROFILES

ALL = frozenset(codename for codename, _name in ACCESS_PERMISSIONS)
# Beyond this many, one permission out of a clause stands for the others.
MOST_ALTERNATIVES = 6


@dataclass(frozen=True)
class Party:
    """Somebody who asks. ``profile`` is held as the product sets it up; other permissions directly."""

    name: str
    held: frozenset[str] = frozenset()
    profile: str = ""
    is_superuser: bool = False
    is_active: bool = True
    is_signed_in: bool = True

    @property
    def is_somebody(self) -> bool:
        """Whether the server takes the session for anybody's at all."""
        return self.is_signed_in and self.is_active

    @property
    def may_enter_admin(self) -> bool:
        return self.is_somebody and (self.is_superuser or bool(self.held))


@dataclass(frozen=True)
class Who:
    """One permission out of each clause. Superusers hold all; ``is_open`` is anybody, signed in or not."""

    clauses: tuple[frozenset[str], ...] = ()
    is_open: bool = False
    is_nobody: bool = False

    def allows(self, party: Party) -> bool:
        if self.is_open or self.is_nobody:
            return self.is_open
        return party.is_somebody and (party.is_superuser or all(each & party.held for each in self.clauses))

    def __and__(self, other: Who) -> Who:
        return Who(self.clauses + other.clauses, self.is_open and other.is_open)

    def list_barely(self) -> list[frozenset[str]]:
        """Sets of permissions that are just enough."""
        if not self.clauses or any(len(each) > MOST_ALTERNATIVES for each in self.clauses):
            return []
        return [frozenset(chosen) for chosen in product(*map(sorted, self.clauses))]

    def list_near_misses(self) -> list[frozenset[str]]:
        """Everything there is, but one thing."""
        return [ALL - each for each in self.clauses]


def may(*clauses: str) -> Who:
    """``may("a b", "c")``: whoever holds a or b, and c."""
    found = tuple(frozenset(clause.split()) for clause in clauses)
    unknown = frozenset().union(*found) - ALL
    assert not unknown, f"there are no such permissions: {sorted(unknown)}"
    return Who(found)


ANYBODY = Who(is_open=True)
NOBODY = Who(is_nobody=True)
SIGNED_IN = Who()
# Whoever holds anything at all may enter the admin; each page there asks for its own.
STAFF = Who((ALL,))
SUPERUSERS = Who((frozenset(),))

STRANGER = Party("nobody signed in", is_signed_in=False)
UNPROFILED = Party("a user without any profile")
# Signed in, and deactivated afterwards: the session is still there.
DEACTIVATED = Party("a deactivated superuser", is_superuser=True, is_active=False)
SUPERUSER = Party("a superuser", is_superuser=True)
PROFILES = tuple(Party(name, held, profile=name) for name, held in DEFAULT_PROFILES.items())
EVERYBODY = (STRANGER, UNPROFILED, DEACTIVATED, *PROFILES, SUPERUSER)


def list_beside(*asked: Who) -> list[Party]:
    """Those who hold just enough for what is asked for, and those who hold everything but that."""
    barely = {held for who in asked for held in who.list_barely()}
    missing = {held for who in asked for held in who.list_near_misses()} - barely
    alone = [Party(f"only {' + '.join(sorted(held))}", held) for held in sorted(barely, key=sorted)]
    nearly = [Party(f"all but {' or '.join(sorted(ALL - held)) or 'nothing'}", held) for held in missing]
    return [*alone, *sorted(nearly, key=lambda party: party.name)]
