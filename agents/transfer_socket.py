"""The commands by which an agent hands a chat over (LC-34)."""

from django.utils import timezone

from agents.inbox_socket import InboxSocket
from agents.models import Agent
from chat.protocol import agent as frames
from config.lib.errors import DomainError
from config.lib.threads import in_thread
from routing.selectors.transfers import list_targets
from routing.services.transfers import start_transfer, take_back_transfer


class TransferSocket(InboxSocket):
    """An inbox whose chats can be handed over."""

    async def find_targets(self, agent: Agent) -> None:
        """Send whom a chat may be handed over to now."""
        self.send_frame(frames.Targets(await in_thread(list_targets)(sender=agent, now=timezone.now())))

    async def start_transfer(self, frame: frames.StartTransfer, agent: Agent, conversation_id: int) -> None:
        """Hand over; a refusal belongs to the dialog that is open here: it is answered as a transfer."""
        try:
            started = await in_thread(start_transfer)(
                conversation_id=conversation_id,
                sender_id=agent.pk,
                agent_id=frame.agent,
                team_id=frame.team,
                note=frame.note,
            )
        except DomainError as refused:
            self.send_frame(frames.TransferNow(frame.conversation, "refused", str(refused)))
        else:
            await self.show_transfer(str(started.public_id))

    async def take_back(self, agent: Agent, conversation_id: int) -> None:
        """Keep the chat; the frame about it comes by the transfer's own push."""
        await in_thread(take_back_transfer)(conversation_id=conversation_id, sender_id=agent.pk)
