"""What agents set for themselves: picture, name and title, time zone and hours."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agents.forms import DetailsForm, HoursFormSet, ZoneForm, get_hours_initial
from agents.models import User
from agents.services.avatars import remove_avatar, set_avatar
from agents.services.own_settings import save_details, save_hours
from config.audit.services import keep_record
from config.lib.errors import InvalidInput

from .page import agent_page, get_page_context, get_user


@require_http_methods(["GET", "HEAD", "POST"])
@agent_page
def show_settings(request: HttpRequest) -> HttpResponse:
    """Two forms on one page; each saves for itself."""
    agent = get_user(request)
    # Never the signed-in user itself: a form that is refused has written into it.
    edited = User.objects.get(pk=agent.pk)
    asked = request.POST.get("form") if request.method == "POST" else None
    details = DetailsForm(
        request.POST if asked == "details" else None,
        request.FILES if asked == "details" else None,
        instance=edited,
    )
    posted_hours = request.POST if asked == "hours" else None
    zone = ZoneForm(posted_hours, instance=edited)
    hours = HoursFormSet(posted_hours, initial=get_hours_initial(agent), prefix="hours")
    may_set_hours = agent.has_perm("agents.manage_own_live_chat_availability")
    if asked == "details" and details.is_valid() and _save_details(request, agent, details):
        return redirect("settings")
    if asked == "hours" and may_set_hours and all([zone.is_valid(), hours.is_valid()]):
        with keep_record(agent, by=agent):
            save_hours(agent=agent, time_zone=zone.cleaned_data["time_zone"], blocks=hours.get_blocks())
        messages.success(request, _("Your hours are saved."))
        return redirect("settings")
    context = {"details": details, "zone": zone, "hours": hours, "may_set_hours": may_set_hours}
    status = 200 if asked is None else 422
    return render(request, "agents/settings.html", context | get_page_context(agent), status=status)


def _save_details(request: HttpRequest, agent: User, form: DetailsForm) -> bool:
    names = {name: form.cleaned_data[name] for name in ("first_name", "last_name", "job_title")}
    try:
        # What visitors are told, so it is on record as what an admin changes of it is.
        with keep_record(agent, by=agent):
            _save_picture(agent, form)
            save_details(user=agent, **names)
    except InvalidInput as error:
        form.add_error("picture", str(error))
        return False
    messages.success(request, _("Your profile is saved."))
    return True


def _save_picture(agent: User, form: DetailsForm) -> None:
    picture = form.cleaned_data["picture"]
    if picture:
        set_avatar(user=agent, data=picture.read())
    elif form.cleaned_data["remove_picture"]:
        remove_avatar(user=agent)
