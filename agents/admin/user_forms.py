"""The form of one user, and what it refuses."""

import zoneinfo
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import (
    AdminPasswordChangeForm,
    AdminUserCreationForm,
    SetUnusablePasswordMixin,
    UserChangeForm,
)
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from agents.models import PermissionProfile, User
from config.lib.file_inputs import LimitsSize
from config.lib.pictures import MAX_INPUT_BYTES, PictureInvalid, PictureTooLarge, reencode_avatar

from .delegation import is_last_superuser, list_beyond_in
from .permission_fields import PermissionField, check_grant, say_beyond, say_wrested

if TYPE_CHECKING:
    _UserChangeForm = UserChangeForm[User]
    _AdminUserCreationForm = AdminUserCreationForm[User]
    _AdminPasswordChangeForm = AdminPasswordChangeForm[User]
else:
    _UserChangeForm = UserChangeForm
    _AdminUserCreationForm, _AdminPasswordChangeForm = AdminUserCreationForm, AdminPasswordChangeForm

_ACCEPTED = "image/png,image/jpeg,image/webp,image/gif"
_OWN_ACCESS = {
    "is_active": _("You can't deactivate yourself: you would be signed out for good. Ask another superuser."),
    "is_superuser": _("You can't give up being a superuser yourself. Ask another superuser."),
}
# There is no other way to sign in, so Django's own words about such ways would mislead.
_WITHOUT_PASSWORD = _("Disabled: nobody can sign in with this account until it is given a password.")


class PictureInput(forms.ClearableFileInput):
    """Shows the picture that is there."""

    template_name = "admin/widgets/picture.html"
    clear_checkbox_label = _("Remove the picture")  # type: ignore[assignment]  # lazy, as Django's own is

    def __init__(self) -> None:
        super().__init__(attrs={"accept": _ACCEPTED})


class LimitedPictureInput(LimitsSize, PictureInput):
    """The same, for a picture that is sent as it was chosen."""

    most_bytes = MAX_INPUT_BYTES


def list_time_zones(current: str = "") -> list[tuple[str, Any]]:
    """The choices by continent; one that was saved under an old name stays among them."""
    names = sorted(
        name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/")
    )
    groups = [
        (region, [(name, name.split("/", 1)[1].replace("_", " ").replace("/", ", ")) for name in found])
        for region, found in groupby(names, key=lambda name: name.split("/")[0])
    ]
    choices: list[tuple[str, Any]] = [("", _("UTC")), *groups]
    if current and current not in names:
        choices.insert(1, (current, current))
    return choices


class NewUserForm(_AdminUserCreationForm):
    """What a new user needs at least."""

    usable_password = SetUnusablePasswordMixin.create_usable_password_field(_WITHOUT_PASSWORD)

    class Meta(AdminUserCreationForm.Meta):
        model = User


class PasswordForm(_AdminPasswordChangeForm):
    """Another password, or none."""

    # The list is Django's own: its script hides and shows it.
    usable_password_help_text = format_lazy(  # type: ignore[assignment]  # lazy, as Django's own is
        '{} <ul id="id_unusable_warning" class="messagelist"><li class="warning">{}</li></ul>',
        _WITHOUT_PASSWORD,
        _("If disabled, the current password for this user will be lost."),
    )


class UserForm(_UserChangeForm):
    """Everything about one user except the password."""

    actor: User
    groups = forms.ModelMultipleChoiceField(
        PermissionProfile.objects.order_by("name"),
        required=False,
        label=_("Permission profiles"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What this person may do. “Live Agent” takes live chats."),
    )
    user_permissions = PermissionField(
        required=False,
        label=_("Further permissions"),
        help_text=_("For this person alone, besides the profiles."),
    )
    picture = forms.FileField(
        required=False,
        label=_("Profile picture"),
        widget=LimitedPictureInput,
        help_text=_("Visitors see it in the chat. PNG, JPEG, WebP or GIF up to 5 MB; it is cut to a square."),
    )

    class Meta(UserChangeForm.Meta):
        model = User
        fields = "__all__"
        field_classes = UserChangeForm.Meta.field_classes

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "time_zone" in self.fields:
            self.fields["time_zone"].widget = forms.Select(choices=list_time_zones(self.instance.time_zone))
            self.fields["time_zone"].help_text = _("The hours below are by this clock.")
        if "picture" in self.fields and self.instance.avatar:
            self.initial["picture"] = self.instance.avatar

    def clean_picture(self) -> bytes | bool | None:
        """The upload's bytes, False to remove the picture, None to keep it."""
        upload = self.cleaned_data.get("picture")
        if not isinstance(upload, UploadedFile):
            return False if upload is False else None
        if (upload.size or 0) > MAX_INPUT_BYTES:
            raise ValidationError(str(PictureTooLarge()), code="picture")
        data: bytes = upload.read()
        try:
            reencode_avatar(data)
        except PictureInvalid as refusal:
            raise ValidationError(str(refusal), code="picture") from refusal
        return data

    def clean_groups(self) -> QuerySet[PermissionProfile]:
        chosen: QuerySet[PermissionProfile] = self.cleaned_data["groups"]
        held = set(self.instance.groups.values_list("pk", flat=True)) if self.instance.pk else set()
        beyond = list_beyond_in(self.actor, chosen.exclude(pk__in=held))
        if beyond:
            raise ValidationError(say_beyond(beyond), code="beyond")
        lost = self.instance.groups.exclude(pk__in=chosen) if self.instance.pk else Group.objects.none()
        wrested = list_beyond_in(self.actor, lost) if self.instance != self.actor else []
        if wrested:
            raise ValidationError(say_wrested(wrested), code="beyond")
        return chosen

    def clean_user_permissions(self) -> QuerySet[Permission]:
        return check_grant(self.actor, self.instance, self.cleaned_data["user_permissions"])

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        lost = [
            name
            for name in ("is_active", "is_superuser")
            if name in self.fields and getattr(self.instance, name) and not self.cleaned_data.get(name)
        ]
        if lost and self.instance == self.actor:
            for name in lost:
                self.add_error(name, ValidationError(_OWN_ACCESS[name], code="own_access"))
        elif lost and is_last_superuser(self.instance):
            words = _("This is the last superuser who can sign in: without one nobody could mend it.")
            self.add_error(lost[0], ValidationError(words, code="last_superuser"))
        return data
