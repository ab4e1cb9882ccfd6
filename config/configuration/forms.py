"""The form of a configuration's upload."""

from django import forms
from django.utils.translation import gettext_lazy as _

from config.configuration.policy.files import MOST_BYTES
from config.lib.file_inputs import LimitedFileInput


class UploadForm(forms.Form):
    """A file, and what to do with what it lacks."""

    file = forms.FileField(
        label=_("Configuration file"),
        widget=LimitedFileInput(accept=".yaml,.yml", most_bytes=MOST_BYTES),
        help_text=_("As it was downloaded here or written by “export_config”: YAML, up to 10 MB."),
        error_messages={"empty": _("This file is empty.")},
    )
    prune = forms.BooleanField(
        required=False,
        label=_("Remove what the file lacks"),
        help_text=_(
            "Of the parts that the file has; people are never removed. Without it, what the file lacks stays."
        ),
    )

    def clean_file(self) -> bytes:
        upload = self.cleaned_data["file"]
        # One byte over the limit is enough for the refusal.
        data: bytes = upload.read(MOST_BYTES + 1)
        return data
