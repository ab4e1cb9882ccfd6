"""The form of the chat's look (DG-17)."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from agents.admin.user_forms import PictureInput
from config.admin_permissions import ModelForm
from config.installation.forms import say_bounds
from config.installation.models import ChatWindow
from config.lib.pictures import PictureInvalid, check_square_size, reencode_square

BOUNDED = ("offset_side", "offset_bottom", "response_delay_ms")


class LookForm(ModelForm):
    """Every field says what it changes, so the page needs no manual."""

    picture = forms.FileField(
        required=False,
        label=_("Picture of the chatbot"),
        widget=PictureInput,
        help_text=_(
            "Square, under 256 kB: PNG, JPEG or WebP. Choose any picture: this page cuts it to its middle."
        ),
    )

    class Meta:
        model = ChatWindow
        exclude = ("avatar",)
        widgets = {
            "accent": forms.TextInput(attrs={"size": 9, "maxlength": 7, "spellcheck": "false"}),
            "theme": forms.RadioSelect,
            "anchor": forms.RadioSelect,
        }
        help_texts = {
            "poke_on_mobile": _("Beside the button, as on larger screens. Visitors can close them."),
            "consent_mode": _(
                "Nothing is stored or sent before your page says Switchboard.consent(true). "
                "“Put the chat on your website” shows how."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in BOUNDED:
            if name in self.fields:
                say_bounds(self.fields[name], name)
        if "picture" in self.fields and self.instance.avatar:
            self.initial["picture"] = self.instance.avatar

    def clean_accent(self) -> str:
        colour: str = self.cleaned_data["accent"]
        return colour.lower()

    def clean_picture(self) -> bytes | bool | None:
        """The upload's bytes, False to remove the picture, None to keep it."""
        upload = self.cleaned_data.get("picture")
        if not isinstance(upload, UploadedFile):
            return False if upload is False else None
        try:
            check_square_size(upload.size or 0)
            data: bytes = upload.read()
            reencode_square(data)
        except PictureInvalid as refusal:
            raise ValidationError(str(refusal), code="picture") from refusal
        return data
