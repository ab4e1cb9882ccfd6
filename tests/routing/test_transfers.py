"""Handing an active chat over to a colleague or a team (LC-34)."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import Presence, User
from chat.errors import NotYourChat
from chat.events import AgentChatsChanged, ConversationChanged
from chat.models import Engagement, LiveChat, Message, Note, Seat, TimelineEntry
from chat.selectors.inbox import list_past_chats
from chat.services.live_chats import end_by_agent
from chat.services.messages import Post
from config.lib.errors import DomainError
from routing.errors import OfferGone, TargetNotFound, TransferPending, TransferRefused
from routing.events import OfferMade, TransferChanged
from routing.models import Decision, Offer, RobinPointer, Transfer
from routing.services.timers import continue_transfers, settle_offers
from routing.services.transfers import continue_transfer, start_transfer, take_back_transfer
from tests.agents.conftest import Hear
from tests.factories import TeamFactory
from tests.invariants import check_invariants
from tests.routing.steps import decline, pending, reload, show, status, take
from tests.stage import (
    agent_at_work,
    ask_for_human,
    at,
    configure,
    dismiss,
    list_notices,
    post_message,
    start_chat,
)

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-34")]


@pytest.fixture(autouse=True)
def ida() -> User:
    configure(package="prime")
    return agent_at_work(first_name="Ida", last_name="Ek")


@pytest.fixture
def chat(ida: User) -> LiveChat:
    """Ida's chat with a visitor; colleagues come to work after it began."""
    return start_chat()


@pytest.fixture
def bo(chat: LiveChat) -> User:
    return agent_at_work(first_name="Bo", last_name="Dahl")


def hand(chat: LiveChat, *, seconds: float = 10, note: str = "Wants 12 bikes", **target: Any) -> Offer:
    """The offer to whoever is asked first."""
    assert chat.agent_id is not None
    start_transfer(
        conversation_id=chat.conversation_id, sender_id=chat.agent_id, note=note, now=at(seconds), **target
    )
    return pending(chat)


def take_back(chat: LiveChat, seconds: float = 20) -> None:
    assert chat.agent_id is not None
    take_back_transfer(conversation_id=chat.conversation_id, sender_id=chat.agent_id, now=at(seconds))


def of(offer: Offer) -> Transfer:
    return Transfer.objects.get(offers=offer)


def kinds(chat: LiveChat) -> list[str]:
    return list(TimelineEntry.objects.filter(live_chat=chat).order_by("pk").values_list("kind", flat=True))


def test_colleague_is_asked_and_the_sender_keeps_the_chat_meanwhile(
    chat: LiveChat, ida: User, bo: User, hear: Hear
) -> None:
    with hear(OfferMade) as made, hear(TransferChanged) as changed, hear(ConversationChanged) as told:
        offer = hand(chat, agent_id=bo.pk)
    assert (offer.agent, offer.via, offer.offered_at, offer.expires_at) == (bo, "transfer", at(10), at(110))
    assert offer.deliver_by == at(15)
    transfer = of(offer)
    assert (transfer.sender, transfer.target_name, transfer.note) == (ida, "Bo Dahl", "Wants 12 bikes")
    assert (reload(chat).status, reload(chat).agent) == ("active", ida)
    assert sorted(Seat.objects.values_list("agent_id", flat=True)) == sorted([ida.pk, bo.pk])
    # Sets: each of the three listeners lets the events of all three arrive.
    assert (set(made), set(changed), told) == ({OfferMade(offer.pk)}, {TransferChanged(transfer.pk)}, [])
    assert list_notices(chat) == ["joined"]
    post_message(Post(chat.conversation_id, "agent", ida.pk, "while-asking", "One moment"), now=at(11))
    check_invariants()


def test_accepting_moves_the_chat_and_tells_the_visitor_once(
    chat: LiveChat, ida: User, bo: User, hear: Hear
) -> None:
    offer = hand(chat, agent_id=bo.pk)
    with hear(AgentChatsChanged) as inboxes, hear(TransferChanged) as changed:
        take(offer, 30)
    moved = reload(chat)
    assert (moved.status, moved.agent, moved.agent_name) == ("active", bo, "Bo Dahl")
    assert (moved.accepted_at, moved.conversation.active_at) == (chat.accepted_at, at(30))
    assert moved.idle_at == at(30 + 540)
    assert list_notices(chat) == ["joined", "transferred"]
    assert list(Seat.objects.values_list("agent", flat=True)) == [bo.pk]
    assert {event.agent_id for event in inboxes} == {ida.pk, bo.pk}
    assert set(changed) == {TransferChanged(of(offer).pk)}
    assert (of(offer).status, of(offer).settled_at) == ("accepted", at(30))
    assert kinds(chat)[-4:] == ["transfer", "offered", "accepted", "transferred"]
    assert take(offer, 31).status == "accepted"
    check_invariants()


def test_after_the_handover_only_the_receiver_may_write_and_hand_over(
    chat: LiveChat, ida: User, bo: User
) -> None:
    take(hand(chat, agent_id=bo.pk), 30)
    with pytest.raises(DomainError):
        post_message(Post(chat.conversation_id, "agent", ida.pk, "too-late", "Still me"), now=at(31))
    with pytest.raises(NotYourChat):
        hand(chat, agent_id=bo.pk, seconds=32)
    with pytest.raises(NotYourChat):
        take_back(chat, 32)
    back = hand(reload(chat), agent_id=ida.pk, seconds=33)
    take(back, 34)
    assert reload(chat).agent == ida
    assert list_notices(chat) == ["joined", "transferred", "transferred"]
    check_invariants()


@pytest.mark.req("LC-02")
def test_handover_is_no_further_engagement(chat: LiveChat, bo: User) -> None:
    configure(package="select", engagement_limit=1)
    visitor = chat.conversation.visitor
    visitor.session_number += 1
    visitor.save()
    take(hand(chat, agent_id=bo.pk), 30)
    assert (reload(chat).agent, Engagement.objects.count()) == (bo, 1)


@pytest.mark.req("LC-24")
def test_colleague_who_declines_leaves_the_chat_where_it_was(chat: LiveChat, ida: User, bo: User) -> None:
    offer = hand(chat, agent_id=bo.pk)
    decline(offer, 20, "In a demo")
    transfer = of(offer)
    assert (transfer.status, transfer.outcome, transfer.settled_at) == ("failed", "declined", at(20))
    assert (reload(chat).status, reload(chat).agent) == ("active", ida)
    assert list(Seat.objects.values_list("agent", flat=True)) == [ida.pk]
    assert kinds(chat)[-2:] == ["declined", "transfer_off"]
    assert list_notices(chat) == ["joined"]
    check_invariants()


@pytest.mark.req("LC-22", "LC-24")
@pytest.mark.parametrize(("seen", "seconds", "outcome"), [(True, 110, "expired"), (False, 15, "undelivered")])
def test_colleague_who_does_not_answer_leaves_it_too(
    chat: LiveChat, ida: User, bo: User, seen: bool, seconds: float, outcome: str
) -> None:
    offer = hand(chat, agent_id=bo.pk)
    if seen:
        show(offer, 12)
    settle_offers(now=at(seconds - 0.001))
    assert status(offer) == "pending"
    settle_offers(now=at(seconds))
    assert (status(offer), of(offer).status, of(offer).outcome) == (outcome, "failed", outcome)
    assert (reload(chat).agent, reload(chat).status) == (ida, "active")
    check_invariants()


def test_sender_can_take_it_back(chat: LiveChat, ida: User, bo: User) -> None:
    offer = hand(chat, agent_id=bo.pk)
    take_back(chat)
    take_back(chat, 21)
    assert (status(offer), of(offer).status, of(offer).outcome) == ("withdrawn", "withdrawn", "taken_back")
    with pytest.raises(OfferGone) as gone:
        take(offer, 22)
    assert (gone.value.code, str(gone.value)) == ("taken_back", "Ida Ek kept the chat.")
    assert kinds(chat).count("transfer_off") == 1
    take(hand(chat, agent_id=bo.pk, seconds=30), 31)
    assert reload(chat).agent == bo
    check_invariants()


def test_second_transfer_waits_for_the_first(chat: LiveChat, bo: User) -> None:
    other = agent_at_work()
    offer = hand(chat, agent_id=bo.pk)
    for target in (other, bo):
        with pytest.raises(TransferPending):
            hand(chat, agent_id=target.pk)
    assert (Transfer.objects.get(), pending(chat)) == (of(offer), offer)
    check_invariants()


@pytest.mark.req("LC-13")
@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"override_available": False}, "Bo Dahl is switched to unavailable."),
        ({"override_available": None, "override_until": None}, "Bo Dahl is outside hours."),
        ({"seat_limit": 1}, "Bo Dahl has no free seat."),
        ({}, "Bo Dahl has no inbox open."),
    ],
)
def test_colleague_who_cannot_take_it_is_refused_at_once(
    chat: LiveChat, bo: User, fields: dict[str, Any], reason: str
) -> None:
    User.objects.filter(pk=bo.pk).update(**fields)
    if "seat_limit" in fields:
        Seat.objects.create(agent=bo, number=1, live_chat=chat)
    elif not fields:
        Presence.objects.filter(agent=bo).delete()
    before = list(TimelineEntry.objects.values())
    with pytest.raises(TransferRefused) as refused:
        hand(chat, agent_id=bo.pk)
    assert str(refused.value) == reason
    assert not Transfer.objects.exists()
    assert Decision.objects.count() == Offer.objects.count() == 1
    assert list(TimelineEntry.objects.values()) == before


def test_target_is_one_colleague_or_one_team(chat: LiveChat, ida: User, bo: User) -> None:
    team, gone = TeamFactory.create(members=[bo]), agent_at_work()
    dismiss(gone)
    targets: list[dict[str, Any]] = [
        {},
        {"agent_id": ida.pk},
        {"agent_id": gone.pk},
        {"agent_id": 999_999},
        {"team_id": 999_999},
        {"agent_id": bo.pk, "team_id": team.pk},
    ]
    for target in targets:
        with pytest.raises(TargetNotFound):
            hand(chat, **target)
    configure(package="select")
    with pytest.raises(TargetNotFound):
        hand(chat, team_id=team.pk)
    assert not Transfer.objects.exists()


@pytest.mark.req("LC-16")
def test_team_is_asked_in_turn_and_without_the_sender(chat: LiveChat, ida: User, bo: User) -> None:
    eve = agent_at_work(first_name="Eve")
    team = TeamFactory.create(name="Sales", members=[ida, bo, eve])
    first = hand(chat, team_id=team.pk)
    assert (first.agent, of(first).target_name) == (bo, "Sales")
    decline(first, 20)
    second = pending(chat)
    assert (second.agent, second.attempt, second.transfer) == (eve, 2, of(first))
    assert RobinPointer.objects.get(scope=f"team:{team.pk}").last_agent_id == eve.pk
    check_invariants()
    decline(second, 30)
    assert (of(first).status, of(first).outcome, reload(chat).agent) == ("failed", "nobody", ida)
    assert kinds(chat).count("transfer") == kinds(chat).count("transfer_off") == 1
    check_invariants()


def test_team_member_whose_inbox_is_silent_is_passed_at_once(chat: LiveChat, bo: User) -> None:
    eve = agent_at_work()
    first = hand(chat, team_id=TeamFactory.create(members=[bo, eve]).pk)
    settle_offers(now=at(15))
    assert (status(first), pending(chat).agent) == ("undelivered", eve)
    take(pending(chat), 20)
    assert reload(chat).agent == eve


def test_team_in_which_nobody_can_take_it_is_refused(chat: LiveChat, ida: User) -> None:
    for members in ([], [ida]):
        team = TeamFactory.create(name=f"Team of {len(members)}", members=members)
        with pytest.raises(TransferRefused) as refused:
            hand(chat, team_id=team.pk)
        assert str(refused.value) == f"Nobody in {team.name} can take a chat now."
    assert not RobinPointer.objects.filter(scope__startswith="team").exists()


@pytest.mark.req("LC-22")
def test_sweeper_asks_the_next_one_where_a_process_died_before(chat: LiveChat, bo: User) -> None:
    eve = agent_at_work()
    first = hand(chat, team_id=TeamFactory.create(members=[bo, eve]).pk)
    Offer.objects.filter(pk=first.pk).update(status="declined", settled_at=at(20))
    Seat.objects.filter(agent=bo).delete()
    Transfer.objects.update(next_at=at(20))
    assert continue_transfers(now=at(19)) == 0
    assert settle_offers(now=at(20)) == 1
    assert pending(chat).agent == eve
    continue_transfer(transfer_id=of(first).pk, now=at(21))
    assert Offer.objects.filter(transfer=of(first)).count() == 2
    check_invariants()


def test_note_stays_beside_the_chat_and_reaches_no_message(chat: LiveChat, ida: User, bo: User) -> None:
    take(hand(chat, agent_id=bo.pk, note="Be kind\0, secret"), 20)
    assert Transfer.objects.get().note == "Be kind, secret"
    said = Message.objects.filter(conversation=chat.conversation_id).values_list("text", "payload")
    assert "secret" not in str(list(said))
    note = Note.objects.get(conversation=chat.conversation_id)
    assert (note.author, note.text, note.after_seq) == (ida, "Be kind, secret", 1)
    assert "secret" not in str(list(TimelineEntry.objects.values_list("data", flat=True)))


@pytest.mark.req("LC-12", "LC-24")
def test_sender_who_goes_off_still_hands_over(chat: LiveChat, ida: User, bo: User) -> None:
    offer = hand(chat, agent_id=bo.pk)
    User.objects.filter(pk=ida.pk).update(override_available=False, override_until=at(0) + timedelta(days=1))
    Presence.objects.filter(agent=ida).delete()
    take(offer, 50)
    assert reload(chat).agent == bo


@pytest.mark.req("LC-38")
def test_sender_reads_the_chat_again_once_it_has_ended(
    chat: LiveChat, ida: User, bo: User, client: Client
) -> None:
    address = reverse("inbox-chat", args=[chat.conversation.public_id])
    take(hand(chat, agent_id=bo.pk), 30)
    client.force_login(ida)
    response = client.get(address)
    assert (response.status_code, response.headers.get("Location")) == (302, reverse("inbox"))
    end_by_agent(conversation_id=chat.conversation_id, agent_id=bo.pk, now=at(60))
    assert client.get(address).status_code == 200
    client.force_login(agent_at_work())
    assert client.get(address).status_code == 404


@pytest.mark.req("LC-38", "LC-40")
def test_sender_has_it_among_the_past_chats_with_who_took_it_over(
    chat: LiveChat, ida: User, bo: User, client: Client
) -> None:
    take(hand(chat, agent_id=bo.pk), 30)
    assert list_past_chats(agent=ida) == []  # Bo's alone, while it runs
    end_by_agent(conversation_id=chat.conversation_id, agent_id=bo.pk, now=at(60))
    assert [row.taken_over_by for row in list_past_chats(agent=ida)] == ["Bo Dahl"]
    assert [row.taken_over_by for row in list_past_chats(agent=bo)] == [""]
    assert list_past_chats(agent=agent_at_work()) == []
    client.force_login(ida)
    page = client.get(reverse("inbox-chat", args=[chat.conversation.public_id])).content.decode()
    assert "Taken over by Bo Dahl" in page
    assert page.split('data-part="list-tabs"')[1].split("</div>")[0].count('aria-selected="true"') == 1
    assert 'id="tab-all" data-tab="all" aria-controls="own-chats" aria-selected="true"' in page
    for name in ("transcript", "transcript-html", "transcript-json", "inbox-history"):
        assert client.get(reverse(name, args=[chat.conversation.public_id])).status_code == 200


@pytest.mark.req("LC-38")
def test_each_one_in_a_row_of_handovers_reads_who_came_next(chat: LiveChat, ida: User, bo: User) -> None:
    take(hand(chat, agent_id=bo.pk), 30)
    cleo = agent_at_work(first_name="Cleo", last_name="Nord")
    take(hand(reload(chat), agent_id=cleo.pk, seconds=40), 45)
    end_by_agent(conversation_id=chat.conversation_id, agent_id=cleo.pk, now=at(60))
    told = [[row.taken_over_by for row in list_past_chats(agent=each)] for each in (ida, bo, cleo)]
    assert told == [["Bo Dahl"], ["Cleo Nord"], [""]]


@pytest.mark.req("LC-38")
def test_who_gave_a_chat_away_and_got_it_back_has_it_once(chat: LiveChat, ida: User, bo: User) -> None:
    take(hand(chat, agent_id=bo.pk), 30)
    take(hand(reload(chat), agent_id=ida.pk, seconds=40), 45)
    end_by_agent(conversation_id=chat.conversation_id, agent_id=ida.pk, now=at(60))
    assert [row.taken_over_by for row in list_past_chats(agent=ida)] == [""]
    assert [row.taken_over_by for row in list_past_chats(agent=bo)] == ["Ida Ek"]


@pytest.mark.req("LC-38")
def test_a_transfer_that_came_to_nothing_gives_nothing_away(chat: LiveChat, ida: User, bo: User) -> None:
    hand(chat, agent_id=bo.pk)
    take_back(chat)
    end_by_agent(conversation_id=chat.conversation_id, agent_id=ida.pk, now=at(60))
    assert [row.taken_over_by for row in list_past_chats(agent=ida)] == [""]
    assert list_past_chats(agent=bo) == []


@pytest.mark.req("LC-38")
def test_past_chats_come_in_pages_own_and_given_away_in_one_order(
    chat: LiveChat, ida: User, bo: User, django_assert_max_num_queries: Any
) -> None:
    chats = [chat, *(start_for(ida) for _ in range(5))]
    for number, each in enumerate(chats):
        owner = ida.pk
        if number % 2:
            take(hand(each, agent_id=bo.pk), 30)
            owner = bo.pk
        end_by_agent(conversation_id=each.conversation_id, agent_id=owner, now=at(60 + number))
    with django_assert_max_num_queries(4):
        page = list_past_chats(agent=ida, limit=4)
    seen = [row.state.conversation for row in page]
    seen += [
        row.state.conversation for row in list_past_chats(agent=ida, limit=4, before=uuid.UUID(seen[-1]))
    ]
    assert seen == [str(each.conversation.public_id) for each in reversed(chats)]


def start_for(agent: User) -> LiveChat:
    return start_chat(ask_for_human(card={"option": "agent", "agent_id": agent.pk}))
