"""What routing does, and tells open sockets, when something was committed."""

from agents.events import AccessChanged
from chat.delivery.hub import broadcast_soon
from chat.delivery.topics import Audience, agent_topic
from chat.selectors.availability import tells_availability
from config.lib.events import receives
from routing.events import OfferMade, OfferSettled
from routing.models import Offer
from routing.selectors.candidates import is_any_agent_able
from routing.services.timers import release_lost_agents


def push_offer(event: OfferMade | OfferSettled) -> None:
    """The agent's sockets read the offer: each in its own language (LC-21)."""
    agent_id = Offer.objects.filter(pk=event.offer_id).values_list("agent_id", flat=True).first()
    if agent_id is not None:
        broadcast_soon(agent_topic(agent_id), {Audience.STAFF: ""}, {"offer": event.offer_id})


# Dialogues branch by it, and come before this app.
tells_availability(is_any_agent_able)
receives(OfferMade)(push_offer)
receives(OfferSettled)(push_offer)


@receives(AccessChanged)
def check_access(event: AccessChanged) -> None:
    """Sockets look again whether they may stay; what lost agents held is offered onward (LC-07)."""
    for user_id in event.user_ids:
        broadcast_soon(agent_topic(user_id), {Audience.STAFF: ""}, {"access": 1})
    release_lost_agents()
