"""What the admin shows of a row is named for people, in every language, and not by its column."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.admin import site
from django.contrib.admin.utils import flatten, flatten_fieldsets
from django.core.exceptions import FieldDoesNotExist
from django.db.models import ForeignObjectRel, Model
from django.utils.functional import Promise

pytestmark = pytest.mark.req("LC-50")

OURS = ("agents", "audit", "chat", "routing", "installation")
PAGES = {model: page for model, page in site._registry.items() if model._meta.app_label in OURS}


def list_shown(page: Any) -> Iterator[tuple[type[Model], str]]:
    """Each name that a page mentions, as a field of its own model or of an inline's."""
    filters = [each[0] if isinstance(each, tuple) else each for each in page.list_filter]
    names = [*page.list_display, *flatten(page.fields or ()), *page.readonly_fields, *filters]
    names += flatten_fieldsets(page.fieldsets or ())
    yield from ((page.model, name) for name in names if isinstance(name, str) and not hasattr(page, name))
    for inline in page.inlines:
        yield from ((inline.model, name) for name in flatten(inline.fields or ()))


def find_unnamed(model: type[Model], name: str) -> str:
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return ""
    if isinstance(field, ForeignObjectRel):
        return ""  # named by the model at its other end
    is_named = isinstance(field.verbose_name, Promise) or field.auto_created
    return "" if is_named else f"{model.__name__}.{name}"


@pytest.mark.parametrize("model", PAGES, ids=lambda model: model.__name__)
def test_every_field_that_a_page_shows_has_a_name_for_people(model: type[Model]) -> None:
    shown = [find_unnamed(*each) for each in list_shown(PAGES[model])]
    assert [name for name in shown if name] == []
