"""The one row of settings."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from chat.services.idle import look_again_at_idle_chats
from config.configuration.policy.shapes import describe_columns, find_wrong
from config.configuration.selectors.export import SETTINGS
from config.configuration.services.work import Item, Work
from config.installation.forms import InstallationForm
from config.installation.models import Installation
from config.installation.selectors import get_installation

PATH = "settings"
SHAPE = describe_columns(Installation, SETTINGS)


def save_settings(given: Any, current: Item, work: Work) -> None:
    """Change the settings that the file names, by the rules of their pages (LC-51)."""
    wrong = list(find_wrong(given, SHAPE))
    for name, words in wrong:
        work.refuse(f"{PATH}.{name}" if name else PATH, words)
    wanted = current if wrong else {**current, **given}
    if wanted == current:
        return
    installation = get_installation(lock=True)
    form = InstallationForm({**wanted, "accent": wanted["accent"].lower()}, instance=installation)
    del form.fields["avatar"]
    if not form.is_valid():
        work.refuse_form(PATH, form.errors)
        return
    with work.guard(PATH), work.record(installation, is_new=False):
        form.save()
    if "idle_seconds" in form.changed_data:
        # After the commit: the sweeper must find the new time.
        transaction.on_commit(look_again_at_idle_chats, robust=True)
