"""Published versions as the designer compares them: streams as they are, settings in words."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.models import Dialogue, DialogueVersion, LeadList
from chat.services.setups import freeze_setup
from chat.streams import fold_flows
from config.lib.conditions import ConditionsInvalid, describe, parse_conditions
from config.lib.errors import InvalidInput

_CHOICES: Mapping[str, Any] = {
    "language": dict(settings.VISITOR_LANGUAGES),
    "start_on": dict(Dialogue.Start.choices),
    "look": dict(Dialogue.Look.choices),
}
_LABELS: Mapping[str, Any] = {
    "language": gettext_lazy("Language"),
    "audience": gettext_lazy("Audience"),
    "include": gettext_lazy("Pages"),
    "exclude": gettext_lazy("But not on"),
    "events": gettext_lazy("Shown when"),
    "poke": gettext_lazy("First words beside the button"),
    "slug": gettext_lazy("Short name"),
    "start_on": gettext_lazy("Starts"),
    "selector": gettext_lazy("Element"),
    "look": gettext_lazy("Look"),
    "has_landing_page": gettext_lazy("Landing page"),
    "landing_title": gettext_lazy("Title of the landing page"),
    "landing_text": gettext_lazy("Text of the landing page"),
}


def list_versions(dialogue: Dialogue) -> dict[str, Any]:
    """Return the draft's settings and every version, newest first: three queries."""
    lists = {str(pk): name for pk, name in LeadList.objects.values_list("pk", "name")}
    rows = dialogue.versions.select_related("published_by")
    return {
        "setup": describe_setup(_read_draft(dialogue), lists),
        "versions": [_show(version, dialogue, lists) for version in rows],
    }


def _read_draft(dialogue: Dialogue) -> Mapping[str, Any]:
    try:
        return freeze_setup(dialogue)
    except InvalidInput:
        return {}


def _show(version: DialogueVersion, dialogue: Dialogue, lists: Mapping[str, str]) -> dict[str, Any]:
    is_live = dialogue.status == Dialogue.Status.PUBLISHED and dialogue.published_version_id == version.pk
    return {
        "number": version.number,
        "at": date_format(localtime(version.published_at), "DATETIME_FORMAT"),
        "by": version.published_by.display_name if version.published_by else "",
        "isLive": is_live,
        "stream": fold_flows(version.stream),
        "setup": describe_setup(version.setup, lists),
    }


def describe_setup(setup: Mapping[str, Any], lists: Mapping[str, str]) -> dict[str, str]:
    """Return a version's settings as people read them, by their labels."""
    return {str(_LABELS[name]): _say(name, value, lists) for name, value in setup.items() if name in _LABELS}


def _say(name: str, value: Any, lists: Mapping[str, str]) -> str:
    if name in _CHOICES:
        return str(_CHOICES[name].get(value, value))
    if name == "audience":
        return _say_audience(value, lists)
    if name == "events":
        return _say_events(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "\n".join(value) if isinstance(value, list | tuple) else str(value)


def _say_audience(audience: Mapping[str, Any], lists: Mapping[str, str]) -> str:
    try:
        group = parse_conditions(audience or {})
    except ConditionsInvalid:
        return str(audience)
    return describe(group, lists) if group.items else _("everybody")


def _say_events(events: Mapping[str, int | None]) -> str:
    words = {
        "page": _("more than %(number)d seconds on the page"),
        "site": _("more than %(number)d seconds on the website"),
        "scroll": _("more than %(number)d %% scrolled"),
    }
    return ", ".join(words[name] % {"number": number} for name, number in events.items() if number)
