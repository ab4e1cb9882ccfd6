"""Publishing dialogues."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import Agent, Team, User
from chat.models import Conversation, Dialogue, DialogueVersion
from chat.streams import CheckContext, Fault, check_stream, parse_stream, publishable
from config.installation.selectors import get_installation
from config.lib.errors import ConflictError, InvalidInput


class DialogueNotPublishable(InvalidInput):
    """The stream has errors; `faults` holds all that was found, advice too (DG-13)."""

    code = "dialogue_not_publishable"
    message = _("This dialogue can't be published before the faults in its stream are mended.")

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(field="stream")


class DialogueInUse(ConflictError):
    """Visitors have had conversations in it; deleting it would delete what was said."""

    code = "dialogue_in_use"
    message = _("Visitors have had conversations in this dialogue, so it is kept. Unpublish it instead.")


def check_dialogue(*, dialogue: Dialogue, has_rules: bool = True) -> list[Fault]:
    """Say everything that is wrong with the draft, and all advice (DG-13). Raises StreamInvalid.

    Whether there are custom rules is for the caller to say: this app comes before them.
    """
    context = CheckContext(
        agent_ids=frozenset(Agent.objects.values_list("pk", flat=True)),
        team_ids=frozenset(Team.objects.values_list("pk", flat=True)),
        is_prime=get_installation().is_prime,
        has_rules=has_rules,
    )
    return check_stream(parse_stream(dialogue.stream), context)


@transaction.atomic
def publish_dialogue(
    *, dialogue_id: int, user: User | None, has_rules: bool = True, now: datetime | None = None
) -> DialogueVersion:
    """Freeze the draft as the version that visitors get from now on (DG-02, DG-13).

    Repeatable: a draft that is the newest version already gets no
    further one. Raises StreamInvalid and DialogueNotPublishable.
    """
    dialogue = Dialogue.objects.select_for_update(no_key=True).get(pk=dialogue_id)
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
    if newest is not None and newest.stream == dialogue.stream:
        return newest
    return DialogueVersion.objects.create(
        dialogue=dialogue,
        number=newest.number + 1 if newest else 1,
        stream=dialogue.stream,
        published_at=now,
        published_by=user,
    )
