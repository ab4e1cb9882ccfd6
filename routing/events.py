"""What happened to offers, told after the commit."""

from dataclasses import dataclass

from config.lib.events import Event


@dataclass(frozen=True)
class OfferMade(Event):
    """An agent is asked to take a chat (LC-21)."""

    offer_id: int


@dataclass(frozen=True)
class OfferSettled(Event):
    """An offer is accepted, declined, expired, undelivered or withdrawn: its banner goes (LC-25)."""

    offer_id: int


@dataclass(frozen=True)
class TransferChanged(Event):
    """A transfer began, asks somebody else, or is over: its sender sees it (LC-34)."""

    transfer_id: int
