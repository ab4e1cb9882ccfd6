"""What is kept of sign-ins, and for how long."""

from importlib import import_module

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings

KEEP_DAYS = 90


def clear_expired_sign_ins() -> None:
    """Delete sessions whose time is over, and records of sign-ins and failed attempts after 90 days.
    Repeatable.
    """
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    AxesProxyHandler.reset_logs(age_days=KEEP_DAYS)
    AxesProxyHandler.reset_failure_logs(age_days=KEEP_DAYS)
