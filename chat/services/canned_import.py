"""The library of canned replies as a file: bringing it in, and taking it along (LC-42)."""

from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.models import User
from chat.models import CannedReply
from chat.services.canned import ReplyInvalid, clean_code, clean_text, clean_title
from config.lib.errors import ConflictError
from config.lib.imports import ImportReport, Line
from config.lib.tables import Kind, TableRow, read_table, write_table

COLUMNS = ("code", "title", "text", "status")
APPROVED, DRAFT = "approved", "draft"
MOST_ROWS = 2_000
_FIELDS = ("title", "text", "is_approved")


class LibraryChanged(ConflictError):
    """Somebody saved one of the same replies meanwhile."""

    code = "library_changed"
    message = gettext_lazy("Somebody changed the same replies just now. Nothing was imported; upload again.")


def import_library(*, file: bytes, user: User, dry_run: bool = False) -> ImportReport:
    """Add and update everybody's replies from a CSV or Excel file: all of it, or nothing (LC-42).

    A reply of the same code is updated; others stay as they are. Without a status a new one is a draft, and a
    known one keeps its own. Repeatable; ``dry_run`` only reports. Raises TableInvalid, LibraryChanged.
    """
    rows = read_table(file, columns=COLUMNS[:3], optional=COLUMNS[3:], most=MOST_ROWS)
    try:
        with transaction.atomic():
            desk = _Desk(user)
            report = ImportReport(tuple(desk.take(row) for row in rows), dry_run)
            if report.is_imported:
                desk.write()
    except IntegrityError as error:
        raise LibraryChanged from error
    return report


class _Desk:
    """Reads line by line, and keeps what is to be written."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.present = {
            reply.code: reply for reply in CannedReply.objects.filter(owner=None).select_for_update()
        }
        self.lines: dict[str, int] = {}
        self.fresh: list[CannedReply] = []
        self.changed: list[CannedReply] = []

    def take(self, row: TableRow) -> Line:
        line = row.line
        try:
            reply = self._read(row)
        except ReplyInvalid as refusal:
            return Line(line, row.values["code"][:40], "refused", str(refusal))
        old = self.present.get(reply.code)
        if old is None:
            self.fresh.append(reply)
            return Line(line, reply.code, "added")
        if all(getattr(old, name) == getattr(reply, name) for name in _FIELDS):
            return Line(line, reply.code, "unchanged")
        self._change(old, reply)
        return Line(line, reply.code, "updated")

    def write(self) -> None:
        CannedReply.objects.bulk_create(self.fresh)
        for reply in self.changed:
            reply.save(update_fields=[*_FIELDS, "approved_by", "changed_at"])

    def _read(self, row: TableRow) -> CannedReply:
        if row.fault:
            raise ReplyInvalid(row.fault)
        values = row.values
        code = clean_code(values["code"])
        first = self.lines.setdefault(code, row.line)
        if first != row.line:
            raise ReplyInvalid(_("has the same code as line %(line)d.") % {"line": first})
        approved = self._read_status(values["status"], code)
        return CannedReply(
            code=code,
            title=clean_title(values["title"]),
            text=clean_text(values["text"]),
            is_approved=approved,
            approved_by=self.user if approved else None,
        )

    def _read_status(self, text: str, code: str) -> bool:
        if not text:
            return code in self.present and self.present[code].is_approved
        if text.lower() not in (APPROVED, DRAFT):
            raise ReplyInvalid(
                _("The status is “approved” or “draft”, not “%(status)s”.") % {"status": text[:40]}
            )
        return text.lower() == APPROVED

    def _change(self, old: CannedReply, new: CannedReply) -> None:
        if old.is_approved != new.is_approved:
            old.approved_by = new.approved_by
        for name in _FIELDS:
            setattr(old, name, getattr(new, name))
        self.changed.append(old)


def export_library(replies: Iterable[CannedReply], *, kind: Kind) -> bytes:
    """Return these replies as a file that can be imported again, and does nothing when opened (S14)."""
    rows: list[Sequence[object]] = [COLUMNS]
    rows += [
        (reply.code, reply.title, reply.text, APPROVED if reply.is_approved else DRAFT) for reply in replies
    ]
    return write_table(rows, kind=kind, title=_("Canned replies"))
