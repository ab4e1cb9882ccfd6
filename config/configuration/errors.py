"""Why a configuration file isn't imported."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.lib.errors import ConflictError, InvalidInput


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that is wrong, and where: a path such as ``rules[3].conditions``, empty for the whole file;
    ``line`` counts from 1, 0 where there is none.
    """

    path: str
    message: str
    line: int = 0

    def __str__(self) -> str:
        if not self.path:
            return self.message
        place = _("%(path)s (line %(line)d)") if self.line else "%(path)s"
        return f"{place % {'path': self.path, 'line': self.line}}: {self.message}"


def _join(refusals: Sequence[Refusal]) -> str:
    return "\n".join(str(refusal) for refusal in refusals)


_join_lazily = lazy(_join, str)


class FileUnreadable(InvalidInput):
    """The file as a whole is no configuration of this product."""

    code = "configuration_unreadable"
    message = gettext_lazy("This file can't be read.")


class ConfigurationInvalid(InvalidInput):
    """Something in the file can't be; `refusals` names each place. Nothing was imported."""

    code = "configuration_invalid"

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__(_join_lazily(self.refusals))


class ConfigurationChanged(ConflictError):
    """What was shown isn't what would happen any more."""

    code = "configuration_changed"
    message = gettext_lazy(
        "The configuration was changed since this was shown. Nothing was imported; look at the changes again."
    )
