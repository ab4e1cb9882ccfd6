#!/usr/bin/env python
"""Entry point for every management command."""

import os
import sys

# What works, and says what it has to say, also where nothing is set up.
ALWAYS = ("help", "--help", "-h", "version", "--version")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command == "demo" or (command == "makemigrations" and not os.environ.get("SECRET_KEY")):
        # The demo is the embedded mode, and models are compared with their migrations in any mode: it must be
        # chosen before the settings are read.
        os.environ.setdefault("EMBEDDED", "true")
    if command not in ALWAYS:
        refuse_bad_settings()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


def refuse_bad_settings() -> None:
    """End with the sentence about what is wrong: Django's own commands go on without settings, and fail later
    in words about something else.
    """
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    try:
        _ = settings.INSTALLED_APPS
    except ImproperlyConfigured as refusal:
        sys.exit(str(refusal))


if __name__ == "__main__":
    main()
