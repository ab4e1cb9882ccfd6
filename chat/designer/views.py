"""What the designer's page asks the server for: thin, each one service or selector, JSON both ways."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Literal, cast

from csp.constants import SELF
from csp.decorators import csp_replace
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from agents.models import User
from chat.designer.access import get_access
from chat.designer.checks import check_draft, has_rules, show_faults, show_refusal
from chat.designer.context import get_page_config, page_name, show_draft
from chat.designer.preview_page import get_preview_config
from chat.designer.versions import list_versions
from chat.models import Dialogue, Flow
from chat.services.dialogues import DialogueNotPublishable, publish_dialogue, unpublish_dialogue
from chat.services.drafts import (
    DialogueNotFound,
    DraftConflict,
    duplicate_dialogue,
    restore_version,
    save_draft,
)
from chat.streams import StreamInvalid
from config.admin_permissions import holds
from config.audit.services import keep_record, record_addition
from config.lib.downloads import make_download
from config.lib.errors import DomainError, InvalidInput, NotAllowed, NotFound

Right = Literal["look", "edit", "publish"]
Body = dict[str, Any]
Answer = Callable[[HttpRequest, Dialogue, Body], dict[str, Any]]
View = Callable[..., HttpResponse]

# The types of both know only views without arguments.
shows_frames = cast(Callable[[View], View], csp_replace({"frame-src": [SELF]}))
shown_in_frames = cast(Callable[[View], View], csp_replace({"frame-ancestors": [SELF]}))


def answers(right: Right, *, method: str = "POST") -> Callable[[Answer], View]:
    """A view for people with this right to its dialogue; what is refused is said as JSON with its status."""

    def make(answer: Answer) -> View:
        @wraps(answer)
        def view(request: HttpRequest, dialogue_id: int) -> HttpResponse:
            if request.method != method:
                return HttpResponse(status=405)
            try:
                dialogue = find_for(request, dialogue_id, right)
                return JsonResponse(answer(request, dialogue, read_body(request)))
            except DomainError as refusal:
                return refuse(refusal)

        return view

    return make


def refuse(refusal: DomainError) -> JsonResponse:
    """The one place where refusals become statuses."""
    body: dict[str, Any] = {"code": refusal.code, "message": str(refusal)}
    match refusal:
        case DraftConflict():
            return JsonResponse({**body, "draft": show_draft(refusal.dialogue)}, status=409)
        case DialogueNotPublishable():
            return JsonResponse({**body, "faults": show_faults(refusal.faults)}, status=422)
        case StreamInvalid():
            return JsonResponse({**body, "faults": [show_refusal(refusal)]}, status=422)
        case NotAllowed():
            return JsonResponse(body, status=403)
        case NotFound():
            return JsonResponse(body, status=404)
    return JsonResponse(body, status=400)


def read_body(request: HttpRequest) -> Body:
    if request.method != "POST":
        return {}
    try:
        body = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise InvalidInput
    return body


def find_dialogue(dialogue_id: int) -> Dialogue:
    rows = Dialogue.objects.select_related("published_version", "changed_by")
    dialogue = rows.filter(pk=dialogue_id).first()
    if dialogue is None:
        raise DialogueNotFound
    return dialogue


def find_for(request: HttpRequest, dialogue_id: int, right: Right) -> Dialogue:
    """Find it for somebody: what one may not even look at isn't there (S6)."""
    dialogue = find_dialogue(dialogue_id)
    access = get_access(dialogue)
    if not holds(request, access.look):
        raise DialogueNotFound
    if right != "look" and not holds(request, [getattr(access, right)]):
        raise NotAllowed
    return dialogue


def _user(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]


def _as_listed(dialogue: Dialogue) -> Dialogue:
    """The row as the admin lists it, and so as the audit log names it: flows are a kind of their own."""
    return Flow.objects.get(pk=dialogue.pk) if dialogue.kind == Dialogue.Kind.FLOW else dialogue


def _stream(body: Body) -> dict[str, Any]:
    stream = body.get("stream")
    if not isinstance(stream, dict):
        raise StreamInvalid
    return stream


def _revision(body: Body) -> int:
    revision = body.get("revision")
    return revision if isinstance(revision, int) else -1


@answers("look")
def check(request: HttpRequest, dialogue: Dialogue, body: Body) -> dict[str, Any]:
    """What is wrong with a stream that may not be saved yet."""
    return {"faults": check_draft(dialogue, _stream(body))}


@answers("edit")
def save(request: HttpRequest, dialogue: Dialogue, body: Body) -> dict[str, Any]:
    """Save on top of the revision that was read; 409 with the draft where that is no longer it."""
    saved = save_draft(
        dialogue_id=dialogue.pk, stream=_stream(body), revision=_revision(body), user=_user(request)
    )
    return {"draft": show_draft(find_dialogue(saved.pk)), "faults": check_draft(saved)}


@answers("look", method="GET")
def draft(request: HttpRequest, dialogue: Dialogue, body: Body) -> dict[str, Any]:
    """The draft as it is now."""
    return {"draft": show_draft(dialogue), "faults": check_draft(dialogue)}


@answers("publish")
def publish(request: HttpRequest, dialogue: Dialogue, body: Body) -> dict[str, Any]:
    """Publish the draft that the page shows, and no other."""
    rules, revision = has_rules(), _revision(body)
    with keep_record(_as_listed(dialogue), by=request.user):
        publish_dialogue(dialogue_id=dialogue.pk, user=_user(request), has_rules=rules, revision=revision)
    return {"draft": show_draft(find_dialogue(dialogue.pk))}


@answers("publish")
def unpublish(request: HttpRequest, dialogue: Dialogue, body: Body) -> dict[str, Any]:
    """Show it to nobody new."""
    with keep_record(_as_listed(dialogue), by=request.user):
        unpublish_dialogue(dialogue_id=dialogue.pk)
    return {"draft": show_draft(find_dialogue(dialogue.pk))}


@answers("look", method="GET")
def versions(request: HttpRequest, dialogue: Dialogue, body: Body) -> dict[str, Any]:
    """All that was published, to compare."""
    return list_versions(dialogue)


@answers("edit")
def restore(request: HttpRequest, dialogue: Dialogue, body: Body) -> dict[str, Any]:
    """Make a version's stream and settings the draft again."""
    number = body.get("number")
    with keep_record(_as_listed(dialogue), by=request.user):
        restored = restore_version(
            dialogue_id=dialogue.pk,
            number=number if isinstance(number, int) else 0,
            revision=_revision(body),
            user=_user(request),
        )
    return {"draft": show_draft(find_dialogue(restored.pk)), "faults": check_draft(restored)}


@answers("edit")
def duplicate(request: HttpRequest, dialogue: Dialogue, body: Body) -> dict[str, Any]:
    """A copy of it, or of the stream that is sent, under another name."""
    stream = _stream(body) if "stream" in body else None
    with transaction.atomic():
        copy = duplicate_dialogue(dialogue_id=dialogue.pk, user=_user(request), stream=stream)
        record_addition(row=_as_listed(copy), by=request.user)
    return {"name": copy.name, "url": reverse(f"admin:{page_name(copy, 'designer')}", args=[copy.pk])}


@require_safe
def export(request: HttpRequest, dialogue_id: int) -> HttpResponse:
    """The draft's stream as a file."""
    dialogue = _look_at(request, dialogue_id)
    text = json.dumps(dialogue.stream, indent=2, ensure_ascii=False)
    name = slugify(dialogue.name) or "stream"
    return make_download(text, name=f"{name}.json", content_type="application/json; charset=utf-8")


@require_safe
@shows_frames
def designer(request: HttpRequest, dialogue_id: int, *, context: dict[str, Any]) -> HttpResponse:
    """The page itself; `context` is the admin's."""
    dialogue = _look_at(request, dialogue_id)
    config = get_page_config(request, dialogue)
    return TemplateResponse(
        request, "admin/chat/dialogue/designer.html", {**context, "dialogue": dialogue, "config": config}
    )


@require_safe
@xframe_options_sameorigin
@shown_in_frames
def preview(request: HttpRequest, dialogue_id: int) -> HttpResponse:
    """The page in which the widget plays the draft, shown inside the designer's."""
    dialogue = _look_at(request, dialogue_id)
    config = get_preview_config(request, dialogue)
    return TemplateResponse(
        request, "admin/chat/dialogue/preview.html", {"dialogue": dialogue, "config": config}
    )


def _look_at(request: HttpRequest, dialogue_id: int) -> Dialogue:
    try:
        return find_for(request, dialogue_id, "look")
    except DialogueNotFound:
        raise Http404 from None
