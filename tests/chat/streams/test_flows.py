from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from chat.streams import (
    RunContext,
    begin,
    check_stream,
    dump_stream,
    expand_flows,
    get_flow_ids,
    parse_stream,
    respond,
)
from chat.streams.errors import StreamInvalid
from tests.chat.streams.builders import (
    PRIME,
    UNHURRIED,
    Json,
    asks,
    branch,
    capture,
    case,
    chain,
    choice,
    flow,
    found,
    goal,
    live_chat,
    message,
    question,
    stream,
    trees,
)

pytestmark = pytest.mark.req("DG-10", "DG-20")

ASKS_NAME = chain(capture("first_name"), message("Hello {{first_name}}"))


def texts(run: object) -> list[str]:
    return [output.text for output in run.outputs]  # type: ignore[attr-defined]


def test_flow_runs_as_a_part_of_the_stream_and_goes_on_where_it_ends() -> None:
    frozen = expand_flows(chain(message("Hi"), flow(), message("Bye")), {4: ASKS_NAME})
    begun = begin(frozen, RunContext())
    assert (texts(begun), begun.awaiting) == (["Hi", "Your first_name?"], "c2~c1")
    went_on = respond(frozen, "c2~c1", "Ada", RunContext(), awaiting="c2~c1")
    assert (texts(went_on), went_on.completed) == (["Hello Ada", "Bye"], True)


def test_flow_at_the_end_of_a_branch_ends_it() -> None:
    frozen = expand_flows(stream(flow()), {4: stream(message("Hello"))})
    assert begin(frozen, RunContext()).completed
    assert texts(begin(frozen, RunContext())) == ["Hello"]


def test_every_end_of_a_flow_leads_on_and_none_of_its_live_chats() -> None:
    inner = stream(
        question(choice("a", next="c2"), choice("b"), choice("c", next="c3")),
        branch(case("x", asks("email", "is_empty"))),
        live_chat(),
    )
    frozen = expand_flows(chain(flow(), goal("Reached")), {4: inner})
    for answer in "ab":
        assert [reached.name for reached in respond(frozen, "c1~c1", answer, RunContext()).goals] == [
            "Reached"
        ]
    connected = respond(frozen, "c1~c1", "c", RunContext())
    assert (connected.live_chat, connected.goals) == ("c1~c3", ())


def test_one_flow_may_run_twice_and_its_cards_are_told_apart() -> None:
    frozen = expand_flows(chain(flow(), flow()), {4: stream(goal("Seen"))})
    assert [(reached.card_id, reached.name) for reached in begin(frozen, RunContext()).goals] == [
        ("c1~c1", "Seen"),
        ("c2~c1", "Seen"),
    ]


def test_flow_in_a_flow_is_there_once_the_flow_was_frozen() -> None:
    middle = expand_flows(chain(message("Middle"), flow(9)), {9: stream(message("Inner"))})
    frozen = expand_flows(chain(flow(), message("End")), {4: middle})
    assert texts(begin(frozen, RunContext())) == ["Middle", "Inner", "End"]
    assert "c1~c2~c1" in frozen.cards
    assert get_flow_ids(frozen) == {4, 9}


def test_frozen_stream_comes_back_from_its_json() -> None:
    frozen = expand_flows(chain(flow(), message("End")), {4: ASKS_NAME})
    assert parse_stream(dump_stream(frozen), frozen=True) == frozen
    with pytest.raises(StreamInvalid):
        parse_stream(dump_stream(frozen))


def test_stream_without_flows_stays_as_it_is() -> None:
    assert expand_flows(ASKS_NAME, {}) is ASKS_NAME


@pytest.mark.parametrize("target", ["c1~c2", "x" * 41])
def test_draft_can_not_lead_into_a_flow(target: str) -> None:
    with pytest.raises(StreamInvalid, match="must be an id"):
        stream(message(next=target))


def test_flow_that_is_not_published_is_refused() -> None:
    with pytest.raises(StreamInvalid) as refused:
        expand_flows(stream(flow(6)), {4: ASKS_NAME})
    assert (refused.value.code, refused.value.card_id) == ("flow_unknown", "c1")


@pytest.mark.req("DG-13")
@pytest.mark.parametrize(
    ("card", "codes"), [(flow(None), {"flow_missing"}), (flow(6), {"flow_unknown"}), (flow(4), set())]
)
def test_flow_that_is_not_there_is_a_fault(card: Json, codes: set[str]) -> None:
    faults = found(stream(card), replace(PRIME, flows={4: ASKS_NAME}))
    assert faults == {("c1", "flow_id", code) for code in codes}


@pytest.mark.req("DG-13")
def test_flow_that_runs_itself_is_a_fault_also_by_way_of_others() -> None:
    second = expand_flows(stream(flow(4)), {4: ASKS_NAME})
    third = expand_flows(stream(flow(5)), {5: second})
    flows = {4: ASKS_NAME, 5: second, 6: third}
    for flow_id in (4, 5, 6):
        checked = stream(flow(flow_id))
        context = replace(PRIME, flows=flows, flow_id=4)
        assert found(checked, context) == {("c1", "flow_id", "flow_loop")}
        # Another flow, or a dialogue, may run it.
        assert found(checked, replace(context, flow_id=7)) == set()
        assert found(checked, replace(context, flow_id=None)) == set()


@pytest.mark.req("DG-13")
def test_stream_that_gets_too_large_with_its_flows_is_a_fault() -> None:
    large = chain(*[message()] * 300)
    context = replace(PRIME, flows={4: large})
    assert found(chain(flow(), message()), context) == set()
    assert found(chain(flow(), flow()), context) == {(None, None, "too_many_cards")}


@pytest.mark.req("DG-13")
def test_flows_too_deep_in_each_other_are_a_fault_at_the_card() -> None:
    deep = stream(message())
    long_id = "x" * 40
    for _level in range(2):
        deep = expand_flows(parse_stream({"start": long_id, "cards": {long_id: flow()}}), {4: deep})
    checked = parse_stream({"start": long_id, "cards": {long_id: flow()}})
    assert found(checked, replace(PRIME, flows={4: deep})) == {(long_id, "flow_id", "flow_too_deep")}


@UNHURRIED
@given(trees())
def test_any_flow_is_played_alike_inside_and_alone(raw: Json) -> None:
    inner = expand_flows(parse_stream(raw), {4: ASKS_NAME}) if _is_whole(raw) else ASKS_NAME
    outer = expand_flows(stream(flow()), {4: inner})
    assert texts(begin(outer, RunContext())) == texts(begin(inner, RunContext()))
    assert len(outer.cards) == len(inner.cards) + 1
    assert {way.target for card in outer.cards.values() for way in card.ways()} <= {*outer.cards, None}


def _is_whole(raw: Json) -> bool:
    return all(card.get("flow_id", 4) == 4 for card in raw["cards"].values())


@UNHURRIED
@given(trees())
def test_check_with_flows_never_fails(raw: Json) -> None:
    check_stream(parse_stream(raw), replace(PRIME, flows={4: ASKS_NAME}))
