"""What a preview plays: the draft with its flows in it, the documents there are, and pretended facts."""

from collections.abc import Mapping

from chat import streams
from chat.designer.checks import has_rules
from chat.designer.playing import Performance
from chat.models import Dialogue, Document
from chat.services.dialogues import make_check_context
from chat.streams.expanding import expand_flows


def stage(dialogue: Dialogue, facts: Mapping[str, str], *, is_agent_available: bool) -> Performance:
    """Return a performance of the draft that hasn't begun; one that can't be read is an empty stream."""
    context = streams.RunContext(
        attributes=dict(facts), documents=list_documents(), is_agent_available=lambda: is_agent_available
    )
    return Performance(_read(dialogue), context)


def _read(dialogue: Dialogue) -> streams.Stream:
    flows = make_check_context(dialogue, has_rules=has_rules()).flows
    try:
        stream = streams.parse_stream(dialogue.stream)
    except streams.StreamInvalid:
        return streams.parse_stream({})
    try:
        return expand_flows(stream, flows)
    except streams.StreamInvalid:
        # A flow that isn't there is passed over: the check says it, and the rest can be tried.
        return stream


def list_documents() -> dict[int, streams.DocumentFacts]:
    """Return what a document card shows, by the documents' ids."""
    rows = Document.objects.all()
    return {
        row.pk: streams.DocumentFacts(row.name, row.pages, row.size, row.file.url if row.file else "")
        for row in rows
    }
