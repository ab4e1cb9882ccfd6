"""What routing refuses, with the sentence that the agent reads."""

from django.utils.translation import gettext_lazy as _

from config.lib.errors import ConflictError, NotFound


class OfferNotFound(NotFound):
    code = "offer_not_found"
    message = _("This offer isn't here.")


class OfferGone(ConflictError):
    """The offer is settled already; ``code`` says how."""

    code = "offer_gone"
    message = _("This chat is no longer offered to you.")

    def __init__(self, message: str, *, offer_id: int, code: str) -> None:
        super().__init__(message, code=code)
        self.offer_id = offer_id
