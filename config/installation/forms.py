"""The form of the installation's settings: what can't be right is refused at its field, in words (LC-51)."""

import re
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from config.admin_permissions import ModelForm
from config.lib.richtext import RichTextInvalid, clean_rich_text

from .models import Installation

_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
_HOST = re.compile(rf"(?:\*\.)?(?:{_LABEL}\.)*{_LABEL}(?::[0-9]{{1,5}})?")
# What the databases can hold at most is no bound that an admin should read.
COLUMN_MAX = 2**31 - 1
BOUNDED = ("engagement_limit", "monthly_limit", "seat_limit", "accept_seconds", "idle_seconds")


class DomainLines(forms.CharField):
    """One domain a line, kept in lower case, each once and in order; a refusal names the lines."""

    widget = forms.Textarea

    def __init__(self, *, pattern: re.Pattern[str], hint: Any, **kwargs: Any) -> None:
        self.pattern, self.hint = pattern, hint
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        lines = [self.normalise(line) for line in (super().to_python(value) or "").splitlines()]
        wrong = [
            (number, line) for number, line in enumerate(lines, start=1) if line and not self.is_right(line)
        ]
        if wrong:
            raise forms.ValidationError([self.refuse(number, line) for number, line in wrong[:20]])
        return "\n".join(dict.fromkeys(line for line in lines if line))

    def normalise(self, line: str) -> str:
        return line.strip().lower().removeprefix("@").rstrip(".")

    def is_right(self, line: str) -> bool:
        return len(line) <= 260 and self.pattern.fullmatch(line) is not None

    def refuse(self, number: int, line: str) -> forms.ValidationError:
        return forms.ValidationError(
            _("Line %(number)d: “%(line)s” can't be used. %(hint)s"),
            code="domain",
            params={"number": number, "line": line[:100], "hint": self.hint},
        )


class InstallationForm(ModelForm):
    """Everything; the page takes away what the person may not change."""

    blocked_email_domains = DomainLines(
        pattern=_DOMAIN,
        hint=_("Write only the part after the @, for example example.com."),
        required=False,
        max_length=20_000,
        label=_("Blocked domains"),
        help_text=_("One domain a line, for example example.com."),
    )
    allowed_domains = DomainLines(
        pattern=_HOST,
        hint=_("Write only the host, without https:// and without a path: www.example.com or *.example.com."),
        required=False,
        max_length=20_000,
        label=_("Allowed domains"),
        help_text=_("One a line: www.example.com, or *.example.com for every subdomain."),
    )

    class Meta:
        model = Installation
        fields = "__all__"
        widgets = {"fallback_html": forms.Textarea(attrs={"data-rich-text": "", "rows": 6})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in BOUNDED:
            if name in self.fields:
                say_bounds(self.fields[name], name)

    def clean_fallback_html(self) -> str:
        try:
            return clean_rich_text(self.cleaned_data["fallback_html"])
        except RichTextInvalid as refusal:
            raise forms.ValidationError(str(refusal), code=refusal.code) from refusal

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        restricts = self.cleaned_data.get("restrict_domains", self.instance.restrict_domains)
        listed = self.cleaned_data.get("allowed_domains", self.instance.allowed_domains)
        if (
            restricts
            and not listed
            and "allowed_domains" in self.fields
            and "allowed_domains" not in self.errors
        ):
            words = _("List at least one domain, or turn the switch above off: the chat would open nowhere.")
            self.add_error("allowed_domains", words)
        return data


def say_bounds(field: forms.Field, name: str) -> None:
    """Tell the browser the bounds of a column, and say them whole in a refusal."""
    column: Any = Installation._meta.get_field(name)
    validators = column.validators
    least = max(one.limit_value for one in validators if isinstance(one, MinValueValidator))
    most = min(one.limit_value for one in validators if isinstance(one, MaxValueValidator))
    field.widget.attrs["min"] = least
    if most >= COLUMN_MAX:
        field.error_messages["min_value"] = _("At least %(least)d.") % {"least": least}
        return
    words = _("From %(least)d to %(most)d.") % {"least": least, "most": most}
    field.error_messages["min_value"] = field.error_messages["max_value"] = words
    field.widget.attrs["max"] = most
