"""One installation for a whole module of the matrix: its rows, and a way to ask as anybody.

Everything is in one transaction that is rolled back at the end; what a request does is undone after it.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from copy import copy
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from agents.models import Device, User
from agents.services.profiles import setup_profiles
from chat.models import Attachment, Conversation, Dialogue, LiveChat, Message, Note, TimelineEntry
from chat.services.dialogues import publish_dialogue
from tests.factories import (
    ConversationFactory,
    DialogueFactory,
    LiveChatFactory,
    UserFactory,
    VisitorFactory,
)
from tests.matrix.people import Party
from tests.scenes import publish, set_up, sign_in

# In everything that is somebody else's; no answer to who may not see it has this in it.
CANARY = "Zebedee-Quagga"
READS = re.compile(r"\s*(SELECT|SAVEPOINT|RELEASE|ROLLBACK|SET|SHOW)\b", re.IGNORECASE)
MISSING = uuid.UUID("00000000-0000-4000-8000-00000000dead")
NO_SUCH_ROW = 987_654
Make = Callable[[], Model]


class Scene:
    """Rows by name, each made when it is first asked for."""

    def __init__(self) -> None:
        set_up(dialogues_enabled=True, files_enabled=True)
        setup_profiles()
        self.dialogue = publish()
        self.client = Client(raise_request_exception=True)
        self.colleague: User = UserFactory.create(
            first_name=CANARY, last_name="", permissions=["view_my_conversations"]
        )
        self._users: dict[Party, User] = {}
        self._keys: dict[Party, str] = {}
        self._rows: dict[object, Any] = {}

    # --- People ---------------------------------------------------------------------------------------------

    def user(self, party: Party) -> User:
        if party not in self._users:
            self._users[party] = make_user(party)
        return self._users[party]

    def session(self, party: Party) -> str:
        """The key of a session that began while everything was still well."""
        if party not in self._keys:
            user = self.user(party)
            self._keys[party] = sign_in(user) if party.is_signed_in else ""
            User.objects.filter(pk=user.pk).update(is_active=party.is_active)
        return self._keys[party]

    # --- Rows -----------------------------------------------------------------------------------------------

    def row(self, name: object, make: Callable[[], Any]) -> Any:
        """The row of this name, the same one each time."""
        if name not in self._rows:
            with transaction.atomic():  # one that can't be made spoils no other
                self._rows[name] = make()
        return self._rows[name]

    def chat_of(self, party: Party, status: str = LiveChat.Status.ACTIVE) -> LiveChat:
        """A live chat that this party has, or had."""
        found: LiveChat = self.row((party, status), lambda: make_chat(self.user(party), status, "Hello"))
        return found

    def chat_of_colleague(self, status: str = LiveChat.Status.ACTIVE) -> LiveChat:
        found: LiveChat = self.row(status, lambda: make_chat(self.colleague, status, CANARY))
        return found

    def flow(self) -> Dialogue:
        found: Dialogue = self.row("flow", make_flow)
        return found

    def device_of(self, user: User) -> Device:
        def make() -> Device:
            now = timezone.now()
            return Device.objects.create(
                user=user, session_key=sign_in(user), user_agent=CANARY, signed_in_at=now, seen_at=now
            )

        found: Device = self.row(("device", user.pk), make)
        return found

    # --- Asking ---------------------------------------------------------------------------------------------

    @contextmanager
    def undone(self) -> Iterator[list[str]]:
        """Whatever is done here is undone; gives the statements that wrote something."""
        written: list[str] = []

        def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if not READS.match(sql):
                written.append(sql[:120])
            return execute(sql, params, many, context)

        with transaction.atomic(), connection.execute_wrapper(listen):
            yield written
            transaction.set_rollback(True)

    def ask(
        self, method: str, url: str, party: Party, data: Mapping[str, Any] | str = "", **headers: str
    ) -> Any:
        """The answer to this party's browser."""
        client = self.client
        client.cookies.clear()
        if party.is_signed_in:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.session(party)
        with self._remembering(party):
            if method == "GET":
                return client.get(url, headers=headers)
            if isinstance(data, str):
                return client.post(url, data, content_type="application/json", headers=headers)
            return client.post(url, dict(data), headers=headers)

    def _remembering(self, party: Party) -> AbstractContextManager[object]:
        """Of the many who differ by their permissions alone, nobody is looked up anew for each request: that
        would be half of the time.
        """
        if not party.held:
            return nullcontext()
        user = self.user(party)
        user.get_all_permissions()  # from here on it knows them
        return patch("django.contrib.auth.middleware.auth.get_user", lambda request: copy(user))


def make_user(party: Party) -> User:
    """Somebody who holds what the party holds; the profiles are there."""
    given = () if party.profile else party.held
    user: User = UserFactory.create(is_superuser=party.is_superuser, permissions=given)
    if party.profile:
        user.groups.add(Group.objects.get(name=party.profile))
    return user


def make_chat(agent: User, status: str, text: str) -> LiveChat:
    """A chat in which the visitor has said this, with a file and a note that say it too."""
    now = timezone.now()
    is_over = status == LiveChat.Status.ENDED
    conversation: Conversation = ConversationFactory.create(
        visitor=VisitorFactory.create(attributes={"first_name": text}), engaged_at=now, last_seq=1
    )
    chat: LiveChat = LiveChatFactory.create(
        conversation=conversation,
        status=status,
        agent=agent,
        accepted_at=now,
        idle_at=now + timedelta(hours=1),
        ended_at=now if is_over else None,
        end_reason=LiveChat.End.VISITOR if is_over else "",
    )
    Message.objects.create(conversation=conversation, seq=1, author="visitor", text=text, created_at=now)
    TimelineEntry.objects.create(live_chat=chat, at=now, kind=TimelineEntry.Kind.ACCEPTED, agent=agent)
    Note.objects.create(
        conversation=conversation,
        number=1,
        after_seq=1,
        author=agent,
        author_name=text,
        client_id="note-0001",
        text=text,
        created_at=now,
    )
    file = Attachment(conversation=conversation, author="visitor", client_id="file-0001", name=text, size=3)
    file.content_type, file.created_at = "image/png", now
    file.file.save("file.png", ContentFile(text.encode()), save=False)
    file.save()
    return chat


def make_flow() -> Dialogue:
    """A published flow."""
    made: Dialogue = DialogueFactory.create(
        kind="flow", slug="matrix", start_on=Dialogue.Start.CALL, name=f"{CANARY}, flow"
    )
    publish_dialogue(dialogue_id=made.pk, user=None)
    made.refresh_from_db()
    return made
