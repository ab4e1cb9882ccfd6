"""The list of rules as an order: each one's place, and putting them in another one (LC-17)."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.http import HttpRequest, JsonResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from config.lib.errors import ConflictError, InvalidInput
from routing.models import Rule
from routing.selectors.rule_order import list_rule_numbers
from routing.services.rule_order import Shown, order_rules

if TYPE_CHECKING:
    _Changes = ChangeList
    _Admin = admin.ModelAdmin[Rule]

# Ids by commas, of as many rules as a page can show at most.
_LONGEST = 20_000


class Places:
    """Each rule's place, from 1; read once, when the first is shown."""

    def show(self, rule: Rule) -> SafeString:
        """The place, with what the script needs to know of the row."""
        # A rule that was added since the places were read is none of them yet.
        place = self._by_rule.get(rule.pk, len(self._by_rule) + 1)
        html = '<span class="rule-place" data-rule="{}" data-name="{}"><b>{}</b></span>'
        return format_html(html, rule.pk, rule.name, place)

    @cached_property
    def _by_rule(self) -> dict[int, int]:
        return {pk: place for place, pk in enumerate(list_rule_numbers(), start=1)}


def describe_order(changes: _Changes, *, may_change: bool) -> dict[str, Any]:
    """What the list says of its order: whether rules can be moved in it, and if not, why."""
    is_in_order = ORDER_VAR not in changes.params and not changes.query and not changes.has_active_filters
    total: int = changes.result_count if is_in_order else 0
    shown = len(changes.result_list)
    return {
        "is_in_order": is_in_order,
        "may_move": may_change and is_in_order and total > 1,
        "may_change": may_change,
        "before": 0 if changes.show_all else (changes.page_num - 1) * changes.list_per_page,
        "total": total,
        "is_one_page": shown == total,
        "may_show_all": changes.can_show_all,
        "words": get_order_words(),
    }


def pair_forms(changes: _Changes) -> bool:
    """Put the forms of a refused list beside their rules again: Django takes it that none has moved since.

    False where that can't be: other rules are in the list now than those that were sent.
    """
    formset = changes.formset
    if formset is None or not formset.is_bound:
        return True
    forms = {form.instance.pk: form for form in formset.forms}
    ids = [rule.pk for rule in changes.result_list]
    if forms.keys() != {*ids}:
        return False
    formset.forms = [forms[pk] for pk in ids]
    return True


def get_order_words() -> dict[str, str]:
    """Every sentence that the script says. ``{name}`` is filled in there."""
    return {
        "up": gettext("Move “{name}” up"),
        "down": gettext("Move “{name}” down"),
        "moved": gettext("“{name}” is now in place {place} of {total}."),
        "first": gettext("“{name}” is the first one here already."),
        "last": gettext("“{name}” is the last one here already."),
        "back": gettext("“{name}” is back in place {place}."),
        "failed": gettext(
            "The new order couldn't be saved, and the rules are back where they were. "
            "Reload the page and try again."
        ),
    }


def save_order(page: _Admin, request: HttpRequest) -> JsonResponse:
    """Put the rules in the order that was sent; answers with the numbers they have then."""
    try:
        shown = Shown(_read_ids(request, "shown"), _read(request, "before"), _read(request, "total"))
        wanted = _read_ids(request, "wanted")
        changed = order_rules(shown=shown, wanted=wanted, by=request.user)
    except InvalidInput as error:
        return JsonResponse({"message": str(error)}, status=400)
    except ConflictError as error:
        return JsonResponse({"message": str(error)}, status=409)
    for rule in changed:
        page.log_change(request, rule, [{"changed": {"fields": ["priority"]}}])
    numbers = list_rule_numbers()
    return JsonResponse({"numbers": {pk: numbers[pk] for pk in wanted if pk in numbers}})


def _read_ids(request: HttpRequest, name: str) -> list[int]:
    text = request.POST.get(name, "")
    if len(text) > _LONGEST:
        raise InvalidInput
    return [_read_number(part) for part in text.split(",") if part]


def _read(request: HttpRequest, name: str) -> int:
    return _read_number(request.POST.get(name, ""))


def _read_number(text: str) -> int:
    # What the database's largest number holds.
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise InvalidInput
    return int(text)
