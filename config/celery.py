"""Celery: the beat table is the same embedded and in production.

Every entry is a sweeper over deadlines that are columns in the database; an entry expires
before its successor is due, so that a worker that was away doesn't replay a backlog.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("switchboard")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# name -> (task, period in seconds)
SWEEPERS = {
    "settle-offers": ("routing.tasks.settle_offers", 0.5),
    "route-waiting": ("routing.tasks.route_waiting", 1.0),
    "release-lost-agents": ("routing.tasks.release_lost_agents", 2.0),
    "idle-chats": ("chat.tasks.settle_idle_chats", 1.0),
    "availability": ("agents.tasks.end_due_overrides", 5.0),
    "lines": ("chat.tasks.settle_lines", 5.0),
    "forget-presences": ("agents.tasks.forget_stale_presences", 600.0),
    "forget-visitor-presences": ("chat.tasks.forget_visitor_presences", 600.0),
    "forget-pages": ("chat.tasks.forget_pages", 3_600.0),
    "clear-sign-ins": ("agents.tasks.clear_expired_sign_ins", 3_600.0),
    "forget-uploads": ("config.configuration.tasks.forget_configuration_uploads", 600.0),
}

# Seconds that a sweep may wait for a worker. Short, so that a worker that was away replays no backlog; long
# enough
# for two hosts' clocks to differ, since one counts it and the other looks.
EXPIRES = 10.0

app.conf.beat_schedule = {
    name: {"task": task, "schedule": period, "options": {"expires": EXPIRES}}
    for name, (task, period) in SWEEPERS.items()
}
