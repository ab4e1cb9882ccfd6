"""Which of our languages somebody is answered in."""

from django.conf import settings
from django.utils.translation import get_supported_language_variant


def pick_language(wanted: str) -> str:
    """Return the language that we have for a browser's tag
    (``sv-FI`` -> ``sv``), else the installation's own.
    """
    try:
        return str(get_supported_language_variant(wanted))
    except LookupError:
        return str(settings.LANGUAGE_CODE)
