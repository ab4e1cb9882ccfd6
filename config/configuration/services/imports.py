"""Bringing in a configuration: all of it or nothing, and what was shown or nothing (LC-60, RP-08).

What an import would do is found by doing it, comparing what is there then with what was there before, and
taking it back. So what is shown is what happens, whatever the forms, the services and the database make of a
value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.models import User
from config.audit.services import record_event, record_import
from config.configuration.errors import ConfigurationChanged, ConfigurationInvalid
from config.configuration.policy.differences import KEYS, Difference, compare, digest, make_key
from config.configuration.policy.files import Written, read_file
from config.configuration.policy.shapes import find_wrong
from config.configuration.selectors.export import read_configuration
from config.configuration.selectors.names import Names
from config.configuration.services.sections import SECTIONS
from config.configuration.services.sections.dialogues import Dialogues
from config.configuration.services.sections.settings import save_settings
from config.configuration.services.work import Item, Section, Work
from config.installation.selectors import get_installation
from config.lib.moments import at_one_moment
from routing.models import Account

# Somebody else wrote first to what this writes to; a deadlock, a lock that wasn't given in time, a statement
# that took too long (waiting too).
_CONTENTION: Final = frozenset({"40001", "40P01", "55P03", "57014"})


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import does, or would do. ``before`` and ``after`` are the configuration's digests."""

    differences: tuple[Difference, ...]
    before: str
    after: str

    def count(self, kind: str) -> int:
        return sum(difference.kind == kind for difference in self.differences)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """An item as the file has it, with what it doesn't say filled in; ``given`` is what it says."""

    path: str
    given: frozenset[str]
    item: Item


_Wants = dict[str, dict[str, _Wanted]]


class _TakenBack(Exception):
    """Ends a transaction of which nothing is to be kept but what it was about to do."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        super().__init__()


def plan_import(*, file: bytes, prune: bool = False, now: datetime | None = None) -> Plan:
    """Say what an import of this file would change, and change nothing (RP-08).

    ``prune``: what the file's sections lack would be removed. Raises FileUnreadable, ConfigurationInvalid
    with every fault and its place, and ConfigurationChanged where somebody else is at work on the same.
    """
    written = read_file(file)
    try:
        with at_one_moment():
            raise _TakenBack(_apply(written, prune=prune, by=None, now=now or timezone.now()))
    except _TakenBack as end:
        return end.plan
    except OperationalError as error:
        raise _explain(error) from error


def import_configuration(
    *, file: bytes, shown: Plan, by: User | None, prune: bool = False, now: datetime | None = None
) -> Plan:
    """Do what was shown, exactly that, in one transaction, and keep a record of it (LC-60, S20).

    Repeatable: again, it changes nothing. ``by``: who does it, None for a command. Raises what `plan_import`
    does, and ConfigurationChanged where the configuration, or what would become of it, is another by now.
    """
    written = read_file(file)
    try:
        with at_one_moment():
            plan = _apply(written, prune=prune, by=by, now=now or timezone.now())
            if (plan.before, plan.after) != (shown.before, shown.after):
                raise ConfigurationChanged
            _record(plan, by)
            return plan
    except OperationalError as error:
        raise _explain(error) from error


def _explain(error: OperationalError) -> Exception:
    """Two who lock the same rows in another order, or one who holds them for long; all else as it is."""
    is_contention = getattr(error.__cause__, "sqlstate", None) in _CONTENTION or "locked" in str(error)
    return ConfigurationChanged() if is_contention else error


def _apply(written: Written, *, prune: bool, by: User | None, now: datetime) -> Plan:
    before = read_configuration()
    work = Work(written, by=by, now=now)
    _go_through(before, work, prune=prune)
    if work.refusals:
        raise ConfigurationInvalid(work.refusals)
    after = read_configuration()
    return Plan(tuple(compare(before, after)), digest(before), digest(after))


def _go_through(before: Mapping[str, Any], work: Work, *, prune: bool) -> None:
    data = work.written.data
    known = {"settings", *(section.name for section in SECTIONS)}
    for name in data:
        if name not in known:
            work.refuse(name, _("isn't known here; there are: %(names)s.") % {"names": ", ".join(before)})
    if "settings" in data:
        save_settings(data["settings"], before["settings"], work)
    wants = {section.name: _read_section(section, data, work) for section in SECTIONS}
    _make_dialogues(wants)
    changed = {section.name: _save_section(section, before, wants, work) for section in SECTIONS}
    for section in SECTIONS:
        if isinstance(section, Dialogues) and not work.refusals:
            for path, item in changed[section.name].items():
                section.check(item, path, work)
    if prune and not work.refusals:
        for section in reversed(SECTIONS):
            if section.name in data:
                _prune(section, before, wants, work)


def _read_section(section: Section, data: Mapping[str, Any], work: Work) -> dict[str, _Wanted]:
    """The items of a section by what they are found by."""
    found: dict[str, _Wanted] = {}
    for path, item in _iter_items(section, data, work):
        wanted = _Wanted(
            path, frozenset(item), section.normalise({**section.defaults, **_tidy(section, item)})
        )
        first = found.setdefault(make_key(section.name, wanted.item), wanted)
        if first is not wanted:
            work.refuse(path, _("is in the file twice: also as %(place)s.") % {"place": first.path})
    return found


def _tidy(section: Section, item: Item) -> Item:
    """Spaces around what an item is found by go, as in any form: it would never be found again."""
    given = ((name, item.get(name)) for name in KEYS[section.name])
    return {**item, **{name: value.strip() for name, value in given if isinstance(value, str)}}


def _iter_items(section: Section, data: Mapping[str, Any], work: Work) -> Iterator[tuple[str, Item]]:
    raw = data.get(section.name, [])
    if not isinstance(raw, list):
        work.refuse(section.name, _("must be a list; write [] for none."))
        return
    needed = [name for name in section.shape if name not in section.defaults]
    for number, item in enumerate(raw):
        path = f"{section.name}[{number}]"
        wrong = list(find_wrong(item, section.shape))
        for name, words in wrong:
            work.refuse(f"{path}.{name}" if name else path, words)
        missing = [name for name in needed if not wrong and not item.get(name)]
        for name in missing:
            work.refuse(path, _("has no “%(name)s”.") % {"name": name})
        if not wrong and not missing:
            yield path, item


def _make_dialogues(wants: _Wants) -> None:
    """Streams name flows that come later in the file, and flows one another."""
    for section in SECTIONS:
        if isinstance(section, Dialogues):
            for wanted in wants[section.name].values():
                section.make_row(wanted.item["name"])


def _save_section(section: Section, before: Mapping[str, Any], wants: _Wants, work: Work) -> dict[str, Item]:
    """Save what differs, and return it by its path."""
    work.names = Names()
    current = {make_key(section.name, item): item for item in before[section.name]}
    changed = {}
    for key, wanted in wants[section.name].items():
        old = current.get(key)
        # What the file doesn't say stays as it is.
        kept = {name: value for name, value in (old or {}).items() if name not in wanted.given}
        new = {**wanted.item, **kept}
        if new == old:
            continue
        if section.is_prime_only and not work.is_prime:
            work.refuse(wanted.path, _("This is part of the Prime package, and the settings say Select."))
            continue
        section.save(new, is_new=old is None, path=wanted.path, work=work)
        changed[wanted.path] = new
    return changed


def _prune(section: Section, before: Mapping[str, Any], wants: _Wants, work: Work) -> None:
    for item in before[section.name]:
        if make_key(section.name, item) not in wants[section.name]:
            with work.guard(section.name):
                section.remove(item, work)


def _record(plan: Plan, by: User | None) -> None:
    """That it was done; what changed is recorded row by row, but for accounts, of which there are many."""
    if not plan.differences:
        return
    words = _("Imported from a file: %(added)d added, %(changed)d changed, %(removed)d removed.")
    counts = {kind: plan.count(kind) for kind in ("added", "changed", "removed")}
    record_event(row=get_installation(), words=words % counts, by=by)
    accounts = sum(difference.section == "accounts" for difference in plan.differences)
    if accounts:
        words = _("From a configuration file: %(count)d accounts added, changed or removed.")
        record_import(model=Account, words=words % {"count": accounts}, by=by)
