"""Reading where the snippet has been seen."""

from chat.models import Sighting


def list_sightings(*, limit: int) -> list[Sighting]:
    """Return the pages that loaded the snippet, the latest first, at most so many."""
    return list(Sighting.objects.order_by("-last_seen_at", "pk")[:limit])


def count_sightings() -> int:
    """Return how many pages have loaded the snippet."""
    return Sighting.objects.count()
