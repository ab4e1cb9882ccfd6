"""Where somebody is signed in, signing out there, and the password (S9)."""

import uuid

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from agents.devices import is_handheld, make_client, name_device
from agents.errors import DeviceNotFound
from agents.forms import OwnPasswordForm
from agents.models import User
from agents.selectors import list_devices
from agents.services.devices import note_device, sign_out_device, sign_out_others
from agents.services.passwords import change_password
from config.lib.geography import get_place

from .page import get_shell_context, get_user, signed_in_page


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_page
def show_devices(request: HttpRequest) -> HttpResponse:
    """The devices of whoever asks, and two forms: sign out everywhere else, and a new password."""
    user = get_user(request)
    # Never the signed-in user itself: the form writes into it.
    edited = User.objects.get(pk=user.pk)
    asked = request.POST.get("form") if request.method == "POST" else None
    form = OwnPasswordForm(request, edited, request.POST if asked == "password" else None)
    if asked == "others":
        _sign_out_others(request, user)
        return redirect("settings-devices")
    if asked == "password" and form.is_valid():
        _change_password(request, edited, form.cleaned_data["new_password1"])
        return redirect("settings-devices")
    context = {"devices": _list(request, user), "password": form if user.has_usable_password() else None}
    status = 422 if form.errors else 200
    return render(request, "agents/devices.html", context | get_shell_context(user), status=status)


@require_POST
@signed_in_page
def sign_out_this_device(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """End one other session of whoever asks; 404 for another person's."""
    try:
        sign_out_device(user=get_user(request), public_id=public_id, current_key=_get_key(request))
    except DeviceNotFound as error:
        raise Http404(str(error)) from error
    messages.success(request, _("That device is signed out."))
    return redirect("settings-devices")


def _sign_out_others(request: HttpRequest, user: User) -> None:
    count = sign_out_others(user=user, current_key=_get_key(request))
    told = ngettext("%(count)s other device is signed out.", "%(count)s other devices are signed out.", count)
    messages.success(request, told % {"count": count})


def _change_password(request: HttpRequest, user: User, password: str) -> None:
    """Every other session is over by this; this browser goes on under a new key."""
    change_password(user=user, password=password)
    update_session_auth_hash(request, user)
    _note_this(request, user)
    messages.success(request, _("Your password is changed. Every other device is signed out."))


def _list(request: HttpRequest, user: User) -> list[dict[str, object]]:
    _note_this(request, user)
    rows = []
    for device in list_devices(user):
        place = get_place(device.address or "")
        where = [name for name in (place.region, place.country) if name]
        rows.append(
            {
                "row": device,
                "name": name_device(device.user_agent),
                "is_handheld": is_handheld(device.user_agent),
                "is_this": device.session_key == _get_key(request),
                "where": ", ".join(where),
            }
        )
    return sorted(rows, key=lambda row: not row["is_this"])


def _note_this(request: HttpRequest, user: User) -> None:
    """Also where no sign-in was noted: a session from before, or one whose key has changed since."""
    client = make_client(request.META.get("HTTP_USER_AGENT", ""), request.META.get("REMOTE_ADDR", ""))
    note_device(user_id=user.pk, session_key=_get_key(request), client=client)


def _get_key(request: HttpRequest) -> str:
    return request.session.session_key or ""
