"""The embedded mode: the whole product in one process, with an example company in it.

Installed only where ``EMBEDDED`` is on, so that no other
installation can load sample data or be signed in to by a link (S22).
"""

from typing import ClassVar

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "config.demo"
    label = "demo"

    # Where the example website answers while `manage.py demo` runs; None everywhere else.
    website_port: ClassVar[int | None] = None
