"""The example website as a process of its own, beside a product that runs as in production."""

from __future__ import annotations

import os

import django

django.setup()

from config.demo.website import Website  # noqa: E402 - renders templates, so Django comes first

application = Website(int(os.environ["PRODUCT_PORT"]))
