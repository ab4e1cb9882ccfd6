"""A visitor whose polls are answered by two processes in turn, while an agent writes on a third line."""

from __future__ import annotations

import json
import secrets
import urllib.request
from typing import Any

import pytest

from chat.models import Message
from tests.invariants import check_invariants
from tests.races.test_conversation import QUESTION_FIRST
from tests.scenes import make_agent, publish, set_up, sign_in
from tests.stage import Stage

Servers = tuple[str, str]
ROUNDS = 12


class Poller:
    """As little of a client as can be: what it shows, and where it stands."""

    def __init__(self, servers: Servers) -> None:
        self.servers = [server.replace("ws://", "http://") for server in servers]
        self.turn = 0
        self.token = self.conversation = self.have = self.phase = ""
        self.shown: list[int] = []
        self.acked: set[str] = set()

    def poll(self, *frames: dict[str, Any]) -> None:
        self.turn += 1
        after = self.shown[-1] if self.shown else 0
        hello = {"type": "hello", "protocol": 1, "token": self.token, "conversation": self.conversation}
        body = {"hello": {**hello, "after": after}, "frames": frames, "have": self.have}
        request = urllib.request.Request(  # noqa: S310 - our own processes
            f"{self.servers[self.turn % 2]}/visitor/poll",
            json.dumps(body).encode(),
            {"Origin": "https://a.example"},
        )
        with urllib.request.urlopen(request, timeout=40) as response:  # noqa: S310
            reply = json.load(response)
        self.have = reply["have"]
        for frame in reply["frames"]:
            self.take(frame)

    def take(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "welcome":
            self.token = frame["token"]
            self.shown = [] if frame.get("reset") else self.shown
        state = frame if frame["type"] == "state" else frame.get("state")
        if state:
            self.conversation, self.phase = state["conversation"], state["phase"]
        messages = (
            [frame] if frame["type"] == "message" or frame.get("instead") else frame.get("messages", [])
        )
        self.shown += [message["seq"] for message in messages]
        if frame["type"] == "ack":
            self.acked.add(frame["client_id"])

    def frame(self, kind: str, **members: Any) -> dict[str, Any]:
        return {"type": kind, "conversation": self.conversation, "client_id": secrets.token_hex(8), **members}


@pytest.mark.req("DG-16", "DL-01", "DL-02", "DL-03", "DL-04")
def test_polls_answered_by_two_processes_in_turn_lose_nothing_and_show_nothing_twice(
    stage: Stage, servers: Servers
) -> None:
    set_up()
    publish(QUESTION_FIRST)
    (page,) = stage.agents([[servers[0]]], session_key=sign_in(make_agent(is_present=False)))
    poller = Poller(servers)
    poller.poll()
    poller.poll(poller.frame("answer", card="ask", value="buy"))
    stage.run(page.accept(stage.run(page.until_offered(poller.conversation))))
    while poller.phase != "active":
        poller.poll()
    stage.run(page.until_chat(poller.conversation))
    sent = []
    for number in range(ROUNDS):
        stage.run(page.post(poller.conversation, f"agent {number}"))
        message = poller.frame("post", text=f"visitor {number}")
        sent.append(message["client_id"])
        # Once more, as if the first answer had been lost on its way.
        poller.poll(message)
        poller.poll(message)
    stage.run(page.until_all_acked())
    last = Message.objects.filter(conversation__public_id=poller.conversation).count()
    while poller.shown[-1] < last:
        poller.poll()
    assert poller.shown == list(range(1, last + 1))
    assert poller.acked == set(sent)
    assert Message.objects.filter(author="visitor", client_id__in=sent).count() == ROUNDS
    check_invariants()
