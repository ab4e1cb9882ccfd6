"""The admin's pages about who gets which chat: rules, accounts, offers, transfers and decisions."""

from . import accounts, records, rule_versions, rules, transfers

__all__ = ["accounts", "records", "rule_versions", "rules", "transfers"]
