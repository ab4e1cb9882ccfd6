"""The admin's pages about who gets which chat: rules, accounts, offers and decisions."""

from . import accounts, records, rules

__all__ = ["accounts", "records", "rules"]
