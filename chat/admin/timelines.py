"""The time line of one live chat: its page, and its export (LC-57)."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.models import LiveChat
from config.lib.downloads import make_download
from config.lib.sheets import write_csv
from routing.selectors.timeline_words import say_details
from routing.selectors.timelines import KINDS, MOST_MESSAGES, Moment, list_moments

_COLUMNS = ("at", "seconds", "kind", "who", "details")
_HEADS = (_("Time"), _("Seconds"), _("What happened"), _("Who"), _("Details"))


def show_timeline(site: admin.AdminSite, request: HttpRequest, chat: LiveChat, form: str) -> HttpResponse:
    """The page, or all of it as ``csv`` or ``json``."""
    rows = [_describe(moment, chat) for moment in list_moments(chat)]
    name = f"timeline-{chat.public_id}.{form}"
    if form == "csv":
        return make_download(_write_csv(rows), name=name, content_type="text/csv; charset=utf-8")
    if form == "json":
        data = {"live_chat": str(chat.public_id), "timeline": [_pick(row) for row in rows]}
        text = json.dumps(data, ensure_ascii=False, indent=1, cls=DjangoJSONEncoder)
        return make_download(text, name=name, content_type="application/json")
    context = {
        **site.each_context(request),
        "title": gettext("Timeline"),
        "opts": LiveChat._meta,
        "chat": chat,
        "heads": _HEADS,
        "rows": rows,
        "most_messages": MOST_MESSAGES,
    }
    return TemplateResponse(request, "admin/chat/livechat/timeline.html", context)


def _describe(moment: Moment, chat: LiveChat) -> dict[str, Any]:
    return {
        "at": moment.at.isoformat(timespec="milliseconds"),
        "time": moment.at,
        "seconds": round((moment.at - chat.requested_at).total_seconds(), 3),
        "kind": moment.kind,
        "words": KINDS.get(moment.kind, moment.kind),
        "who": moment.who,
        "details": moment.details,
        "said": say_details(moment.kind, moment.details),
    }


def _pick(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in _COLUMNS}


def _write_csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    lines = [[row["at"], row["seconds"], row["kind"], row["who"], row["said"]] for row in rows]
    return write_csv([_COLUMNS, *lines])
