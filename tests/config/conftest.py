"""The shared kernel needs no project settings; give Django bare ones where none are loaded."""

from __future__ import annotations

import os

from django.conf import settings

if not settings.configured and not os.environ.get("DJANGO_SETTINGS_MODULE"):
    settings.configure(USE_I18N=False, USE_TZ=True)
