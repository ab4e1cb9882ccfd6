"""What is kept of sign-ins, and for how long."""

from importlib import import_module

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings

from agents.services.devices import forget_ended_devices

KEEP_DAYS = 90


def clear_expired_sign_ins() -> None:
    """Delete sessions whose time is over with their devices, and records of sign-ins after 90 days.
    Repeatable.
    """
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    forget_ended_devices()
    AxesProxyHandler.reset_logs(age_days=KEEP_DAYS)
    AxesProxyHandler.reset_failure_logs(age_days=KEEP_DAYS)
