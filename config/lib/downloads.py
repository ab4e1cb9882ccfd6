"""Files to keep, made for whoever asks."""

from django.http import HttpResponse


def make_download(data: bytes | str, *, name: str, content_type: str) -> HttpResponse:
    """Return a file that browsers save and never show among our own pages; no cache keeps it.

    ``name`` has plain signs only, since it stands in a header.
    """
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(data, content_type=content_type, headers=headers)
