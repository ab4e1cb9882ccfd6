"""The admin site: who may enter it, and its words."""

from django.contrib import admin
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class SwitchboardAdminSite(admin.AdminSite):
    """Open to active users who hold at least one permission; each page checks its own.

    There is no separate "staff" tick to forget: a permission profile is all that somebody needs.
    """

    site_header = _("Switchboard")
    site_title = _("Switchboard admin")
    index_title = _("Set up and follow up")
    login_form = AuthenticationForm

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return user.is_active and (user.is_superuser or bool(user.get_all_permissions()))
