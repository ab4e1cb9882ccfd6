"""Every address of the server."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("chat.urls")),
    path("", include("config.installation.urls")),
    path("", include("agents.urls")),
    # Before the admin's own, which answer for every other address below theirs.
    path("admin/configuration/", include("config.configuration.urls")),
    path("admin/", admin.site.urls),
]
if settings.EMBEDDED:
    # First: its start page is the root.
    urlpatterns.insert(0, path("", include("config.demo.urls")))
handler403 = "agents.views.errors.forbid"
handler404 = "agents.views.errors.not_find"
handler500 = "agents.views.errors.fail"
