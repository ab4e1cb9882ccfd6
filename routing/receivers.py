"""What routing does, and tells open sockets, when something was committed."""

from agents.events import AccessChanged
from chat.delivery.hub import broadcast_soon
from chat.delivery.topics import Audience, agent_topic
from chat.selectors.availability import tells_availability
from chat.services.departures import leaves_with_agent
from config.lib.events import receives
from routing.events import OfferMade, OfferSettled, TransferChanged
from routing.models import Offer, Transfer
from routing.selectors.candidates import is_any_agent_able
from routing.services.timers import release_lost_agents
from routing.services.transfers import stop_transfer


def push_offer(event: OfferMade | OfferSettled) -> None:
    """The agent's sockets read the offer: each in its own language (LC-21)."""
    agent_id = Offer.objects.filter(pk=event.offer_id).values_list("agent_id", flat=True).first()
    if agent_id is not None:
        broadcast_soon(agent_topic(agent_id), {Audience.STAFF: ""}, {"offer": event.offer_id})


def push_transfer(event: TransferChanged) -> None:
    """The sender's sockets read the transfer, each in its own language (LC-34)."""
    rows = Transfer.objects.filter(pk=event.transfer_id).values_list("sender_id", "public_id")
    for sender_id, public_id in rows:
        broadcast_soon(agent_topic(sender_id), {Audience.STAFF: ""}, {"transfer": str(public_id)})


# Ends with the chat, in the same transaction; the chat comes before this app.
leaves_with_agent(stop_transfer)
# Dialogues branch by it, and come before this app.
tells_availability(is_any_agent_able)
receives(OfferMade)(push_offer)
receives(OfferSettled)(push_offer)
receives(TransferChanged)(push_transfer)


@receives(AccessChanged)
def check_access(event: AccessChanged) -> None:
    """Sockets look again whether they may stay; what lost agents held is offered onward (LC-07)."""
    for user_id in event.user_ids:
        broadcast_soon(agent_topic(user_id), {Audience.STAFF: ""}, {"access": 1})
    release_lost_agents()
