"""One visitor's way through a draft, in memory: nothing is written, nobody is asked, nothing is counted."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.utils import timezone
from django.utils.translation import gettext as _

from chat import streams
from chat.protocol import state


@dataclass
class Performance:
    """A stream being played, as frames of the visitor's protocol."""

    stream: streams.Stream
    context: streams.RunContext
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    messages: list[state.Message] = field(default_factory=list)
    awaiting: str = ""
    phase: state.Phase = "bot"
    revision: int = 0

    def begin(self, card_id: str = "") -> None:
        """Play from the first card, or from another one."""
        start = card_id if card_id in self.stream.cards else self.stream.start
        self._take(streams.begin(replace(self.stream, start=start), self.context))

    def answer(self, card_id: str, value: str, client_id: str) -> list[state.Message]:
        """Take the visitor's answer; returns what is new. Raises what `streams.respond` raises."""
        run = streams.respond(self.stream, card_id, value, self.context, awaiting=self.awaiting or None)
        seen = len(self.messages)
        self._say("visitor", run.shown_answer or "", client_id=client_id)
        self._take(run)
        return self.messages[seen:]

    def post(self, text: str, client_id: str) -> state.Message:
        """What the visitor writes while an agent would be asked."""
        return self._say("visitor", text, client_id=client_id)

    def finish(self, text: str) -> None:
        """The visitor leaves the waiting, or ends the chat."""
        self.phase = "done"
        self.revision += 1
        self._say("system", text)

    def show(self) -> state.State:
        """Where it stands, and what the visitor may do."""
        can: list[state.Action] = (
            ["answer"] if self.awaiting else ["post", "cancel"] if self.phase == "waiting" else []
        )
        return state.State(
            conversation=self.id,
            revision=self.revision,
            phase=self.phase,
            last_seq=len(self.messages),
            can=can,
            awaiting=self.awaiting,
        )

    def _take(self, run: streams.Run) -> None:
        self.revision += 1
        self.context = self.context.having(run.attributes, run.memberships)
        for output in run.outputs:
            self._perform(output)
        for goal in run.goals:
            self._say("system", _("Goal reached: %(name)s") % {"name": goal.name})
        self.awaiting = run.awaiting or ""
        if run.live_chat:
            self._ask_agent(run.live_chat)
        elif run.completed:
            self.phase = "done"

    def _ask_agent(self, card_id: str) -> None:
        self.phase = "waiting"
        self._say("system", _("Preview: an agent would be asked now. Nobody is."))

    def _perform(self, output: streams.Output) -> None:
        match output:
            case streams.Ask():
                self._say("bot", output.text, kind="card", ask=_show_ask(output))
            case streams.ShowDocument():
                facts = output.facts
                shown = state.DocumentShown(output.card_id, facts.name, facts.pages, facts.size, facts.url)
                self._say("bot", output.text, kind="card", document=shown)
            case streams.Say():
                self._say("bot", output.text)

    def _say(
        self,
        author: state.Author,
        text: str,
        *,
        kind: state.Kind = "text",
        client_id: str = "",
        ask: state.Ask | None = None,
        document: state.DocumentShown | None = None,
    ) -> state.Message:
        message = state.Message(
            conversation=self.id,
            seq=len(self.messages) + 1,
            author=author,
            kind="notice" if author == "system" else kind,
            text=text,
            at=timezone.now(),
            client_id=client_id,
            ask=ask,
            document=document,
            notice="preview" if author == "system" else "",
        )
        self.messages.append(message)
        return message


def _show_ask(output: streams.Ask) -> state.Ask:
    asked = output.input
    if asked is None:
        choices = [state.Choice(choice.id, choice.label) for choice in output.choices]
        return state.Ask(output.card_id, "choice", choices)
    return state.Ask(output.card_id, asked.kind, [], list(asked.options), asked.attribute, asked.required)


def read_facts(facts: Mapping[str, object]) -> dict[str, str]:
    """What to pretend to know of the visitor: names and texts, and nothing else that was sent."""
    return {str(name)[:40]: str(value)[:500] for name, value in _first(facts.items(), 50) if value}


def _first(pairs: Iterable[tuple[str, object]], most: int) -> list[tuple[str, object]]:
    return list(pairs)[:most]
