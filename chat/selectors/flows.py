"""Finding flows by the name that pages and links have for them."""

from django.db.models import Case, Value, When

from chat.models import Dialogue


def find_flow(slug: str) -> Dialogue | None:
    """Return the flow that was published under this short name, if any; one that visitors can begin first.

    A draft's other name counts once it is published (DG-02).
    """
    if "\0" in slug:
        return None  # PostgreSQL can't even look for it in JSON.
    published_first = Case(When(status=Dialogue.Status.PUBLISHED, then=Value(0)), default=Value(1))
    rows = Dialogue.objects.filter(kind=Dialogue.Kind.FLOW, published_version__setup__slug=slug)
    return rows.select_related("published_version").order_by(published_first, "-published_version").first()
