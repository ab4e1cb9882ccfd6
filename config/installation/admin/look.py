"""Look of the chat: one form, with the real widget beside it following every change (DG-17)."""

import json
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from chat.views.widget import write_config
from config.installation.admin.look_form import LookForm
from config.installation.admin.one_row import OneRowAdmin
from config.installation.admin.preview_talk import write_talk
from config.installation.look import get_look
from config.installation.models import ChatWindow
from config.installation.selectors import get_installation
from config.installation.services import remove_chatbot_avatar, set_chatbot_avatar


@admin.register(ChatWindow)
class ChatWindowAdmin(OneRowAdmin):
    editors = ("manage_chatbot_settings",)
    form = LookForm
    change_form_template = "admin/installation/look.html"
    fieldsets = (
        (_("Name and picture"), {"fields": ("widget_name", "picture")}),
        (_("Colour and font"), {"fields": ("accent", "theme", "font")}),
        (_("Place on the page"), {"fields": ("anchor", "offset_side", "offset_bottom")}),
        (
            _("Behaviour"),
            {"fields": ("response_delay_ms", "sounds", "poke_on_mobile", "files_enabled")},
        ),
        (_("Privacy"), {"fields": ("privacy_url", "consent_mode")}),
    )

    class Media:
        css = {"all": ("installation/look.css",)}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.show_preview)
        return [path("preview/", view, name="installation_look_preview"), *super().get_urls()]

    # The preview is a page of its own, in a frame: media queries there are about the visitor's screen.
    @method_decorator(csp_replace({"frame-src": [SELF]}))
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        look = get_look(get_installation()).to_config()
        context = {"look": look, "title": gettext("Look of the chat"), "subtitle": None}
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def save_model(self, request: HttpRequest, obj: ChatWindow, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        picture = form.cleaned_data.get("picture")
        if isinstance(picture, bytes):
            set_chatbot_avatar(data=picture)
        elif picture is False:
            remove_chatbot_avatar()

    @method_decorator(xframe_options_sameorigin)
    # A picture that was chosen and not yet uploaded has a blob: address.
    @method_decorator(csp_replace({"frame-ancestors": [SELF], "connect-src": [SELF, "blob:"]}))
    def show_preview(self, request: HttpRequest) -> HttpResponse:
        """A page as visitors have them, with the real widget talking to a pretended server."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        installation = get_installation()
        told = {
            "config": json.loads(write_config(request, installation)),
            "look": get_look(installation).to_config(),
            "talk": write_talk(installation.widget_name),
        }
        return TemplateResponse(request, "admin/installation/preview.html", {"told": told})
