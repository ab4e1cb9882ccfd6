"""The admin's pages about the installation: settings, usage, the chat's look, putting it on a website."""

from .look import ChatWindowAdmin
from .settings import SETTERS, InstallationAdmin
from .snippet import SnippetAdmin
from .usage import UsageAdmin

__all__ = ["SETTERS", "ChatWindowAdmin", "InstallationAdmin", "SnippetAdmin", "UsageAdmin"]
