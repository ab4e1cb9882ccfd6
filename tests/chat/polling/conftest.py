from tests.chat.sockets.conftest import agent, loop_of_server, story, visitor

__all__ = ["agent", "loop_of_server", "story", "visitor"]
