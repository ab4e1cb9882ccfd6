"""The library of canned replies."""

from __future__ import annotations

from chat.models import CannedReply
from chat.services.canned import clean_code, clean_text, clean_title
from config.configuration.policy.shapes import describe_columns
from config.configuration.services.work import Item, Section, Work


class CannedReplies(Section):
    """By short code. People's own replies are theirs."""

    name = "canned_replies"
    shape = describe_columns(CannedReply, ("code", "title", "text", "is_approved"))
    defaults = {"title": "", "text": "", "is_approved": False}

    def normalise(self, item: Item) -> Item:
        return {**item, "code": item["code"].strip().removeprefix("/").lower()}

    def save(self, item: Item, *, is_new: bool, path: str, work: Work) -> None:
        row = CannedReply.objects.filter(owner=None, code=item["code"]).first() or CannedReply()
        with work.guard(path), work.record(row, is_new=is_new):
            row.code, row.title = clean_code(item["code"]), clean_title(item["title"])
            row.text = clean_text(item["text"])
            if row.is_approved != item["is_approved"]:
                row.is_approved = item["is_approved"]
                row.approved_by = work.by if row.is_approved else None
            row.full_clean()
            row.save()

    def remove(self, item: Item, work: Work) -> None:
        work.delete(CannedReply.objects.get(owner=None, code=item["code"]))
