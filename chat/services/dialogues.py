"""Publishing dialogues."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import Agent, Team, User
from chat.models import Conversation, Dialogue, DialogueVersion, Document, LeadList
from chat.services.drafts import DraftConflict
from chat.services.setups import freeze_setup, list_setup_faults
from chat.streams import (
    CheckContext,
    Fault,
    Stream,
    check_stream,
    dump_stream,
    expand_flows,
    get_flow_ids,
    parse_stream,
    publishable,
)
from config.installation.selectors import get_installation
from config.lib.errors import ConflictError, InvalidInput


class DialogueNotPublishable(InvalidInput):
    """Stream or settings have errors; `faults` holds all that was found, advice too (DG-13)."""

    code = "dialogue_not_publishable"
    message = _("This dialogue can't be published before its faults are mended.")

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(field="stream")


class DialogueInUse(ConflictError):
    """Visitors have had conversations in it; deleting it would delete what was said."""

    code = "dialogue_in_use"
    message = _("Visitors have had conversations in this dialogue, so it is kept. Unpublish it instead.")


def check_dialogue(*, dialogue: Dialogue, has_rules: bool = True) -> list[Fault]:
    """Say everything that is wrong with the draft, and all advice (DG-13). Raises StreamInvalid.

    A fault of no card is the stream's as a whole, or that of the setting in its ``field``. Whether there are
    custom rules is for the caller to say: this app comes before them.
    """
    context = make_check_context(dialogue, has_rules=has_rules)
    return [*list_setup_faults(dialogue), *check_stream(parse_stream(dialogue.stream), context)]


def make_check_context(dialogue: Dialogue, *, has_rules: bool) -> CheckContext:
    """Return all that the draft's cards may refer to."""
    return CheckContext(
        agent_ids=frozenset(Agent.objects.values_list("pk", flat=True)),
        team_ids=frozenset(Team.objects.values_list("pk", flat=True)),
        is_prime=get_installation().is_prime,
        has_rules=has_rules,
        document_ids=frozenset(Document.objects.values_list("pk", flat=True)),
        list_ids=frozenset(LeadList.objects.values_list("pk", flat=True)),
        flows=_list_flows(),
        flow_id=dialogue.pk if dialogue.kind == Dialogue.Kind.FLOW else None,
    )


def _list_flows() -> dict[int, Stream]:
    flows = Dialogue.objects.filter(kind=Dialogue.Kind.FLOW, status=Dialogue.Status.PUBLISHED)
    frozen = flows.values_list("pk", "published_version__stream")
    return {flow_id: parse_stream(stream, frozen=True) for flow_id, stream in frozen}


def freeze_stream(dialogue: Dialogue) -> dict[str, Any]:
    """Return the draft's stream as publishing freezes it: the flows that it runs are in it, as they are
    published now (DG-20). Raises StreamInvalid.
    """
    stream = parse_stream(dialogue.stream)
    return dump_stream(expand_flows(stream, _list_flows())) if get_flow_ids(stream) else dialogue.stream


def is_draft_changed(dialogue: Dialogue) -> bool:
    """Whether publishing would make a new version: stream or settings differ from the published ones, or
    nothing was published yet. Priority isn't among them, it acts at once (DG-02).
    """
    version = dialogue.published_version
    if version is None:
        return True
    try:
        return bool((version.stream, version.setup) != (freeze_stream(dialogue), freeze_setup(dialogue)))
    except InvalidInput:
        return True


@transaction.atomic
def publish_dialogue(
    *,
    dialogue_id: int,
    user: User | None,
    has_rules: bool = True,
    revision: int | None = None,
    now: datetime | None = None,
) -> DialogueVersion:
    """Freeze the draft as the version that visitors get from now on (DG-02, DG-13).

    Repeatable: a draft that is the newest version already gets no further one. ``revision`` is that of the
    draft that was read, where it may be no other: raises DraftConflict then. Raises StreamInvalid and
    DialogueNotPublishable.
    """
    dialogue = Dialogue.objects.select_for_update(no_key=True).get(pk=dialogue_id)
    if revision is not None and revision != dialogue.draft_revision:
        raise DraftConflict(dialogue)
    faults = check_dialogue(dialogue=dialogue, has_rules=has_rules)
    if not publishable(faults):
        raise DialogueNotPublishable(faults)
    dialogue.published_version = _freeze(dialogue, user, now or timezone.now())
    dialogue.status = Dialogue.Status.PUBLISHED
    dialogue.save(update_fields=["published_version", "status", "changed_at"])
    return dialogue.published_version


@transaction.atomic
def unpublish_dialogue(*, dialogue_id: int) -> None:
    """Show the dialogue to no further visitor; who is in it goes on (DG-02). Repeatable."""
    dialogue = Dialogue.objects.select_for_update(no_key=True).get(pk=dialogue_id)
    if dialogue.status == Dialogue.Status.PUBLISHED:
        dialogue.status = Dialogue.Status.UNPUBLISHED
        dialogue.save(update_fields=["status", "changed_at"])


@transaction.atomic
def delete_dialogue(*, dialogue_id: int) -> None:
    """Delete a dialogue that no visitor has met, with its versions. Raises DialogueInUse."""
    dialogue = Dialogue.objects.select_for_update().get(pk=dialogue_id)
    if Conversation.objects.filter(version__dialogue=dialogue).exists():
        raise DialogueInUse
    dialogue.status, dialogue.published_version = Dialogue.Status.DRAFT, None
    dialogue.save(update_fields=["status", "published_version"])
    dialogue.versions.all().delete()
    dialogue.delete()


def _freeze(dialogue: Dialogue, user: User | None, now: datetime) -> DialogueVersion:
    newest = dialogue.versions.order_by("-number").first()
    stream, setup = freeze_stream(dialogue), freeze_setup(dialogue)
    if newest is not None and (newest.stream, newest.setup) == (stream, setup):
        return newest
    return DialogueVersion.objects.create(
        dialogue=dialogue,
        number=newest.number + 1 if newest else 1,
        stream=stream,
        setup=setup,
        published_at=now,
        published_by=user,
    )
