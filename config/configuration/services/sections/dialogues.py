"""Dialogues and conversational flows: their drafts, and what is published."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from chat.forms import DialogueForm, FlowForm
from chat.models import Conversation, Dialogue, DialogueVersion, Flow
from chat.services.dialogues import delete_dialogue, make_check_context, unpublish_dialogue
from chat.services.drafts import thaw_setup
from chat.services.setups import list_setup_faults
from chat.streams import StreamInvalid, check_stream, fold_flows, parse_stream
from chat.streams.faults import Fault
from chat.targeting.setup import dump_setup, load_setup
from config.audit.selectors import read_snapshot
from config.audit.services import record_change
from config.configuration.policy.shapes import describe_columns
from config.configuration.selectors.names import import_conditions, import_stream
from config.configuration.services.work import Item, Section, Work
from routing.models import Rule

_PARTS = {"status": "text", "stream": "parts", "published": "parts?"}
_EMPTY: Item = {"status": "draft", "stream": {"start": None, "cards": {}}, "published": None}


def _fill(names: tuple[str, ...]) -> Item:
    columns = (column for column in Dialogue._meta.concrete_fields if column.name in names)
    return {column.name: column.get_default() for column in columns if column.name != "name"} | _EMPTY


class Dialogues(Section):
    """By name. What is published is kept as it stands in the file, with the flows that are frozen in it."""

    name = "dialogues"
    kind = Dialogue.Kind.DIALOGUE
    form: Any = DialogueForm
    shape = {**describe_columns(Dialogue, Dialogue.SETTINGS), **_PARTS}
    defaults = _fill(Dialogue.SETTINGS)

    def make_row(self, name: str) -> None:
        """Make one, empty still, that streams can refer to."""
        if name.strip() and len(name) <= 100 and not Dialogue.objects.filter(name=name).exists():
            Dialogue.objects.create(name=name, kind=self.kind)

    def save(self, item: Item, *, is_new: bool, path: str, work: Work) -> None:
        row = Dialogue.objects.filter(name=item["name"], kind=self.kind).first() or Dialogue(kind=self.kind)
        with work.guard(path):
            if is_new or row.pk is None:
                if self._save_draft(row, item, path, work):
                    self._save_version(row, item, path, work)
                    work.record_row(row, before={}, after=read_snapshot(Dialogue, row.pk))
                return
            with work.record(row, is_new=False):
                if self._save_draft(row, item, path, work):
                    self._save_version(row, item, path, work)

    def _save_draft(self, row: Dialogue, item: Item, path: str, work: Work) -> bool:
        """By the rules of its page; a stream may be half-written, but has to be one (DG-13)."""
        with work.resolve() as resolver:
            audience = import_conditions(item["audience"], resolver, f"{path}.audience")
            stream = import_stream(item["stream"], resolver, f"{path}.stream")
        values = {name: "" if item.get(name) is None else item.get(name) for name in self.form.Meta.fields}
        form = self.form({**values, "audience": json.dumps(audience)}, instance=row)
        is_right = form.is_valid()
        if not is_right:
            work.refuse_form(path, form.errors)
        if self._refuse_stream(stream, f"{path}.stream", work) or not is_right:
            return False
        form.save(commit=False)
        if row.stream != stream or row.pk is None:
            row.stream, row.changed_by = stream, work.by
            row.draft_revision += 1
        row.save()
        return True

    def _refuse_stream(self, stream: Any, path: str, work: Work, *, frozen: bool = False) -> bool:
        try:
            parse_stream(stream, frozen=frozen)
        except StreamInvalid as error:
            place = f"{path}.cards.{error.card_id}" if error.card_id else path
            work.refuse(f"{place}.{error.field}" if error.field else place, error)
            return True
        return False

    def _save_version(self, row: Dialogue, item: Item, path: str, work: Work) -> None:
        """Publish what the file says is published, unless it is already; take back what it says isn't."""
        published, status = item["published"], item["status"]
        if status not in Dialogue.Status.values or (status == Dialogue.Status.DRAFT) != (published is None):
            words = _("must be “draft” where nothing is published, else “published” or “unpublished”.")
            work.refuse(f"{path}.status", words)
            return
        version = self._find_version(row, published, f"{path}.published", work) if published else None
        row.status, row.published_version = status, version
        row.save(update_fields=["status", "published_version", "changed_at"])

    def _find_version(self, row: Dialogue, published: Item, path: str, work: Work) -> DialogueVersion | None:
        if set(published) != {"setup", "stream"} or not all(isinstance(p, dict) for p in published.values()):
            work.refuse(path, _("must have “setup” and “stream”."))
            return None
        with work.resolve() as resolver:
            audience = published["setup"].get("audience", {})
            audience = import_conditions(audience, resolver, f"{path}.setup.audience")
            stream = import_stream(published["stream"], resolver, f"{path}.stream")
        try:
            setup = dump_setup(load_setup({**published["setup"], "audience": audience}))
        except msgspec.ValidationError as error:
            work.refuse(f"{path}.setup", _("can't be read: %(problem)s.") % {"problem": error})
            return None
        current = row.published_version
        if current is not None and (current.stream, current.setup) == (stream, setup):
            return current
        if resolver.refusals or self._refuse_stream(stream, f"{path}.stream", work, frozen=True):
            return None
        newest = row.versions.order_by("-number").first()
        return DialogueVersion.objects.create(
            dialogue=row,
            number=newest.number + 1 if newest else 1,
            stream=stream,
            setup=setup,
            published_at=work.now,
            published_by=work.by,
        )

    def check(self, item: Item, path: str, work: Work) -> None:
        """What is published has to be fit for it, as on its page (DG-13); once all flows are there."""
        row = Dialogue.objects.filter(name=item["name"]).select_related("published_version").first()
        version = row.published_version if row else None
        if row is None or version is None:
            return
        drawn = Dialogue(pk=row.pk, kind=row.kind, name=row.name, slug=row.slug, **thaw_setup(version.setup))
        context = make_check_context(row, has_rules=Rule.objects.exists())
        stream = parse_stream(fold_flows(version.stream))
        for fault in list_setup_faults(drawn):
            work.refuse(_find_place(fault, f"{path}.published.setup"), fault.message)
        for fault in check_stream(stream, context):
            if fault.severity == "error":
                work.refuse(_find_place(fault, f"{path}.published.stream"), fault.message)

    def remove(self, item: Item, work: Work) -> None:
        """Delete it; one that visitors have had conversations in is kept, and shown to nobody any more."""
        row = Dialogue.objects.get(name=item["name"])
        before, pk = read_snapshot(Dialogue, row.pk, lock=True), row.pk
        if Conversation.objects.filter(version__dialogue=row).exists():
            unpublish_dialogue(dialogue_id=pk)
        else:
            delete_dialogue(dialogue_id=pk)
        after = read_snapshot(Dialogue, pk)
        record_change(
            model=Dialogue, pk=pk, name=row.name, before=before, after=after, by=work.by, now=work.now
        )


class Flows(Dialogues):
    name = "flows"
    kind = Dialogue.Kind.FLOW
    form: Any = FlowForm
    shape = {**describe_columns(Dialogue, Flow.SETTINGS), **_PARTS}
    defaults = _fill(Flow.SETTINGS)


def _find_place(fault: Fault, path: str) -> str:
    place = f"{path}.cards.{fault.card_id}" if fault.card_id else path
    return f"{place}.{fault.field}" if fault.field else place
