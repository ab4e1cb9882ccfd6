"""Addresses that a customer's website loads."""

from django.urls import path, re_path

from chat.views.document_pages import serve_page_picture, serve_page_words
from chat.views.documents import serve_document
from chat.views.files import give_file, take_file
from chat.views.landing import show_landing_page
from chat.views.transcript import give_transcript
from chat.views.widget import (
    serve_config,
    serve_page_events,
    serve_part,
    serve_pinned,
    serve_snippet,
)

urlpatterns = [
    path("widget.js", serve_snippet, name="widget"),
    path("documents/<uuid:public_id>/", serve_document, name="document"),
    path("documents/<uuid:public_id>/<int:page>.webp", serve_page_picture, name="document-page"),
    path("documents/<uuid:public_id>/<int:page>.txt", serve_page_words, name="document-words"),
    path("f/<slug:slug>/", show_landing_page, name="landing-page"),
    path("visitor/files", take_file, name="visitor-files"),
    path("visitor/files/<uuid:public_id>", give_file, name="visitor-file"),
    path("visitor/transcript", give_transcript, name="visitor-transcript"),
    path("widget/config.json", serve_config, name="widget-config"),
    re_path(r"^widget/(?P<version>[0-9a-f]{16})\.js$", serve_pinned, name="widget-pinned"),
    re_path(r"^widget/events\.(?P<digest>[\w-]{43})\.js$", serve_page_events, name="widget-events"),
    re_path(
        r"^widget/(?P<part>chat|more)\.(?P<language>[A-Za-z-]{2,10})\.(?P<digest>[\w-]{43})\.js$",
        serve_part,
        name="widget-part",
    ),
]
