"""Profile pictures, as visitors' and agents' pages load them."""

from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_safe

from config.lib.picture_files import serve_picture


@require_safe
def show_avatar(request: HttpRequest, name: str) -> FileResponse:
    """A picture by its random name, which never shows anything else (LC-08); for pages of any website."""
    return serve_picture(f"avatars/{name}")
