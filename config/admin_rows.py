"""Rows of fields in a table: the head of a column is no label, so each field says what it is (LC-52)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.models import BaseInlineFormSet, BaseModelFormSet

# The classes are generic for the type checker only.
if TYPE_CHECKING:
    _FormSet = forms.BaseFormSet[Any]
    _ModelFormSet = BaseModelFormSet[Any, Any]
    _InlineFormSet = BaseInlineFormSet[Any, Any, Any]
else:
    _FormSet, _ModelFormSet, _InlineFormSet = object, BaseModelFormSet, BaseInlineFormSet


class _NamedFields(_FormSet):
    def add_fields(self, form: Any, index: int | None) -> None:
        """Name each field by its column, and by its row where that is there already."""
        super().add_fields(form, index)
        row = f", {form.instance}" if form.instance.pk else ""
        for field in form.fields.values():
            # Django puts a select between links to its rows; the attributes are those of the select.
            widget = getattr(field.widget, "widget", field.widget)
            if not widget.is_hidden:
                widget.attrs.setdefault("aria-label", f"{field.label}{row}")


class NamedList(_NamedFields, _ModelFormSet):
    """The fields of a list that is edited in place."""


class NamedRows(_NamedFields, _InlineFormSet):
    """The rows of an inline."""
