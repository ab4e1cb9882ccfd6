"""One demo per data folder: two processes would not hear of each other's chats."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from config.lib.errors import ConflictError


class FolderInUse(ConflictError):
    """Another process runs on the same data."""

    code = "folder_in_use"
    message = _(
        "A demo with the data in %(folder)s is running already. Stop it, or set DATA_DIR to another folder."
    )


@contextmanager
def claim(folder: Path) -> Iterator[None]:
    """Hold the folder, made if it is missing, until the block ends. Raises FolderInUse.

    The system lets go of it however the process ends, so a killed demo bars nobody.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUse(params={"folder": folder}) from None
        yield
