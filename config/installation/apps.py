from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InstallationConfig(AppConfig):
    name = "config.installation"
    label = "installation"
    verbose_name = _("Installation")

    def ready(self) -> None:
        from config import checks  # noqa: F401 - registers them, for the whole project
