"""The admin's pages about dialogues and what was said in them."""

from . import canned, conversations, dialogues, documents, leads, live_chats

__all__ = ["canned", "conversations", "dialogues", "documents", "leads", "live_chats"]
