"""The admin site: who may enter it, and its words."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _


class SwitchboardAdminSite(admin.AdminSite):
    """Open to active users who hold at least one permission; each page checks its own.

    There is no separate "staff" tick to forget: a permission profile is all that somebody needs.
    """

    site_header = _("Switchboard")
    site_title = _("Switchboard admin")
    index_title = _("Set up and follow up")
    index_template = "admin/start.html"
    login_form = AuthenticationForm

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.empty_value_display = "–"

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return user.is_active and (user.is_superuser or bool(user.get_all_permissions()))

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Django's own, with a limit on guesses of the old one (S9)."""
        # As below.
        from agents.forms import OwnPasswordForm

        view = PasswordChangeView.as_view(
            form_class=partial(OwnPasswordForm, request),
            success_url=reverse("admin:password_change_done", current_app=self.name),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        request.current_app = self.name
        return view(request)

    def index(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        """The list of pages, and above it what a new installation needs first."""
        return super().index(request, {**describe_start(request), **(extra_context or {})})


@dataclass(frozen=True)
class FirstPage:
    """A way in that nobody should have to look for."""

    title: str
    words: str
    url: str


def describe_start(request: HttpRequest) -> dict[str, Any]:
    """What the start page says above its list of pages, as far as it concerns this person.

    Somebody new reads what is left to set up, somebody who looks in each day what needs attention; both with
    the page that mends it.
    """
    # As below.
    from config.admin_permissions import holds
    from config.guide.attention import list_attention
    from config.guide.checklist import SETS_UP, list_checklist
    from config.guide.facts import Facts
    from config.guide.lines import show_lines

    facts = Facts(now=timezone.now())
    attention = [line for line in list_attention(facts) if holds(request, line.needs)]
    checklist = show_lines(request, list_checklist(facts)) if holds(request, SETS_UP) else []
    return {
        "first_pages": list_first_pages(request),
        "attention": show_lines(request, attention),
        "checklist": checklist,
        "done_count": sum(line.is_done for line in checklist),
        "may_look_after": holds(request, [*SETS_UP, "view_all_conversations"]),
    }


def list_first_pages(request: HttpRequest) -> list[FirstPage]:
    """Where somebody begins who has just installed the product, as far as they may (DG-16, DG-17)."""
    # The admin site comes into being before the apps have their models.
    from agents.admin.coverage import VIEWERS as COVERAGE_VIEWERS
    from chat.selectors.sightings import count_sightings
    from config.admin_permissions import holds

    pages = []
    if holds(request, ["manage_chatbot_settings", "manage_privacy_and_security"]):
        words = _say_seen(count_sightings())
        url = reverse("admin:installation_snippet_changelist")
        pages.append(FirstPage(gettext("Put the chat on your website"), words, url))
    if holds(request, ["manage_chatbot_settings"]):
        words = gettext("Colour, name, picture and place, with a preview that follows every change.")
        url = reverse("admin:installation_chatwindow_changelist")
        pages.append(FirstPage(gettext("Look of the chat"), words, url))
    if holds(request, COVERAGE_VIEWERS):
        words = gettext("When visitors ask, who is scheduled then, and the gaps between the two.")
        pages.append(FirstPage(gettext("Coverage"), words, reverse("admin:agents_coverage")))
    if request.user.is_superuser:
        words = gettext("All that is set up, to download and to bring in, with each change shown before.")
        url = reverse("configuration")
        pages.append(FirstPage(gettext("Configuration as a file"), words, url))
    return pages


def _say_seen(count: int) -> str:
    if not count:
        return gettext("Not seen on any page yet: copy one line, and see here that it works.")
    return ngettext("It works: seen on %(count)d page.", "It works: seen on %(count)d pages.", count) % {
        "count": count
    }
