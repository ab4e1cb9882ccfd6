"""Former versions of the widget's files: pages stay open over a deployment, and websites pin a version.

Each file is kept under its own name as soon as it was served, so that whoever knows the name gets the same
bytes for good, from any process and after any number of deployments (DG-16).
"""

from functools import lru_cache

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

FOLDER = "widget-versions"


@lru_cache(maxsize=256)
def keep(name: str, body: bytes) -> None:
    """Keep a file; asked again for the same one, nothing is done."""
    if not default_storage.exists(f"{FOLDER}/{name}"):
        default_storage.save(f"{FOLDER}/{name}", ContentFile(body))


def find(name: str) -> bytes | None:
    """Return the file of this name, or None. ``name`` must have been checked: it has no folder in it."""
    try:
        with default_storage.open(f"{FOLDER}/{name}") as file:
            found: bytes = file.read()
    except FileNotFoundError:
        return None
    return found
