"""Fields for files that say what is too large before it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.widgets import Script
from django.utils.translation import gettext

if TYPE_CHECKING:
    _FileInput = forms.FileInput
else:
    _FileInput = object

_MEGABYTE = 1024 * 1024


class LimitsSize(_FileInput):
    """Mixed into a field for one file of at most so many bytes; the form's page brings its script (LC-51).

    The server has the last word: a browser without scripts sends whatever was chosen.
    """

    most_bytes: int

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        words = gettext("This file is larger than %(most)d MB. Choose a smaller one.")
        context["widget"]["attrs"] |= {
            "data-most-bytes": self.most_bytes,
            "data-too-large": words % {"most": self.most_bytes // _MEGABYTE},
        }
        return context

    @property
    def media(self) -> forms.Media:
        script = Script("installation/file_size.js", type="module")
        return forms.Media(js=[script])  # type: ignore[list-item]  # the stubs know only addresses


class LimitedFileInput(LimitsSize, forms.FileInput):
    def __init__(self, *, accept: str, most_bytes: int) -> None:
        super().__init__(attrs={"accept": accept})
        self.most_bytes = most_bytes
