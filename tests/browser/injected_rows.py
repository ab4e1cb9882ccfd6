"""Mallory among the staff: every text that colleagues write, full of injections.

Made in the demo's settings, before it starts: pages must hold against insiders too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Field, Model, TextField
from django.utils import timezone

from agents.models import Team, User
from chat.models import CannedReply, Dialogue, Document, Lead, LeadList
from chat.services.dialogues import publish_dialogue
from config.audit.models import Change
from config.installation.models import Installation
from config.lib.richtext import clean_rich_text
from routing.models import Account, Rule
from tests.browser.corpus import NAME, compose

OURS = ("audit", "configuration", "installation", "agents", "chat", "routing")
# Whose texts staff write.
STAFF: tuple[type[Model], ...] = (
    *(User, Team, Group, CannedReply, Dialogue, Document, LeadList, Account, Rule, Change, Installation),
)
# In which nobody's words can be: made up by programs, names that the code looks for, or of a fixed shape
# that is checked where they are written.
NOBODYS = {
    *("agents.User.password", "agents.Device.session_key", "agents.Presence.socket_id"),
    *("chat.VisitorPresence.socket_id", "chat.Visitor.key_hash", "chat.Trigger.session_hash"),
    *("chat.LiveChat.agent_avatar", "chat.Note.client_id", "chat.Attachment.content_type"),
    *("installation.Installation.identity_secret", "installation.Installation.former_identity_secret"),
    *("routing.RobinPointer.scope", "routing.RuleVersion.digest", "agents.ProfileSetup.profile"),
    *("audit.Change.kind", "audit.Change.object_id", "routing.Decision.reason", "routing.Offer.outcome"),
    *("routing.Offer.via", "routing.Transfer.outcome", "agents.User.time_zone", "agents.User.username"),
    *("chat.CannedReply.code", "chat.Conversation.awaiting_card", "chat.LiveChat.card_id"),
    *("chat.GoalReached.card_id", "chat.DocumentReading.card_id", "chat.Sighting.origin"),
    *("chat.Dialogue.slug", "chat.Dialogue.start_selector", "chat.Dialogue.target_include"),
    *("chat.Dialogue.target_exclude", "routing.Account.domain", "routing.Account.name_key"),
    *("installation.Installation.accent", "installation.Installation.privacy_url"),
    *("installation.Installation.allowed_domains", "installation.Installation.blocked_email_domains"),
}
# In a stream, what isn't words.
_NO_WORDS = {"type", "id", "next", "start", "attribute", "kind", "option", "otherwise", "value", "url"}
STAFFS_EMAIL = '"<b/onclick=mallory()>"@mallory.example'
_turns = count()


def fill_in() -> None:
    """Make what the example company lacks, then rewrite everything."""
    boss = User.objects.get(is_superuser=True)
    CannedReply.objects.create(code=NAME, title=NAME, text=NAME, is_approved=True)
    LeadList.objects.create(name=NAME)
    Lead.objects.create(email=f"staff@{NAME}.example").lists.set(LeadList.objects.all())
    for row in _list_rows(STAFF):
        _rewrite(row)
    Installation.objects.update(fallback_html=clean_rich_text(compose(4_000)))
    Change.objects.update(values={compose(40): [compose(300), [compose(300, 3)]]}, actor=boss)
    _rewrite_conditions()
    _rewrite_streams(boss)
    _write_history(boss)


def list_texts(model: type[Model]) -> list[Field[Any, Any]]:
    """Fields of free text that somebody's words can be in."""
    fields = [field for field in model._meta.concrete_fields if isinstance(field, CharField | TextField)]
    return [field for field in fields if not field.choices and str(field) not in NOBODYS]


def _rewrite(row: Model) -> None:
    fields = list_texts(type(row))
    for field in fields:
        room = (getattr(field, "max_length", None) or 4_000) - 6
        mark = f"{row.pk}" if field.unique else ""
        words = STAFFS_EMAIL if field.name == "email" else compose(room, next(_turns)) + mark
        setattr(row, field.attname, words)
    row.save(update_fields=[field.name for field in fields])


def _rewrite_conditions() -> None:
    never = {"attribute": "company", "operator": "in_list", "value": [compose(300), compose(300, 5)]}
    for rule in Rule.objects.all():
        rule.conditions = {"match": "any", "items": [never, *rule.conditions["items"]]}
        rule.save(update_fields=["conditions"])
    always = {"attribute": "plan", "operator": "is_empty"}
    Dialogue.objects.update(audience={"match": "any", "items": [never, always]})


def _rewrite_streams(boss: User) -> None:
    for dialogue in Dialogue.objects.order_by("-kind", "pk"):
        for card in dialogue.stream["cards"].values():
            _rewrite_words(card)
        dialogue.save(update_fields=["stream"])
        publish_dialogue(dialogue_id=dialogue.pk, user=boss)


def _rewrite_words(part: dict[str, Any]) -> None:
    for name, value in part.items():
        if isinstance(value, str) and name not in _NO_WORDS:
            part[name] = compose(100 if name in ("label", "name") else 1_500, next(_turns))
        for one in value if isinstance(value, list) else ():
            if isinstance(one, dict) and name != "assignments":
                _rewrite_words(one)


def _write_history(boss: User) -> None:
    """What the admin itself noted of every one of these rows."""
    LogEntry.objects.bulk_create(
        LogEntry(
            user=boss,
            content_type=ContentType.objects.get_for_model(row, for_concrete_model=False),
            object_id=str(row.pk),
            object_repr=compose(200, next(_turns)),
            action_flag=CHANGE,
            change_message=compose(1_000, next(_turns)),
            action_time=timezone.now(),
        )
        for row in _list_rows(_list_models())
    )


def _list_rows(models: Iterable[type[Model]]) -> Iterator[Model]:
    """A hundred of each are as good as all."""
    for model in models:
        yield from model._default_manager.all()[:100]


def _list_models() -> list[type[Model]]:
    """Those that the admin keeps a history of, under their own names."""
    return [model for model in apps.get_models() if model._meta.concrete_model in STAFF]
