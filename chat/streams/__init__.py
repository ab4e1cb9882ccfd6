"""Streams: trees of cards that a visitor is led through. Pure: no database, no clock, no sockets.

`parse_stream` reads one, `check_stream` says what keeps
it from being published, `begin` and `respond` play it.
"""

from chat.streams.cards import CARD_TYPES, card_form_schema
from chat.streams.checking import check_stream
from chat.streams.context import CheckContext, RunContext
from chat.streams.errors import AnswerInvalid, AnswerLate, AnswerMisplaced, StreamInvalid
from chat.streams.expanding import expand_flows, fold_flows, get_flow_ids
from chat.streams.faults import Fault, publishable
from chat.streams.outputs import (
    Ask,
    AskedChoice,
    AskedInput,
    DocumentFacts,
    Goal,
    Output,
    Say,
    ShowDocument,
)
from chat.streams.parsing import Stream, dump_stream, parse_stream
from chat.streams.running import Run, begin, play_on, poke_text, respond, take

__all__ = [
    "CARD_TYPES",
    "AnswerInvalid",
    "AnswerLate",
    "AnswerMisplaced",
    "Ask",
    "AskedChoice",
    "AskedInput",
    "CheckContext",
    "DocumentFacts",
    "Fault",
    "Goal",
    "Output",
    "Run",
    "RunContext",
    "Say",
    "ShowDocument",
    "Stream",
    "StreamInvalid",
    "begin",
    "card_form_schema",
    "check_stream",
    "dump_stream",
    "expand_flows",
    "fold_flows",
    "get_flow_ids",
    "parse_stream",
    "play_on",
    "poke_text",
    "publishable",
    "respond",
    "take",
]
