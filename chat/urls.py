"""Addresses that a customer's website loads."""

from django.urls import path

from chat.views.widget import serve_panel, serve_snippet

urlpatterns = [
    path("widget.js", serve_snippet, name="widget"),
    path("widget/chat.<slug:language>.<slug:digest>.js", serve_panel, name="widget-panel"),
]
