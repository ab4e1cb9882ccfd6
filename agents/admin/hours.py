"""The weekly hours on a user's page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agents.models import ScheduleBlock
from agents.policy import Block, find_overlaps
from config.admin_permissions import ModelForm, PermittedInline
from config.admin_rows import NamedRows


class ClockInput(forms.TimeInput):
    """The browser's own clock: it fits the device, and needs no script."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class HoursForm(ModelForm):
    class Meta:
        model = ScheduleBlock
        fields = ("weekday", "starts", "ends")
        widgets = {"starts": ClockInput, "ends": ClockInput}


class HoursFormSet(NamedRows):
    """Says at the row which other row it overlaps (LC-11)."""

    def clean(self) -> None:
        super().clean()
        forms_left = [form for form in self.forms if self._is_block(form)]
        blocks = self.get_blocks()
        for first, second in find_overlaps(blocks):
            words = _("Overlaps with %(other)s.") % {"other": _describe(blocks[first])}
            forms_left[second].add_error("starts", words)
        if any(form.errors for form in forms_left):
            # Rows are validated before this; without it their new errors would not stop the saving.
            self._errors = [form.errors for form in self.forms]

    def get_blocks(self) -> list[Block]:
        """The hours as they are to be, without the rows that are to go."""
        return [_read_block(form.cleaned_data) for form in self.forms if self._is_block(form)]

    def _is_block(self, form: ModelForm) -> bool:
        data = getattr(form, "cleaned_data", None)
        if not data or form in self.deleted_forms:
            return False
        return all(data.get(field) is not None for field in ("weekday", "starts", "ends"))


class HoursInline(PermittedInline):
    editors = ("manage_agents",)
    model = ScheduleBlock
    form = HoursForm
    formset = HoursFormSet
    verbose_name = _("block of hours")
    verbose_name_plural = _("hours in which this person takes live chats, in the time zone above")


def _read_block(data: dict[str, Any]) -> Block:
    return Block(weekday=data["weekday"], starts=data["starts"], ends=data["ends"])


def _describe(block: Block) -> str:
    return f"{ScheduleBlock.Weekday(block.weekday).label} {block.starts:%H:%M}–{block.ends:%H:%M}"
