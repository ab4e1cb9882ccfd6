"""What the agents app refuses."""

from django.utils.translation import gettext_lazy as _

from config.lib.errors import ConflictError


class PermissionsMissing(ConflictError):
    """The permissions of the product aren't in the database yet."""

    code = "permissions_missing"
    message = _("The database isn't up to date. Run “manage.py migrate” first.")
