"""Documents that dialogues show: public, like what a dialogue says."""

import uuid

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from chat.models import Document

LIFETIME = "public, max-age=300"
# Nothing in the file may load or run anything, should a browser ever take it for a page.
POLICY = "default-src 'none'; sandbox"


@require_safe
@xframe_options_exempt
def serve_document(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The PDF, for the widget's viewer on whatever website and for a tab of its own."""
    document = get_object_or_404(Document, public_id=public_id)
    try:
        content = document.file.open("rb")
    except (FileNotFoundError, ValueError) as error:
        raise Http404 from error
    response = FileResponse(content, content_type="application/pdf", filename=f"{document.name}.pdf")
    response["Cache-Control"] = LIFETIME
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    return response
