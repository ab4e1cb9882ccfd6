"""The audit log, to read (S20)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.admin_permissions import PermittedAdmin, show_moment
from config.lib.conditions import ConditionsInvalid, describe, parse_conditions
from config.lib.richtext import to_plain_text

from .models import Change

# Longer values are cut in the list, and whole on the change's own page.
LIST_LENGTH = 120
CONDITIONS = ("conditions", "audience")
RICH_TEXTS = ("fallback_html",)
# Of fields that no form shows, and that have no name for people of their own.
FIELD_NAMES = {
    "published_version": _("published version"),
    "identity_secret": _("secret"),
    "former_identity_secret": _("former secret"),
}


class KindFilter(admin.SimpleListFilter):
    """By what was changed, under the names that people know."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        kinds = Change.objects.order_by().values_list("kind", flat=True).distinct()
        return sorted(((kind, name_kind(kind)) for kind in kinds), key=lambda choice: choice[1])

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Change)
class ChangeAdmin(PermittedAdmin):
    """Read-only, for superusers too."""

    viewers = ("manage_privacy_and_security", "manage_agents")
    list_display = ("when", "who", "what", "about", "in_short")
    list_filter = (KindFilter, "action", "at", ("actor", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("actor",)
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("object_name", "actor_name", "words")
    search_help_text = _("Who did it, or the name of what was changed.")
    ordering = ("-id",)
    actions = None
    fields = readonly_fields = ("when", "who", "what", "about", "in_full")

    class Media:
        css = {"all": ("audit/changes.css",)}

    @admin.display(description=_("when (UTC)"), ordering="at")
    def when(self, change: Change) -> str:
        return show_moment(change.at)

    @admin.display(description=_("who"), ordering="actor_name")
    def who(self, change: Change) -> str:
        # As they are called now; who is gone, as they were called then.
        return str(change.actor or change.actor_name or gettext("The system"))

    @admin.display(description=_("what was done"), ordering="action")
    def what(self, change: Change) -> str:
        return change.get_action_display()

    @admin.display(description=_("of what"), ordering="object_name")
    def about(self, change: Change) -> str:
        kind = name_kind(change.kind)
        # Of the settings there is one row only, which is named as its kind.
        is_named = change.object_name and not change.kind.startswith("installation.")
        return f"{kind}: {change.object_name}" if is_named else kind

    @admin.display(description=_("changes"))
    def in_short(self, change: Change) -> SafeString | str:
        return show_values(change, length=LIST_LENGTH)

    @admin.display(description=_("changes"))
    def in_full(self, change: Change) -> SafeString | str:
        return show_values(change, length=None)


def name_kind(kind: str) -> str:
    """What people call rows of this kind; its label where the product has them no more."""
    model = _get_model(kind)
    return str(model._meta.verbose_name).capitalize() if model else kind


def show_values(change: Change, *, length: int | None) -> SafeString | str:
    """Each field with what it was and what it is; of lists what came and what went."""
    if not change.values:
        return change.words
    lines = (
        (name_field(change.kind, name), _show_pair(change, name, pair, length))
        for name, pair in change.values.items()
    )
    listed = format_html_join("", "<li><b>{}:</b> {}</li>", lines)
    return format_html('<ul class="changed-values">{}</ul>', listed)


def _show_pair(change: Change, name: str, pair: list[Any], length: int | None) -> SafeString:
    before, after = pair
    if isinstance(before, list | None) and isinstance(after, list | None):
        return _show_lists(before or [], after or [], length)
    said = [say_value(change.kind, name, value) for value in pair]
    # What differs in its markup alone is shown with it.
    shown = [_cut(str(words), length) for words in (pair if said[0] == said[1] else said)]
    if change.action == Change.Action.ADDED:
        return format_html("<ins>{}</ins>", shown[1])
    if change.action == Change.Action.DELETED:
        return format_html("<del>{}</del>", shown[0])
    return format_html('<del>{}</del> <span aria-hidden="true">→</span> <ins>{}</ins>', *shown)


def _show_lists(before: list[Any], after: list[Any], length: int | None) -> SafeString:
    came = _cut(_join(one for one in after if one not in before), length)
    went = _cut(_join(one for one in before if one not in after), length)
    parts = [
        *([format_html("<ins>{}</ins>", gettext("added %(names)s") % {"names": came})] if came else []),
        *([format_html("<del>{}</del>", gettext("removed %(names)s") % {"names": went})] if went else []),
    ]
    return format_html_join(" ", "{}", ((part,) for part in parts))


def _join(values: Iterable[Any]) -> str:
    return ", ".join(str(value) for value in values)


def name_field(kind: str, name: str) -> str:
    """The field's name for people."""
    if name in FIELD_NAMES:
        return str(FIELD_NAMES[name])
    model = _get_model(kind)
    try:
        field: Any = model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return name
    if field is None:
        return name
    own = getattr(field, "verbose_name", None) or field.related_model._meta.verbose_name_plural
    return str(own)


def say_value(kind: str, name: str, value: Any) -> str:
    """A value as people read it: in words what is stored as a code, and nothing as a dash."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, dict | list):
        return _say_json(name, value)
    if name in RICH_TEXTS:
        return to_plain_text(value)
    model = _get_model(kind)
    field = next((one for one in model._meta.concrete_fields if one.name == name), None) if model else None
    choices: Any = getattr(field, "flatchoices", None) or ()
    return str(dict(choices).get(value, value))


def _say_json(name: str, value: Any) -> str:
    if name in CONDITIONS:
        try:
            return describe(parse_conditions(value))
        except ConditionsInvalid:
            pass
    return json.dumps(value, ensure_ascii=False)


def _cut(text: str, length: int | None) -> str:
    return text if length is None else Truncator(text).chars(length)


def _get_model(kind: str) -> type[models.Model] | None:
    try:
        return apps.get_model(kind)
    except (LookupError, ValueError):
        return None
