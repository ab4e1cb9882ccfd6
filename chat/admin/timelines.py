"""The time line of one live chat: its page, and its export (LC-57)."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext

from chat.models import LiveChat
from config.lib.sheets import write_csv
from routing.selectors.timelines import KINDS, MOST_MESSAGES, Moment, list_moments

_COLUMNS = ("at", "seconds", "kind", "who", "details")


def show_timeline(site: admin.AdminSite, request: HttpRequest, chat: LiveChat, form: str) -> HttpResponse:
    """The page, or all of it as ``csv`` or ``json``."""
    rows = [_describe(moment, chat) for moment in list_moments(chat)]
    if form == "csv":
        return _attach(HttpResponse(_write_csv(rows), content_type="text/csv; charset=utf-8"), chat, form)
    if form == "json":
        data = {"live_chat": str(chat.public_id), "timeline": [_pick(row) for row in rows]}
        return _attach(JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 1}), chat, form)
    context = {
        **site.each_context(request),
        "title": gettext("Timeline"),
        "opts": LiveChat._meta,
        "chat": chat,
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
        "said": _say(moment.details),
    }


def _say(details: Mapping[str, Any]) -> str:
    """Names and values on one line; what is nested as JSON."""
    return ", ".join(
        f"{name}: {json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value}"
        for name, value in details.items()
    )


def _pick(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in _COLUMNS}


def _write_csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    lines = [[row["at"], row["seconds"], row["kind"], row["who"], row["said"]] for row in rows]
    return write_csv([_COLUMNS, *lines])


def _attach(answer: HttpResponse, chat: LiveChat, form: str) -> HttpResponse:
    answer["Content-Disposition"] = f'attachment; filename="timeline-{chat.public_id}.{form}"'
    answer["Cache-Control"] = "no-store"
    return answer
