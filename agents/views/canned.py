"""Canned replies, as the composer gets them and keeps new ones (LC-42)."""

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_http_methods

from chat.selectors.canned import get_variables, list_offered_replies
from chat.services.canned import save_reply
from config.lib.errors import DomainError

from .page import agent_page, get_user


@require_http_methods(["GET", "POST"])
@agent_page
def replies(request: HttpRequest) -> HttpResponse:
    """What "/" offers this agent; a form with ``code``, ``title``, ``text`` keeps one more, and with
    ``propose`` puts it forward for everybody.
    """
    agent = get_user(request)
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in ("code", "title", "text")}
        try:
            save_reply(author=agent, propose=bool(request.POST.get("propose")), **given)
        except DomainError as error:
            return JsonResponse(
                {"code": error.code, "text": str(error), "field": error.field or ""}, status=400
            )
    offered = [asdict(reply) for reply in list_offered_replies(user=agent)]
    return JsonResponse({"replies": offered, "variables": get_variables()})
