"""What the installation shows to everybody."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from config.lib.pictures import CONTENT_TYPE

YEAR_SECONDS = 31_536_000


@require_safe
def show_chatbot_avatar(request: HttpRequest, digest: str) -> FileResponse:
    """The chatbot's picture under the digest of its content (DG-17); for pages of any website.

    What is stored was drawn anew by us; the headers still let nothing but a picture come of it (S11).
    """
    try:
        picture = default_storage.open(f"widget/{digest}.webp")
    except OSError:
        raise Http404 from None
    response = FileResponse(picture, content_type=CONTENT_TYPE)
    response["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Content-Type-Options"] = "nosniff"
    return response
