"""The admin's pages about people: users, agents, permission profiles and teams."""

from django.contrib import admin
from django.contrib.auth.models import Group

from . import agents, profiles, teams, users

__all__ = ["agents", "profiles", "teams", "users"]

# Shown as permission profiles instead.
admin.site.unregister(Group)
