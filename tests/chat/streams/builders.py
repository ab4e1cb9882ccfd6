"""Streams as an editor would save them, and random ones."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from chat.streams import CheckContext, Fault, Stream, check_stream, parse_stream

Json = dict[str, Any]

# A busy machine is no fault of a stream's.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

PRIME = CheckContext(
    agent_ids={7}, team_ids={3}, is_prime=True, has_rules=True, document_ids={5}, list_ids={8, 9}
)
SELECT = CheckContext(agent_ids={7})


def message(text: str = "Welcome!", **fields: Any) -> Json:
    return {"type": "message", "text": text, **fields}


def choice(choice_id: str, label: str | None = None, **fields: Any) -> Json:
    return {"id": choice_id, "label": choice_id.title() if label is None else label, **fields}


def question(*choices: Json, text: str = "What brings you here?", **fields: Any) -> Json:
    return {"type": "question", "text": text, "choices": list(choices), **fields}


def capture(attribute: str = "email", kind: str = "text", **fields: Any) -> Json:
    asked = {"text": f"Your {attribute}?", "attribute": attribute, "kind": kind}
    return {"type": "capture", **asked, **fields}


def goal(name: str = "Qualified", **fields: Any) -> Json:
    return {"type": "goal", "name": name, **fields}


def live_chat(**fields: Any) -> Json:
    return {"type": "live_chat", **fields}


def document(document_id: int | None = 5, **fields: Any) -> Json:
    return {"type": "document", "document_id": document_id, **fields}


def action(**fields: Any) -> Json:
    """Sets what is named in `sets`; the rest are the card's own fields."""
    sets = fields.pop("sets", {})
    assignments = [{"attribute": name, "value": value} for name, value in sets.items()]
    return {"type": "action", "assignments": assignments, **fields}


def asks(attribute: str, operator: str, value: object = None) -> Json:
    condition: Json = {"attribute": attribute, "operator": operator}
    return condition if value is None else {**condition, "value": value}


def case(case_id: str, *conditions: Json, **fields: Any) -> Json:
    return {"id": case_id, "conditions": {"items": list(conditions)}, **fields}


def branch(*cases: Json, **fields: Any) -> Json:
    return {"type": "branch", "cases": list(cases), **fields}


def flow(flow_id: int | None = 4, **fields: Any) -> Json:
    return {"type": "flow", "flow_id": flow_id, **fields}


def stream_json(*cards: Json, start: str | None = "c1") -> Json:
    """The cards as c1, c2, c3, … from the first."""
    return {"start": start, "cards": {f"c{number}": card for number, card in enumerate(cards, start=1)}}


def stream(*cards: Json, start: str | None = "c1") -> Stream:
    return parse_stream(stream_json(*cards, start=start))


def chain(*cards: Json) -> Stream:
    """The cards one after the other; the last ends the branch."""
    linked = [{**card, "next": f"c{number + 1}"} for number, card in enumerate(cards[:-1], start=1)]
    return stream(*linked, cards[-1])


def faults_of(checked: Stream, context: CheckContext = PRIME) -> list[Fault]:
    return check_stream(checked, context)


def found(checked: Stream, context: CheckContext = PRIME) -> set[tuple[str | None, str | None, str]]:
    """Where each error is, and which."""
    return {(f.card_id, f.field, f.code) for f in faults_of(checked, context) if f.severity == "error"}


def advice(checked: Stream, context: CheckContext = PRIME) -> set[tuple[str | None, str | None, str]]:
    return {(f.card_id, f.field, f.code) for f in faults_of(checked, context) if f.severity == "advice"}


TEXTS = st.one_of(
    st.sampled_from(["Hello", 'Hi {{lead.firstName:"there"}}', "{{email}}", "{{broken", "<b>&", "", " "]),
    st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12),
)
ATTRIBUTES = st.sampled_from(["first_name", "email", "phone", "company", "Bad Name"])
KINDS = st.sampled_from(["text", "email", "phone", "picklist"])
CONDITIONS = st.sampled_from(
    [
        asks("email", "is_empty"),
        asks("email", "contains", "@"),
        asks("lists", "is", "8"),
        asks("agent_available", "is", "yes"),
        asks("email", "resembles", "x"),
        {"items": [], "match": "any"},
    ]
)
LABELS = st.sampled_from(["Yes", "No", "Maybe", "{{email}}", "yes "])


@st.composite
def trees(draw: st.DrawFn, max_cards: int = 12) -> Json:
    """A random tree: each card after the first hangs on a way that is still open."""
    cards: dict[str, Json] = {}
    open_ways: list[Json] = [{}]
    for number in range(1, draw(st.integers(1, max_cards)) + 1):
        if not open_ways:
            break
        way = open_ways.pop(draw(st.integers(0, len(open_ways) - 1)))
        way["next"] = f"c{number}"
        cards[f"c{number}"] = card = draw(any_card())
        open_ways += ways_of(card)
    return {"start": "c1", "cards": cards}


@st.composite
def graphs(draw: st.DrawFn) -> Json:
    """Cards that lead anywhere: in circles, into nothing, to each other's children."""
    ids = [f"c{number}" for number in range(1, draw(st.integers(0, 5)) + 1)]
    targets = st.sampled_from([*ids, "nowhere", None])
    cards: dict[str, Json] = {}
    for card_id in ids:
        cards[card_id] = card = draw(any_card())
        for way in [card] if card["type"] == "live_chat" else ways_of(card):
            way["next"] = draw(targets)
    return {"start": draw(targets), "cards": cards}


def ways_of(card: Json) -> list[Json]:
    """What has a `next` to be filled in."""
    match card["type"]:
        case "question":
            return list(card["choices"])
        case "branch":
            return list(card["cases"])
        case "live_chat":
            return []
        case _:
            return [card]


@st.composite
def any_card(draw: st.DrawFn) -> Json:
    text = draw(TEXTS)
    kinds = ["message", "question", "capture", "goal", "live_chat", "document", "action", "branch", "flow"]
    match draw(st.sampled_from(kinds)):
        case "message":
            return message(text)
        case "question":
            labels = draw(st.lists(LABELS, max_size=4))
            choices = [choice(f"a{number}", label) for number, label in enumerate(labels)]
            return question(*choices, text=text, attribute=draw(st.none() | ATTRIBUTES))
        case "capture":
            return _capture(draw, text)
        case "goal":
            return goal(text)
        case "document":
            return document(draw(st.sampled_from([None, 5, 6])), text=text)
        case "action":
            lists = st.lists(st.sampled_from([8, 9]), max_size=2)
            return action(sets={draw(ATTRIBUTES): text}, add_to=draw(lists), remove_from=draw(lists))
        case "branch":
            cases = [case(f"a{number}", draw(CONDITIONS)) for number in range(draw(st.integers(0, 3)))]
            return branch(*cases)
        case "flow":
            return flow(draw(st.sampled_from([None, 4])))
        case _:
            option = draw(st.sampled_from(["round_robin", "agent", "rules", "team"]))
            return live_chat(
                text=text, option=option, agent_id=draw(st.sampled_from([None, 7, 8])), team_id=3
            )


def _capture(draw: st.DrawFn, text: str) -> Json:
    return capture(
        draw(ATTRIBUTES),
        draw(KINDS),
        text=text,
        options=draw(st.lists(st.sampled_from(["Red", "Green", "Straße", " "]), max_size=3)),
        required=draw(st.booleans()),
        overwrite=draw(st.sampled_from(["overwrite", "keep"])),
        skip_if_known=draw(st.booleans()),
        invalid_text=draw(st.none() | TEXTS),
    )
