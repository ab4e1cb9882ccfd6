"""The configuration as a file: download, upload, what would change, and the yes to exactly that (LC-60).

For superusers only: a file may change everything, permission profiles too, and nobody else may hand out what
they don't hold themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from agents.models import User
from config.audit.services import record_event
from config.configuration.errors import ConfigurationInvalid
from config.configuration.forms import UploadForm
from config.configuration.models import Upload
from config.configuration.policy.differences import Difference
from config.configuration.policy.files import write_file
from config.configuration.selectors.export import read_configuration
from config.configuration.services.imports import Plan, import_configuration, plan_import
from config.configuration.services.uploads import find_upload, keep_upload
from config.installation.selectors import get_installation
from config.lib.downloads import make_download
from config.lib.errors import DomainError

# A page that nobody would read to its end; the import is whole.
MOST_SHOWN: Final = 500
MOST_LINES: Final = 200
PARTS: Final = {
    "settings": _("Settings"),
    "profiles": _("Permission profiles"),
    "people": _("People"),
    "teams": _("Teams"),
    "lists": _("Lists"),
    "rules": _("Custom rules"),
    "accounts": _("Accounts"),
    "canned_replies": _("Canned replies"),
    "flows": _("Conversational flows"),
    "dialogues": _("Dialogues"),
}


def superusers_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """A page of the admin that nobody else gets to, whatever permissions they hold."""

    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not request.user.is_superuser:
            raise PermissionDenied
        return view(request, **kwargs)

    return admin.site.admin_view(guarded)


@superusers_only
def upload(request: HttpRequest) -> HttpResponse:
    """The page to download from and to upload to; a file that can be read is shown on the next."""
    sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if sent else UploadForm()
    refusals: Sequence[object] = ()
    if form.is_valid():
        given = form.cleaned_data
        try:
            plan_import(file=given["file"], prune=given["prune"])
        except ConfigurationInvalid as refusal:
            refusals = refusal.refusals
        except DomainError as refusal:
            form.add_error("file", str(refusal))
        else:
            return _keep(request, given)
    context = {"form": form, "refusals": refusals, "title": gettext("Configuration as a file")}
    status = 400 if form.errors or refusals else 200
    return _show(request, "upload", context, status=status)


def _keep(request: HttpRequest, given: dict[str, Any]) -> HttpResponse:
    name = request.FILES["file"].name or ""  # type: ignore[union-attr]  # the form takes one file
    kept = keep_upload(
        user=_get_user(request),
        name=name,
        content=given["file"],
        prune=given["prune"],
        now=timezone.now(),
    )
    return redirect("configuration-review", kept.pk)


@superusers_only
def review(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What the kept file would change now; a POST says yes to what was shown."""
    kept = find_upload(user=_get_user(request), public_id=public_id, now=timezone.now())
    if kept is None:
        messages.error(request, gettext("This file isn't kept any more. Upload it again."))
        return redirect("configuration")
    if request.method == "POST":
        return _import(request, kept)
    try:
        plan = plan_import(file=bytes(kept.content), prune=kept.prune)
    except DomainError as refusal:
        # It could be imported when it was uploaded, so what it refers to is gone meanwhile.
        messages.error(request, str(refusal))
        return redirect("configuration")
    title = gettext("What “%(file)s” changes") % {"file": kept.name}
    return _show(request, "review", {"kept": kept, "title": title, **_describe(plan)})


def _import(request: HttpRequest, kept: Upload) -> HttpResponse:
    shown = Plan((), request.POST.get("before", ""), request.POST.get("after", ""))
    file, user = bytes(kept.content), _get_user(request)
    try:
        plan = import_configuration(file=file, shown=shown, by=user, prune=kept.prune)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("configuration-review", kept.pk)
    kept.delete()
    words = gettext("Imported: %(added)d added, %(changed)d changed, %(removed)d removed.")
    messages.success(request, words % _count(plan))
    return redirect("configuration")


@superusers_only
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Everything as one file. That it was taken is recorded."""
    words = gettext("Downloaded the configuration as a file.")
    record_event(row=get_installation(), words=words, by=_get_user(request))
    name = f"switchboard-{timezone.now():%Y-%m-%d}.yaml"
    return make_download(write_file(read_configuration()), name=name, content_type="application/yaml")


def _show(request: HttpRequest, page: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    whole = {**admin.site.each_context(request), **context}
    return TemplateResponse(request, f"admin/configuration/{page}.html", whole, status=status)


def _describe(plan: Plan) -> dict[str, Any]:
    shown = plan.differences[:MOST_SHOWN]
    parts = groupby(shown, key=lambda difference: difference.section)
    return {
        "plan": plan,
        "counts": _count(plan),
        "parts": [(PARTS[name], [_cut(one) for one in found]) for name, found in parts],
        "hidden": len(plan.differences) - len(shown),
    }


def _cut(difference: Difference) -> dict[str, Any]:
    return {
        "name": difference.name,
        "kind": difference.kind,
        "lines": () if difference.kind == "removed" else difference.lines[:MOST_LINES],
        "hidden": 0 if difference.kind == "removed" else max(len(difference.lines) - MOST_LINES, 0),
    }


def _count(plan: Plan) -> dict[str, int]:
    return {kind: plan.count(kind) for kind in ("added", "changed", "removed")}


def _get_user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - says to the type checker what the admin site holds
    return request.user
