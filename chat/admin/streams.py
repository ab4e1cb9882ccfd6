"""What the pages of dialogues and of conversational flows have in common: designer, publishing, versions."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.designer import views
from chat.designer.access import ACCESS
from chat.designer.checks import has_rules
from chat.designer.templates import TEMPLATES, make_stream
from chat.forms import StartForm
from chat.models import Conversation, Dialogue, DialogueVersion, Document
from chat.selectors.outcomes import count_outcomes
from chat.services.dialogues import (
    DialogueInUse,
    DialogueNotPublishable,
    check_dialogue,
    delete_dialogue,
    is_draft_changed,
    publish_dialogue,
    unpublish_dialogue,
)
from chat.services.drafts import create_dialogue, duplicate_dialogue
from chat.streams import StreamInvalid
from config.admin_permissions import PermittedAdmin, PermittedInline, holds
from config.audit.services import keep_record

from .fault_lists import list_faults, say_refused

COUNTED_DAYS = 30


def get_newest_document_id() -> int | None:
    """The document that a new dialogue may show; which one is changed in the designer."""
    return Document.objects.order_by("-pk").values_list("pk", flat=True).first()


class VersionInline(PermittedInline):
    viewers = ACCESS[Dialogue.Kind.DIALOGUE].look
    model = DialogueVersion
    fk_name = "dialogue"
    fields = readonly_fields = ("number", "published_at", "published_by")
    can_delete = False
    show_change_link = True
    classes = ("collapse",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[DialogueVersion]:
        rows = super().get_queryset(request).select_related("published_by", "dialogue")
        return rows.defer("stream", "setup")


class CountedList(ChangeList):
    """The rows of one page with what came of them, counted for all of them at once (DG-04)."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = list(self.result_list)
        since = timezone.now() - timedelta(days=COUNTED_DAYS)
        found = count_outcomes(since=since, dialogue_ids=[row.pk for row in rows])
        for row in rows:
            row.outcomes = found[row.pk]
        self.result_list = rows


class StreamAdmin(PermittedAdmin):
    """A page per dialogue or flow: its settings here, its stream in the designer."""

    kind = Dialogue.Kind.DIALOGUE
    viewers = ACCESS[kind].look
    editors = (ACCESS[kind].edit,)
    inlines = (VersionInline,)
    change_form_template = "admin/chat/dialogue/change_form.html"
    list_select_related = ("published_version",)
    search_fields = ("name", "description")
    actions = ("publish", "unpublish", "duplicate")
    readonly_fields = ("standing", "faults")

    class Media:
        css = {"all": ("chat/admin/dialogues.css", "routing/conditions.css")}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(kind=self.kind)

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return holds(request, [ACCESS[self.kind].publish])

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        name = f"chat_{self.kind}"
        asked = ("check", "save", "draft", "versions", "restore", "duplicate", "export", "preview")
        switches = {"publish": self.publish_view, "unpublish": self.unpublish_view}
        return [
            path("<int:dialogue_id>/designer/", view(self.designer_view), name=f"{name}_designer"),
            *(
                path(f"<int:dialogue_id>/designer/{each}/", view(getattr(views, each)), name=f"{name}_{each}")
                for each in asked
            ),
            *(
                path(
                    f"<int:dialogue_id>/designer/{each}/",
                    view(getattr(views, each)),
                    name=f"{name}_designer_{each}",
                )
                for each in switches
            ),
            *(
                path(f"<int:dialogue_id>/{each}/", view(switch), name=f"{name}_{each}")
                for each, switch in switches.items()
            ),
            *super().get_urls(),
        ]

    def designer_view(self, request: HttpRequest, dialogue_id: int) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "kind": self.kind}
        return views.designer(request, dialogue_id, context=context)

    # A new one begins with its name and a template

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = StartForm(request.POST or None)
        if form.is_valid():
            return self._start(request, form.cleaned_data["name"], form.cleaned_data["template"])
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Add %(name)s") % {"name": self.opts.verbose_name},
            "opts": self.opts,
            "form": form,
            "templates": TEMPLATES,
            "chosen": form["template"].value(),
        }
        return TemplateResponse(request, "admin/chat/dialogue/start.html", context)

    def _start(self, request: HttpRequest, name: str, template: str) -> HttpResponse:
        dialogue = create_dialogue(
            name=name,
            stream=make_stream(template, document_id=get_newest_document_id()),
            user=request.user,  # type: ignore[arg-type]
            kind=self.kind,
            **self.get_first_setup(name),
        )
        self.log_addition(request, dialogue, [{"added": {}}])
        return redirect(f"admin:chat_{self.kind}_designer", dialogue.pk)

    def get_first_setup(self, name: str) -> dict[str, Any]:
        """More fields of a new one."""
        return {}

    def save_model(self, request: HttpRequest, obj: Dialogue, form: Any, change: bool) -> None:
        # Only what the form shows: somebody may be saving the stream at this moment.
        obj.save(update_fields=[*form.fields, "changed_at"])

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.inlines if obj is not None else ()

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        context["may_publish"] = self.has_publish_permission(request)
        dialogue = context.get("original")
        if dialogue is not None:
            names = {"designer_url": "designer", "publish_url": "publish", "unpublish_url": "unpublish"}
            for key, page in names.items():
                context[key] = reverse(f"admin:chat_{self.kind}_{page}", args=[dialogue.pk])
        return super().render_change_form(request, context, *args, **kwargs)

    # What is done

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if "_publish" not in request.POST:
            return super().response_change(request, obj)
        if not self.has_publish_permission(request):
            raise PermissionDenied
        self._publish(request, obj)
        return redirect(f"admin:chat_{self.kind}_change", obj.pk)

    def publish_view(self, request: HttpRequest, dialogue_id: int) -> HttpResponse:
        return self._switch(request, dialogue_id, self._publish)

    def unpublish_view(self, request: HttpRequest, dialogue_id: int) -> HttpResponse:
        return self._switch(request, dialogue_id, self._unpublish)

    def _switch(self, request: HttpRequest, dialogue_id: int, act: Any) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_publish_permission(request):
            raise PermissionDenied
        dialogue = self.get_object(request, str(dialogue_id))
        if dialogue is None:
            raise Http404
        act(request, dialogue)
        return redirect(f"admin:chat_{self.kind}_change", dialogue_id)

    @admin.action(description=_("Publish"), permissions=["publish"])
    def publish(self, request: HttpRequest, dialogues: QuerySet[Dialogue]) -> None:
        for dialogue in dialogues:
            self._publish(request, dialogue)

    @admin.action(description=_("Unpublish"), permissions=["publish"])
    def unpublish(self, request: HttpRequest, dialogues: QuerySet[Dialogue]) -> None:
        for dialogue in dialogues:
            self._unpublish(request, dialogue)

    @admin.action(description=_("Duplicate"), permissions=["change"])
    def duplicate(self, request: HttpRequest, dialogues: QuerySet[Dialogue]) -> None:
        for dialogue in dialogues:
            copy = duplicate_dialogue(dialogue_id=dialogue.pk, user=request.user)  # type: ignore[arg-type]
            self.log_addition(request, copy, [{"added": {}}])
            messages.success(request, gettext("The copy is called “%(name)s”.") % {"name": copy.name})

    def _publish(self, request: HttpRequest, dialogue: Dialogue) -> None:
        try:
            with keep_record(dialogue, by=request.user):
                version = publish_dialogue(dialogue_id=dialogue.pk, user=request.user, has_rules=has_rules())  # type: ignore[arg-type]
        except DialogueNotPublishable as refusal:
            messages.error(request, say_refused(dialogue, refusal))
        except StreamInvalid as refusal:
            messages.error(request, f"{dialogue}: {refusal}")
        else:
            self.log_change(request, dialogue, f"Published as version {version.number}.")
            words = gettext("“%(name)s” is published as version %(number)d.")
            messages.success(request, words % {"name": dialogue.name, "number": version.number})

    def _unpublish(self, request: HttpRequest, dialogue: Dialogue) -> None:
        if dialogue.status != Dialogue.Status.PUBLISHED:
            messages.info(request, gettext("“%(name)s” wasn't published.") % {"name": dialogue.name})
            return
        with keep_record(dialogue, by=request.user):
            unpublish_dialogue(dialogue_id=dialogue.pk)
        self.log_change(request, dialogue, "Unpublished.")
        words = gettext("“%(name)s” is unpublished. Visitors who are in it can finish it.")
        messages.success(request, words % {"name": dialogue.name})

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)  # each is deleted, or kept, on its own page
        return actions

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        (dialogue,) = objs
        met = Conversation.objects.filter(version__dialogue_id=dialogue.pk).exists()
        return [str(dialogue)], {}, set(), [str(DialogueInUse())] if met else []

    def delete_model(self, request: HttpRequest, obj: Dialogue) -> None:
        delete_dialogue(dialogue_id=obj.pk)

    # What is shown

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return CountedList

    @admin.display(description=_("last 30 days"))
    def came_of_it(self, dialogue: Any) -> str:
        words = gettext("%(triggered)d shown, %(engaged)d answered, %(completed)d completed")
        return words % asdict(dialogue.outcomes)

    @admin.display(description=_("stream"))
    def stream_link(self, dialogue: Dialogue) -> SafeString:
        url = reverse(f"admin:chat_{self.kind}_designer", args=[dialogue.pk])
        label = gettext("Design “%(name)s”") % {"name": dialogue.name}
        return format_html(
            '<a class="design-link" href="{}" aria-label="{}">{}</a>', url, label, gettext("Design")
        )

    @admin.display(description=_("status"), ordering="status")
    def standing(self, dialogue: Dialogue) -> str:
        if dialogue.published_version is None:
            return gettext("%(status)s; never published") % {"status": dialogue.get_status_display()}
        words = gettext("%(status)s; version %(number)s; draft: %(draft)s")
        return words % {
            "status": dialogue.get_status_display(),
            "number": dialogue.published_version.number,
            "draft": gettext("has changes") if is_draft_changed(dialogue) else gettext("as published"),
        }

    @admin.display(description=_("check"))
    def faults(self, dialogue: Dialogue) -> str | SafeString:
        try:
            found = check_dialogue(dialogue=dialogue, has_rules=has_rules())
        except StreamInvalid as refusal:
            return str(refusal)
        return list_faults(found) if found else gettext("Nothing is wrong: it can be published.")
