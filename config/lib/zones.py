"""Time zones by name."""

from datetime import tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def get_zone(name: str) -> tzinfo:
    """Return the zone of this name; UTC for an empty one,
    or one that the time zone database has dropped (LC-11).
    """
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
