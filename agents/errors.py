"""What the agents app refuses."""

from django.utils.translation import gettext_lazy as _

from config.lib.errors import ConflictError, NotAllowed, NotFound


class PermissionsMissing(ConflictError):
    """The permissions of the product aren't in the database yet."""

    code = "permissions_missing"
    message = _("The database isn't up to date. Run “manage.py migrate” first.")


class DeviceNotFound(NotFound):
    """No other session of this person is signed in under this id."""

    code = "device_not_found"
    message = _("This device is signed out already.")


class TooManyGuesses(NotAllowed):
    """The password was wrong too often from here."""

    code = "too_many_guesses"
    message = _("The password was wrong too often. Wait 15 minutes, then try again.")
