"""Collecting the static files, but only when one of them has changed: it is the slowest part of a start."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def collect_static() -> bool:
    """Collect into STATIC_ROOT if a file is new, gone or changed since the last time; say whether it was."""
    stamp = Path(settings.DATA_DIR) / "static.stamp"
    wanted = get_fingerprint()
    if stamp.exists() and stamp.read_text() == wanted and Path(settings.STATIC_ROOT).is_dir():
        return False
    # No stamp while it runs: after a kill half-way the next start collects again.
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(wanted)
    return True


def get_fingerprint() -> str:
    """What the static files are: names, sizes and times, how they are stored, and where beside the stamp."""
    folder = os.path.relpath(settings.STATIC_ROOT, settings.DATA_DIR)
    found = hashlib.sha256(repr((settings.STORAGES["staticfiles"], folder)).encode())
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda item: item[0]):
            status = os.stat(storage.path(name))
            found.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return found.hexdigest()
