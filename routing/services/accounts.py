"""The account list: who owns which company's visitors (LC-18)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.models import Agent
from config.lib.errors import ConflictError
from routing.models import Account

from .account_file import FileRow, RowError, read_rows

_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?\.[a-z0-9-]{2,}")
_BATCH = 1_000
Key = tuple[str, str]


class AccountsChanged(ConflictError):
    """Somebody saved one of the same accounts meanwhile."""

    code = "accounts_changed"
    message = gettext_lazy("Somebody changed the same accounts just now. Nothing was imported; upload again.")


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an upload did, or would do; with errors, nothing was imported."""

    created: int
    updated: int
    unchanged: int
    errors: tuple[RowError, ...]
    dry_run: bool

    @property
    def is_imported(self) -> bool:
        return not self.errors and not self.dry_run


def make_name_key(name: str) -> str:
    """The form in which company names are compared: whatever their case and inner space."""
    return " ".join(name.split()).casefold()


def normalise_domain(text: str) -> str | None:
    """The domain as it is stored, "" for none, None where the text is no domain."""
    text = text.strip().lower().removeprefix("@").rstrip(".")
    if not text:
        return ""
    try:
        domain = text if text.isascii() else text.encode("idna").decode()
    except UnicodeError:
        return None
    return domain if len(domain) <= 253 and _DOMAIN.fullmatch(domain) and ".." not in domain else None


def import_accounts(*, file: bytes, dry_run: bool = False) -> ImportReport:
    """Add and update accounts from a CSV file: all of it, or with one bad row nothing (LC-18).

    An account with the same domain is updated; a row without a domain updates the account of that name that
    has none either. Others stay as they are: an upload deletes nothing. Repeatable. `dry_run` only reports.
    Raises AccountFileInvalid, AccountsChanged.
    """
    rows, errors = read_rows(file)
    wanted = _Checker(rows).check(errors)
    try:
        with transaction.atomic():
            fresh, changed = _compare(wanted)
            if not errors and not dry_run:
                _save(fresh, changed)
    except IntegrityError as error:
        raise AccountsChanged from error
    return ImportReport(
        created=len(fresh),
        updated=len(changed),
        unchanged=len(wanted) - len(fresh) - len(changed),
        errors=tuple(sorted(errors, key=lambda error: error.line)),
        dry_run=dry_run,
    )


class _Checker:
    """Turns rows into accounts, and says what is wrong with the others."""

    def __init__(self, rows: Sequence[FileRow]) -> None:
        self.rows = rows
        self.owners = _Owners()
        self.lines: dict[Key, int] = {}

    def check(self, errors: list[RowError]) -> list[Account]:
        accounts = []
        for row in self.rows:
            found = self._read(row)
            if isinstance(found, Account):
                accounts.append(found)
            else:
                errors.append(RowError(row.line, found))
        return accounts

    def _read(self, row: FileRow) -> Account | str:
        domain = normalise_domain(row.domain)
        if not row.company:
            return _("has no company.")
        if len(row.company) > 200:
            return _("The company's name is longer than 200 characters.")
        if domain is None:
            return _("“%(domain)s” is no domain; write it like example.com.") % {"domain": row.domain[:100]}
        owner = self.owners.find(row.owner)
        if isinstance(owner, str):
            return owner
        account = Account(
            name=row.company, name_key=make_name_key(row.company), domain=domain or None, owner_id=owner
        )
        return self._refuse_second(account, row.line) or account

    def _refuse_second(self, account: Account, line: int) -> str:
        first = self.lines.setdefault(_key(account), line)
        if first == line:
            return ""
        words = _("has the same %(what)s as line %(line)d.")
        what = _("domain") if account.domain else _("company, without a domain,")
        return words % {"what": what, "line": first}


class _Owners:
    """Finds agents by user name or e-mail address, whatever the case; read once."""

    def __init__(self) -> None:
        self.by_name: dict[str, list[int]] = {}
        self.by_email: dict[str, list[int]] = {}
        for pk, username, email in Agent.objects.values_list("pk", "username", "email"):
            self.by_name.setdefault(username.casefold(), []).append(pk)
            if email:
                self.by_email.setdefault(email.casefold(), []).append(pk)

    def find(self, text: str) -> int | str:
        if not text:
            return _("has no owner.")
        key = text.casefold()
        found = self.by_name.get(key) or self.by_email.get(key) or []
        if len(found) == 1:
            return found[0]
        quoted = {"owner": text[:100]}
        if found:
            return _("More than one agent is called “%(owner)s”; write the user name.") % quoted
        return _("No agent has the user name or e-mail address “%(owner)s”.") % quoted


def _key(account: Account) -> Key:
    return ("domain", account.domain) if account.domain else ("name", account.name_key)


def _compare(wanted: Sequence[Account]) -> tuple[list[Account], list[Account]]:
    """The accounts to add and those to update; the latter get the ids of what they replace."""
    present = {_key(account): account for account in _iter_present(wanted)}
    fresh: list[Account] = []
    changed: list[Account] = []
    for account in wanted:
        old = present.get(_key(account))
        if old is None:
            fresh.append(account)
        elif (old.name, old.owner_id) != (account.name, account.owner_id):
            account.pk = old.pk
            changed.append(account)
    return fresh, changed


def _iter_present(wanted: Sequence[Account]) -> Iterator[Account]:
    domains = [account.domain for account in wanted if account.domain]
    names = [account.name_key for account in wanted if not account.domain]
    for part in _iter_parts(domains):
        yield from Account.objects.filter(domain__in=part)
    for part in _iter_parts(names):
        yield from Account.objects.filter(name_key__in=part, domain=None)


def _iter_parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    return (values[start : start + _BATCH] for start in range(0, len(values), _BATCH))


def _save(fresh: Iterable[Account], changed: Iterable[Account]) -> None:
    Account.objects.bulk_create(fresh, batch_size=_BATCH)
    # An upsert by id: many times faster than as many updates, or one with as many cases.
    Account.objects.bulk_create(
        changed,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["name", "name_key", "owner"],
    )
