"""Who may look at, edit and publish what is designed: dialogues and flows each have their own permissions.

The same three rights on every way in: the admin's pages, what the designer asks for, the preview's socket.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from chat.models import Dialogue


@dataclass(frozen=True)
class Access:
    """The permissions of one kind; whoever may edit or publish may look, too (LC-06)."""

    view: str
    edit: str
    publish: str

    @property
    def look(self) -> tuple[str, str, str]:
        return (self.view, self.edit, self.publish)


ACCESS: Final = {
    Dialogue.Kind.DIALOGUE: Access("view_dialogues", "manage_dialogues", "publish_dialogues"),
    Dialogue.Kind.FLOW: Access("view_flows", "manage_flows", "publish_flows"),
}


def get_access(dialogue: Dialogue) -> Access:
    """The permissions that count for this one, under whichever address it is asked for."""
    return ACCESS[Dialogue.Kind(dialogue.kind)]


def list_kinds(may: Callable[[tuple[str, ...]], bool]) -> list[Dialogue.Kind]:
    """The kinds that somebody may look at, of whom ``may`` says whether one of some permissions is held."""
    return [kind for kind, access in ACCESS.items() if may(access.look)]
