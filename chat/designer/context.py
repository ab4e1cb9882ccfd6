"""What the designer's page is told when it opens; a constant number of queries."""

from typing import Any

import msgspec
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.translation import get_language_bidi

from agents.models import Team
from agents.selectors import list_agents
from chat.designer.access import get_access
from chat.designer.checks import check_draft
from chat.designer.words import get_words
from chat.forms import get_branch_words
from chat.models import Dialogue, Document, LeadList
from chat.services.dialogues import is_draft_changed
from chat.streams import CARD_TYPES, card_form_schema
from config.admin_permissions import holds
from config.installation.selectors import get_installation
from config.lib.conditions import KNOWN_ATTRIBUTES

ACTIONS = ("check", "save", "draft", "versions", "restore", "duplicate", "export", "preview", "change")


def get_page_config(request: HttpRequest, dialogue: Dialogue) -> dict[str, Any]:
    """Return everything the scripts need, as JSON data."""
    return {
        "id": dialogue.pk,
        "name": dialogue.name,
        "kind": dialogue.kind,
        "csrf": get_token(request),
        "words": get_words(),
        "schema": get_schema(),
        "choices": get_choices(dialogue),
        "attributes": [[name, str(label)] for name, label in KNOWN_ATTRIBUTES.items()],
        "conditions": get_branch_words(),
        "isPrime": get_installation().is_prime,
        "isRtl": get_language_bidi(),
        "may": {
            "edit": holds(request, [get_access(dialogue).edit]),
            "publish": holds(request, [get_access(dialogue).publish]),
        },
        "urls": get_urls(dialogue),
        "draft": show_draft(dialogue),
        "faults": check_draft(dialogue),
    }


def get_schema() -> list[dict[str, Any]]:
    """The card types' forms, each with the values that hold where a card doesn't say."""
    return [
        {**form, "defaults": get_defaults(card)}
        for form, card in zip(card_form_schema(), CARD_TYPES, strict=True)
    ]


def get_defaults(card: type[msgspec.Struct]) -> dict[str, Any]:
    """What is plain of a card's defaults."""
    fields = msgspec.structs.fields(card)
    plain = {field.name: field.default for field in fields if isinstance(field.default, str | bool | int)}
    return {name: value for name, value in plain.items() if value != ""}


def get_choices(dialogue: Dialogue) -> dict[str, list[dict[str, Any]]]:
    """What a card can refer to, by the kind of its field."""
    flows = Dialogue.objects.filter(kind=Dialogue.Kind.FLOW, status=Dialogue.Status.PUBLISHED)
    return {
        "agent": [{"value": agent.pk, "label": agent.display_name} for agent in list_agents()],
        "team": _name(Team.objects.order_by("name")),
        "document": _name(Document.objects.all()),
        "lists": _name(LeadList.objects.all()),
        "flow": _name(flows.exclude(pk=dialogue.pk).order_by("name")),
    }


def get_urls(dialogue: Dialogue) -> dict[str, str]:
    """Addresses of what the page asks for; under the dialogue's own pages, or the flow's."""
    urls = {action: reverse(f"admin:{page_name(dialogue, action)}", args=[dialogue.pk]) for action in ACTIONS}
    switches = {name: page_name(dialogue, f"designer_{name}") for name in ("publish", "unpublish")}
    urls["list"] = reverse(f"admin:{page_name(dialogue, 'changelist')}")
    return {**urls, **{name: reverse(f"admin:{page}", args=[dialogue.pk]) for name, page in switches.items()}}


def page_name(dialogue: Dialogue, page: str) -> str:
    """The name of one of its pages in the admin."""
    return f"chat_{dialogue.kind}_{page}"


def show_draft(dialogue: Dialogue) -> dict[str, Any]:
    """Return the draft as it is now, and who changed it last."""
    version = dialogue.published_version
    return {
        "stream": dialogue.stream,
        "revision": dialogue.draft_revision,
        "changedBy": dialogue.changed_by.display_name if dialogue.changed_by else "",
        "changedAt": dialogue.changed_at.isoformat(),
        "status": dialogue.status,
        "version": version.number if version else None,
        "differs": is_draft_changed(dialogue),
    }


def _name(rows: Any) -> list[dict[str, Any]]:
    return [{"value": pk, "label": name} for pk, name in rows.values_list("pk", "name")]
