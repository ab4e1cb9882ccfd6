"""The admin's pages about dialogues and what was said in them."""

from . import conversations, dialogues, documents, leads, live_chats

__all__ = ["conversations", "dialogues", "documents", "leads", "live_chats"]
