"""The banner about limits that are nearly used up, on every page of everybody who is signed in (LC-04)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from config.admin_permissions import holds


def tell_limits(request: HttpRequest) -> dict[str, Any]:
    """For every template: the limits of which 90 % is used, counted only where a page asks."""
    return {
        "limits_near": SimpleLazyObject(lambda: _list_limits(request)),
        "may_see_limits": SimpleLazyObject(lambda: _may_see_limits(request)),
    }


def _list_limits(request: HttpRequest) -> list[Any]:
    # Templates are set up before the apps have their models.
    from chat.selectors.usage import list_limits_near
    from config.installation.selectors import get_installation

    is_signed_in = hasattr(request, "user") and request.user.is_authenticated
    return list_limits_near(get_installation()) if is_signed_in else []


def _may_see_limits(request: HttpRequest) -> bool:
    from config.installation.admin.usage import VIEWERS

    return holds(request, VIEWERS)
