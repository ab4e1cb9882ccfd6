"""The admin site of this project in place of Django's default one."""

from django.contrib.admin.apps import AdminConfig


class SwitchboardAdminConfig(AdminConfig):
    default_site = "config.admin_site.SwitchboardAdminSite"
