"""The admin's pages about who gets which chat: rules, accounts, offers, transfers and decisions."""

from . import accounts, records, rules, transfers

__all__ = ["accounts", "records", "rules", "transfers"]
