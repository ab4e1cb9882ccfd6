"""The commands by which an agent writes to colleagues, and has read what they wrote (LC-42)."""

from agents.models import Agent
from agents.watching_socket import WatchingSocket
from chat.protocol import agent as frames
from chat.selectors.notes import as_note
from chat.services.mentions import see_mentions
from chat.services.notes import write_note
from config.lib.threads import in_thread


class NotesSocket(WatchingSocket):
    """An inbox in which notes are written beside every chat that the agent may look at."""

    async def write_note(self, frame: frames.WriteNote, agent: Agent) -> None:
        """The service says who may; the answer is the note, which is there however often it is sent."""
        note = await in_thread(write_note)(
            author=agent,
            conversation=frame.conversation,
            client_id=frame.client_id,
            text=frame.text,
            mentions=frame.mentions,
        )
        is_known = self.notes.get(frame.conversation, 0) >= note.number
        await self.show_notes(frame.conversation)
        if is_known or frame.conversation not in self.conversations:
            self.send_frame(frames.Notes(frame.conversation, [await in_thread(as_note)(note)]))

    async def see_mentions(self, frame: frames.SeeMentions, agent: Agent) -> None:
        """Every page of this agent hears of it by the push that follows."""
        await in_thread(see_mentions)(person=agent, conversation=frame.conversation, numbers=frame.numbers)
