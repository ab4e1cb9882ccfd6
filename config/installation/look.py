"""The look of the chat as an admin set it (DG-17), for everything that shows it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from .models import Installation


@dataclass(frozen=True)
class Look:
    """What the widget has to know of its look; the names are those of its configuration.

    ``side`` and ``bottom`` are pixels from the edges of the page, ``delay`` milliseconds before each card.
    ``avatar`` and ``privacy`` are addresses, empty for none; that of the avatar has no host.
    """

    name: str
    accent: str
    theme: str
    font: str
    anchor: str
    side: int
    bottom: int
    avatar: str
    delay: int
    sounds: bool
    poke: bool
    privacy: str
    consent: bool
    files: bool

    def to_config(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return asdict(self)


def get_look(installation: Installation) -> Look:
    """Return how the chat looks and behaves on a page (DG-17). ``poke``: its first words stand beside the
    button on phones too. ``consent``: nothing is stored or sent before the page says so.
    """
    return Look(
        name=installation.widget_name,
        accent=installation.accent.lower(),
        theme=installation.theme,
        font=installation.font,
        anchor=installation.anchor,
        side=installation.offset_side,
        bottom=installation.offset_bottom,
        avatar=installation.avatar.url if installation.avatar else "",
        delay=installation.response_delay_ms,
        sounds=installation.sounds,
        poke=installation.poke_on_mobile,
        privacy=installation.privacy_url,
        consent=installation.consent_mode,
        files=installation.files_enabled,
    )
