"""Pages for what went wrong, in words."""

from django.http import HttpRequest, HttpResponse
from django.views import defaults


def forbid(request: HttpRequest, exception: Exception) -> HttpResponse:
    return defaults.permission_denied(request, exception, template_name="errors/403.html")


def not_find(request: HttpRequest, exception: Exception) -> HttpResponse:
    return defaults.page_not_found(request, exception, template_name="errors/404.html")


def fail(request: HttpRequest) -> HttpResponse:
    return defaults.server_error(request, template_name="errors/500.html")
