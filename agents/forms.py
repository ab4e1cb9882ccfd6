"""The forms of an agent's own settings."""

import zoneinfo
from datetime import time
from typing import Any

from django import forms
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from config.lib.file_inputs import LimitedFileInput
from config.lib.pictures import MAX_INPUT_BYTES

from .errors import TooManyGuesses
from .models import Preferences, ScheduleBlock, User
from .policy import (
    Block,
    BlockInvalid,
    check_block,
    find_overlapping_stretches,
    is_over_midnight,
    join_over_midnight,
    split_at_midnight,
)
from .selectors import get_schedule
from .services.passwords import check_password

MOST_BLOCKS = 70


class DetailsForm(forms.ModelForm):  # type: ignore[type-arg]
    """Name, title and picture; the view saves them through the services."""

    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_("PNG, JPEG, WebP or GIF up to 5 MB. It is cut square; visitors see it in the chat."),
        widget=LimitedFileInput(
            accept="image/png,image/jpeg,image/webp,image/gif", most_bytes=MAX_INPUT_BYTES
        ),
    )
    remove_picture = forms.BooleanField(label=_("Remove the picture"), required=False)

    class Meta:
        model = User
        fields = ["first_name", "last_name", "job_title"]
        widgets = {
            "first_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "last_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
            "job_title": forms.TextInput(attrs={"autocomplete": "organization-title"}),
        }

    def clean_picture(self) -> Any:
        picture = self.cleaned_data["picture"]
        if picture and picture.size > MAX_INPUT_BYTES:
            raise forms.ValidationError(_("This picture is larger than 5 MB. Choose a smaller one."))
        return picture


class PreferencesForm(forms.ModelForm):  # type: ignore[type-arg]
    """Sounds and notifications; the view saves them through the service."""

    class Meta:
        model = Preferences
        fields = [
            "offer_sound",
            "message_sound",
            "volume",
            "notify_offers",
            "notify_messages",
            "notify_content",
            "mail_missed",
        ]
        widgets = {
            "volume": forms.NumberInput(attrs={"type": "range", "min": 0, "max": 100, "step": 5}),
        }


class ZoneForm(forms.ModelForm):  # type: ignore[type-arg]
    """The time zone that the hours are meant in."""

    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    class Meta:
        model = User
        fields = ["time_zone"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {
            name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/")
        }
        # A zone that was set elsewhere stays on offer, so that saving doesn't change it.
        known = sorted(names | {self.instance.time_zone} - {""})
        field = self.fields["time_zone"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - says to the type checker what stands above
        field.choices = [("", "UTC"), *((name, name.replace("_", " ")) for name in known)]


class HoursForm(forms.Form):
    """One stretch that begins on a weekday, and may go on over midnight; left empty it is none."""

    weekday = forms.TypedChoiceField(
        coerce=int, choices=ScheduleBlock.Weekday.choices, widget=forms.HiddenInput
    )
    starts = forms.TimeField(label=_("From"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    ends = forms.TimeField(label=_("To"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors or not self.is_filled:
            return cleaned
        for name in ("starts", "ends"):
            if cleaned[name] is None:
                self.add_error(name, _("Give both times, or neither."))
        if not self.errors:
            self._check()
        return cleaned

    @property
    def is_filled(self) -> bool:
        return any(self.cleaned_data.get(name) is not None for name in ("starts", "ends"))

    @property
    def stretch(self) -> Block:
        return Block(**{name: self.cleaned_data[name] for name in ("weekday", "starts", "ends")})

    @property
    def is_over_midnight(self) -> bool:
        """For the page, whatever was typed."""
        starts, ends = (_read_clock(self[name].value()) for name in ("starts", "ends"))
        return starts is not None and ends is not None and is_over_midnight(starts, ends)

    def _check(self) -> None:
        try:
            for block in split_at_midnight(self.stretch):
                check_block(block)
        except BlockInvalid as error:
            self.add_error(error.field, str(error))


def _read_clock(value: object) -> time | None:
    try:
        return time.fromisoformat(str(value))
    except ValueError:
        return None


class BaseHoursFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    """A week's hours, any number of stretches a day, none of them overlapping (LC-11)."""

    def clean(self) -> None:
        if any(self.errors):
            return
        filled = self._filled
        # Read before the first error: a field that is wrong has no value any more.
        stretches = [form.stretch for form in filled]
        for first, second in find_overlapping_stretches(stretches):
            words = {"hours": _describe_beside(stretches[first], stretches[second])}
            filled[second].add_error("starts", _("These hours overlap with %(hours)s.") % words)

    def get_blocks(self) -> list[Block]:
        """The blocks of the stretches that were filled in; call it on a valid formset."""
        return [block for form in self._filled for block in split_at_midnight(form.stretch)]

    @property
    def _filled(self) -> list[HoursForm]:
        return [form for form in self.forms if form.is_filled]

    @property
    def days(self) -> list[dict[str, Any]]:
        """The rows by weekday, for the page."""
        return [
            {
                "number": number,
                "name": name,
                "rows": [form for form in self.forms if self._day_of(form) == number],
            }
            for number, name in ScheduleBlock.Weekday.choices
        ]

    def _day_of(self, form: forms.Form) -> int | None:
        value = str(form["weekday"].value())
        # A small raised 2 is a digit too, but no number.
        return int(value) if value.isdecimal() else None


HoursFormSet: Any = forms.formset_factory(
    HoursForm, formset=BaseHoursFormSet, extra=0, max_num=MOST_BLOCKS, absolute_max=MOST_BLOCKS
)


def _describe_beside(other: Block, own: Block) -> str:
    """A stretch in words, with its day where that isn't the one beside which it is read."""
    hours = f"{other.starts:%H:%M}–{other.ends:%H:%M}"
    same_day = other.weekday == own.weekday
    return hours if same_day else f"{ScheduleBlock.Weekday(other.weekday).label} {hours}"


def get_hours_initial(agent: User) -> list[dict[str, Any]]:
    """The agent's hours, and an empty row for each day on which none begin."""
    blocks = join_over_midnight(get_schedule(agent))
    rows = [
        {"weekday": block.weekday, "starts": f"{block.starts:%H:%M}", "ends": f"{block.ends:%H:%M}"}
        for block in blocks
    ]
    free = set(range(7)) - {block.weekday for block in blocks}
    return sorted(
        [*rows, *({"weekday": day} for day in free)], key=lambda row: (row["weekday"], row.get("starts", ""))
    )


class OwnPasswordForm(PasswordChangeForm):
    """A new password in place of the old one, which can't be guessed at for long (S9)."""

    required_css_class = "required"

    def __init__(self, request: HttpRequest, user: User, *args: Any, **kwargs: Any) -> None:
        self.request = request
        super().__init__(user, *args, **kwargs)

    def clean_old_password(self) -> str:
        old = str(self.cleaned_data["old_password"])
        try:
            is_right = check_password(user=self.user, password=old, request=self.request)
        except TooManyGuesses as error:
            raise forms.ValidationError(str(error), code=error.code) from error
        if not is_right:
            raise forms.ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return old
