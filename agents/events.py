"""What happens to agents, for those who must act on it at once."""

from dataclasses import dataclass

from config.lib.events import Event


@dataclass(frozen=True)
class AvailabilityChanged(Event):
    """An agent became available or unavailable, or may have: read it again (LC-12)."""

    agent_id: int


@dataclass(frozen=True)
class AccessChanged(Event):
    """What these users may do has changed, or may have: check permissions and sessions again (LC-07)."""

    user_ids: tuple[int, ...]
