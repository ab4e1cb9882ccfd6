"""Whom a dialogue is for, and where: target, audience, and the choice among dialogues. Pure: no database, no
clock.

A pattern is one line such as ``https://*.website.com/folder/*``: ``*`` stands for anything, also nothing.
Scheme, query, fragment, case and the slash at the end make no difference; a port does where it is written.
"""

from .addresses import Address, read_address
from .choice import Candidate, choose, list_targeting
from .parsing import LineError, TargetsInvalid, parse_target, parse_targets
from .patterns import Pattern, Target
from .setup import Events, Reach, Setup, compile_reach, dump_setup, load_setup

__all__ = [
    "Address",
    "Candidate",
    "Events",
    "LineError",
    "Pattern",
    "Reach",
    "Setup",
    "Target",
    "TargetsInvalid",
    "choose",
    "compile_reach",
    "dump_setup",
    "list_targeting",
    "load_setup",
    "parse_target",
    "parse_targets",
    "read_address",
]
