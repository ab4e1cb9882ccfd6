"""The account list: who owns which company's visitors (LC-18)."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.models import Agent
from config.lib.errors import ConflictError
from config.lib.imports import ImportReport, Line, Outcome
from config.lib.locks import Space, lock_name
from config.lib.tables import Kind, TableRow, read_table, write_table
from routing.models import Account

COLUMNS = ("company", "domain", "owner")
MOST_ROWS = 10_000

_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?\.[a-z0-9-]{2,}")
_BATCH = 1_000
Key = tuple[str, str]
Changes = dict[Outcome, list[Account]]


class AccountsChanged(ConflictError):
    """Somebody saved one of the same accounts meanwhile."""

    code = "accounts_changed"
    message = gettext_lazy("Somebody changed the same accounts just now. Nothing was imported; upload again.")


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
    """Add and update accounts from a CSV or Excel file: all of it, or with one bad row nothing (LC-18).

    An account with the same domain is updated; a row without a domain updates the account of that name that
    has none either. Others stay as they are: an upload deletes nothing. Repeatable, and one after the other:
    who uploads while somebody else does waits. `dry_run` only reports. Raises TableInvalid, AccountsChanged.
    """
    rows = read_table(file, columns=COLUMNS, most=MOST_ROWS)
    wanted = _Checker().check(rows)
    try:
        with transaction.atomic():
            if not dry_run:
                lock_name(Space.IMPORTS, "accounts")
            report, changes = _compare(rows, wanted, dry_run=dry_run)
            if report.is_imported:
                _save(changes["added"], changes["updated"])
    except IntegrityError as error:
        raise AccountsChanged from error
    return report


def export_accounts(accounts: Iterable[Account], *, kind: Kind) -> bytes:
    """Return these accounts as a file that can be imported again, and does nothing when opened (S14).

    Their owners have to be read along.
    """
    rows: list[Sequence[object]] = [COLUMNS]
    rows += [(account.name, account.domain, account.owner.username) for account in accounts]
    return write_table(rows, kind=kind, title=_("Accounts"))


class _Checker:
    """Turns rows into accounts, and says what is wrong with the others."""

    def __init__(self) -> None:
        self.owners = _Owners()
        self.lines: dict[Key, int] = {}

    def check(self, rows: Sequence[TableRow]) -> list[Account | str]:
        return [row.fault or self._read(row) for row in rows]

    def _read(self, row: TableRow) -> Account | str:
        company, domain = row.values["company"], normalise_domain(row.values["domain"])
        if not company:
            return _("has no company.")
        if len(company) > 200:
            return _("The company's name is longer than 200 characters.")
        if domain is None:
            quoted = {"domain": row.values["domain"][:100]}
            return _("“%(domain)s” is no domain; write it like example.com.") % quoted
        owner = self.owners.find(row.values["owner"])
        if isinstance(owner, str):
            return owner
        account = Account(
            name=company, name_key=make_name_key(company), domain=domain or None, owner_id=owner
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


def _compare(
    rows: Sequence[TableRow], wanted: Sequence[Account | str], *, dry_run: bool
) -> tuple[ImportReport, Changes]:
    """What happens with each row, and the accounts by it; each that is there already gets its id."""
    accounts = [account for account in wanted if isinstance(account, Account)]
    present = {_key(account): account for account in _iter_present(accounts)}
    changes: Changes = defaultdict(list)
    lines = []
    for row, found in zip(rows, wanted, strict=True):
        name = row.values["company"][:200]
        if isinstance(found, str):
            lines.append(Line(row.line, name, "refused", found))
        else:
            outcome = _find_outcome(found, present.get(_key(found)))
            changes[outcome].append(found)
            lines.append(Line(row.line, name, outcome))
    return ImportReport(tuple(lines), dry_run), changes


def _find_outcome(account: Account, old: Account | None) -> Outcome:
    if old is None:
        return "added"
    account.pk = old.pk
    is_same = (old.name, old.owner_id) == (account.name, account.owner_id)
    return "unchanged" if is_same else "updated"


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
