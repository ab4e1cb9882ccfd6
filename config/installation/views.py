"""What the installation shows to everybody."""

from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_safe

from config.lib.picture_files import serve_picture


@require_safe
def show_chatbot_avatar(request: HttpRequest, digest: str) -> FileResponse:
    """The chatbot's picture under the digest of its content (DG-17); for pages of any website."""
    return serve_picture(f"widget/{digest}.webp")
