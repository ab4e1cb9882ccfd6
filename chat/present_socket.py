"""That a visitor's tab is open, as long as there is a live chat in it (LC-57)."""

import secrets

from chat.delivery.close_codes import is_goodbye
from chat.delivery.socket import FrameSocket
from chat.heartbeats import VisitorBeat, settle_what_is_due
from chat.services.lines import greet_visitor
from chat.services.presences import end_visitor
from config.lib.threads import in_thread


class PresentSocket(FrameSocket):
    """A socket whose end is known also where nobody is left to tell it: its row runs out."""

    # Of its row, once there is one.
    socket_id = ""
    counts = False

    async def arrive(self, conversation_id: int) -> None:
        """The tab shows this conversation, in which there is a live chat."""
        self.socket_id = self.socket_id or secrets.token_hex(16)
        self.counts = await in_thread(greet_visitor)(
            conversation_id=conversation_id, socket_id=self.socket_id
        )
        await self._depart_if_gone()

    async def beat(self, conversation_id: int) -> None:
        """A heartbeat: the live chat may have begun since, in another tab too."""
        self.socket_id = self.socket_id or secrets.token_hex(16)
        self.counts = await settle_what_is_due(VisitorBeat(conversation_id, self.socket_id))
        await self._depart_if_gone()

    async def depart(self, code: int) -> None:
        """The tab doesn't show it any more; ``code`` says how that came."""
        if not self.counts:
            return
        socket_id, self.socket_id, self.counts = self.socket_id, "", False
        # A restart closes what nobody wanted closed.
        said_goodbye = is_goodbye(code) and not self._is_ending
        await in_thread(end_visitor)(socket_id=socket_id, said_goodbye=said_goodbye)

    async def on_gone(self, code: int) -> None:
        await self.depart(code)

    async def _depart_if_gone(self) -> None:
        if self._is_gone:  # the tab was closed meanwhile
            await self.depart(self._close_code)
