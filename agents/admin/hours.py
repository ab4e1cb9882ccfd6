"""The weekly hours on a user's page."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agents.models import ScheduleBlock
from agents.policy import (
    Block,
    find_overlapping_stretches,
    is_over_midnight,
    join_over_midnight,
    split_at_midnight,
)
from config.admin_permissions import ModelForm, PermittedInline
from config.admin_rows import NamedRows

_CHANGED = _(
    "Somebody changed these hours meanwhile, so nothing was saved. "
    "Reload the page to see them as they are now."
)


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
        help_texts = {
            "ends": _("00:00 is midnight; a time before the start is on the next day, as in 22:00 to 06:00.")
        }

    def _get_validation_exclusions(self) -> set[str]:
        """A row of the database is within its day; what goes on over midnight becomes two of them."""
        names: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        starts, ends = self.cleaned_data.get("starts"), self.cleaned_data.get("ends")
        return names | {"ends"} if starts and ends and is_over_midnight(starts, ends) else names


class HoursFormSet(NamedRows):
    """Says at the row which other row it overlaps (LC-11). Hours over midnight, which are kept as two blocks,
    are one row.
    """

    def get_queryset(self) -> Any:
        """The rows as somebody typed them; nothing of this is saved as it stands here."""
        if not hasattr(self, "_stretches"):
            self._stretches = _join(super().get_queryset())
        return self._stretches

    def clean(self) -> None:
        super().clean()
        if any(form.has_error("id") for form in self.forms):
            raise forms.ValidationError(_CHANGED)
        forms_left = [form for form in self.forms if self._is_block(form)]
        # Read before the first error: a field that is wrong has no value any more.
        stretches = [_read_block(form) for form in forms_left]
        for first, second in find_overlapping_stretches(stretches):
            words = {"other": _describe(stretches[first])}
            forms_left[second].add_error("starts", _("Overlaps with %(other)s.") % words)
        if any(form.errors for form in forms_left):
            # Rows are validated before this; without it their new errors would not stop the saving.
            self._errors = [form.errors for form in self.forms]

    def get_blocks(self) -> list[Block]:
        """The hours as they are to be, without the rows that are to go."""
        left = [_read_block(form) for form in self.forms if self._is_block(form)]
        return [block for stretch in left for block in split_at_midnight(stretch)]

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


def _join(rows: Iterable[ScheduleBlock]) -> list[ScheduleBlock]:
    kept = list(rows)
    blocks = [Block(weekday=row.weekday, starts=row.starts, ends=row.ends) for row in kept]
    ends = {(stretch.weekday, stretch.starts): stretch.ends for stretch in join_over_midnight(blocks)}
    stretches = [row for row in kept if (row.weekday, row.starts) in ends]
    for row in stretches:
        row.ends = ends[row.weekday, row.starts]
    return stretches


def _read_block(form: ModelForm) -> Block:
    return Block(**{name: form.cleaned_data[name] for name in ("weekday", "starts", "ends")})


def _describe(block: Block) -> str:
    return f"{ScheduleBlock.Weekday(block.weekday).label} {block.starts:%H:%M}–{block.ends:%H:%M}"
