"""Pictures that were drawn anew by us, as pages of any website load them."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404

from config.lib.pictures import CONTENT_TYPE

YEAR_SECONDS = 31_536_000


def serve_picture(path: str) -> FileResponse:
    """Return a picture whose name never shows anything else, or raise ``Http404``.

    The headers let nothing but a picture come of it (S11).
    """
    try:
        picture = default_storage.open(path)
    except OSError:
        raise Http404 from None
    headers = {
        "Cache-Control": f"public, max-age={YEAR_SECONDS}, immutable",
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "X-Content-Type-Options": "nosniff",
    }
    return FileResponse(picture, content_type=CONTENT_TYPE, headers=headers)
