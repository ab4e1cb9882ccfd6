"""The lock on sign-in pages, under a name that says what it is."""

from axes.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SignInGuardConfig(AppConfig):  # type: ignore[misc]
    verbose_name = _("Sign-ins and lock-outs")
