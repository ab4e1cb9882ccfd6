"""What routing refuses, with the sentence that the agent reads."""

from django.utils.translation import gettext_lazy as _

from config.lib.errors import ConflictError, NotFound


class OfferNotFound(NotFound):
    code = "offer_not_found"
    message = _("This offer isn't here.")


class TargetNotFound(NotFound):
    code = "target_not_found"
    message = _("This colleague or team can't be asked any more.")


class TransferRefused(ConflictError):
    """Nobody who was asked for can take the chat now; nothing has changed (LC-34)."""

    code = "transfer_refused"
    message = _("Nobody in %(name)s can take a chat now.")


class TransferPending(ConflictError):
    code = "transfer_pending"
    message = _("A colleague is being asked already.")


class OfferGone(ConflictError):
    """The offer is settled already; ``code`` says how."""

    code = "offer_gone"
    message = _("This chat is no longer offered to you.")

    def __init__(self, message: str, *, offer_id: int, code: str) -> None:
        super().__init__(message, code=code)
        self.offer_id = offer_id
