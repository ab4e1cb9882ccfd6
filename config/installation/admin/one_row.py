"""Pages for the one row of settings: no list, nothing to add or delete."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from config.admin_permissions import PermittedAdmin
from config.installation.selectors import get_installation


class OneRowAdmin(PermittedAdmin):
    """The link in the index leads to the row itself."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        # The row comes into being on first use.
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        return redirect(f"admin:{name}_change", get_installation().pk)
