"""Writing canned replies: what may be in one, and whose it is."""

import re

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from agents.models import User
from chat.models import CannedReply
from chat.models.canned import LONGEST
from chat.selectors.canned import get_variables
from chat.services.messages import storable
from config.audit.selectors import read_snapshot
from config.audit.services import record_change
from config.lib.errors import InvalidInput
from config.lib.texts import is_blank

# {{visitor.first_name|there}}: a name of the fixed list, and what stands there where nothing is known.
VARIABLE = re.compile(r"\{\{\s*([^{}|]*?)\s*(?:\|[^{}]*)?\}\}")
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
MOST_OWN = 500


class ReplyInvalid(InvalidInput):
    """The reply can't be kept as it is; ``field`` is what to mend."""

    code = "reply_invalid"
    message = _("Please check what you entered.")


def clean_code(code: str) -> str:
    """Return a short code as it is kept, or raise ``ReplyInvalid``."""
    code = code.strip().removeprefix("/").lower()
    if not _CODE.fullmatch(code):
        raise ReplyInvalid(
            _("A short code has up to 40 small letters from a to z, digits, - and _."), field="code"
        )
    return code


def clean_title(title: str) -> str:
    """Return a title as it is kept, or raise ``ReplyInvalid``."""
    title = " ".join(storable(title).split())
    if is_blank(title) or len(title) > 100:
        raise ReplyInvalid(_("A title has 1 to 100 signs."), field="title")
    return title


def clean_text(text: str) -> str:
    """Return a text as it is kept; refuse braces that would reach a visitor as they are (S21)."""
    text = storable(text).replace("\r\n", "\n").strip()
    if is_blank(text) or len(text) > LONGEST:
        raise ReplyInvalid(_("A text has 1 to %(most)d signs."), field="text", params={"most": LONGEST})
    known = get_variables()
    for name in VARIABLE.findall(text):
        if name not in known:
            raise ReplyInvalid(
                _("There is no variable “%(name)s”. There are: %(known)s."),
                field="text",
                params={"name": name[:60], "known": ", ".join(known)},
            )
    if "{{" in VARIABLE.sub("", text) or "}}" in VARIABLE.sub("", text):
        raise ReplyInvalid(
            _("“{{” and “}}” belong around a variable, like {{visitor.first_name|there}}."), field="text"
        )
    return text


def save_reply(*, author: User, code: str, title: str, text: str, propose: bool = False) -> CannedReply:
    """Keep a reply of the author's own, or propose it to everybody: then it waits for approval (LC-42).

    Raises ``ReplyInvalid``, also where the code is taken already.
    """
    fields = {"code": clean_code(code), "title": clean_title(title), "text": clean_text(text)}
    if propose:
        return _propose(author, fields)
    if CannedReply.objects.filter(owner=author).count() >= MOST_OWN:
        raise ReplyInvalid(_("You have %(most)d replies of your own already."), params={"most": MOST_OWN})
    return _create(**fields, owner=author)


@transaction.atomic
def _propose(author: User, fields: dict[str, str]) -> CannedReply:
    reply = _create(**fields, proposed_by=author)
    after = read_snapshot(CannedReply, reply.pk)
    record_change(model=CannedReply, pk=reply.pk, name=str(reply), before={}, after=after, by=author)
    return reply


def _create(**fields: object) -> CannedReply:
    try:
        with transaction.atomic():
            return CannedReply.objects.create(**fields)
    except IntegrityError:
        raise ReplyInvalid(_("This short code is taken already."), code="code_taken", field="code") from None


def set_approval(*, ids: list[int], approved: bool, user: User) -> int:
    """Approve replies of the library, or take the approval back; return how many changed. Recorded (S20)."""
    rows = CannedReply.objects.filter(pk__in=ids, owner=None, is_approved=not approved)
    with transaction.atomic():
        changed = list(rows.select_for_update(no_key=True).order_by("pk"))
        for reply in changed:
            reply.is_approved, reply.approved_by = approved, user if approved else None
            record_change(
                model=CannedReply,
                pk=reply.pk,
                name=str(reply),
                before={"is_approved": not approved},
                after={"is_approved": approved},
                by=user,
            )
        CannedReply.objects.bulk_update(changed, ["is_approved", "approved_by"])
    return len(changed)
