"""Reading the installation's settings."""

from .models import Installation


def get_installation(*, lock: bool = False) -> Installation:
    """Return the settings row, made with its defaults on first use.

    ``lock`` takes the row's lock until the transaction ends: what counts against a limit does that (LC-02).
    """
    rows = Installation.objects.select_for_update(no_key=True) if lock else Installation.objects.all()
    found = rows.filter(pk=1).first()
    if found is not None:
        return found
    Installation.objects.get_or_create(pk=1)
    return rows.get(pk=1)
