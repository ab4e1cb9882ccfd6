"""The audit log as it is read: by whom, in which order, and under which names (S20)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import User
from config.audit.models import Change
from config.audit.selectors import LONGEST, read_snapshot
from config.installation.models import Installation
from config.installation.selectors import get_installation
from tests.factories import NOW, AgentFactory, RuleFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-60")]

Enter = Callable[..., Client]
LOG = reverse("admin:audit_change_changelist")


def make_change(**fields: Any) -> Change:
    fields = {"at": NOW, "action": "changed", "kind": "routing.rule", "object_name": "Swedes", **fields}
    made: Change = Change.objects.create(**fields)
    return made


def read(client: Client) -> str:
    return client.get(LOG).content.decode().split('id="changelist-filter"')[0]


@pytest.mark.req("LC-06")
def test_log_is_for_who_keeps_people_or_security_and_for_nobody_else(enter: Enter) -> None:
    pages = (LOG, reverse("admin:audit_change_change", args=[make_change().pk]))
    for allowed in ("manage_privacy_and_security", "manage_agents"):
        assert [enter(allowed).get(page).status_code for page in pages] == [200, 200]
    for denied in ("view_all_conversations", "view_live_chat_reports", "manage_chatbot_settings"):
        assert [enter(denied).get(page).status_code for page in pages] == [403, 403]
    assert [Client().get(page).status_code for page in pages] == [302, 302]


def test_people_are_called_as_they_are_called_now_and_then_only_once_they_are_gone(enter: Enter) -> None:
    boss = UserFactory.create(first_name="Signe", last_name="Berg")
    make_change(actor=boss, actor_name="Signe Berg")
    User.objects.filter(pk=boss.pk).update(last_name="Dahl")
    client = enter("manage_agents")
    assert "Signe Dahl" in read(client)
    boss.delete()
    assert "Signe Berg" in read(client)


def test_last_change_stands_first_and_the_settings_have_no_name_of_their_own(enter: Enter) -> None:
    make_change(object_name="Older")
    make_change(object_name="Newer")
    make_change(kind="installation.installation", object_name="Row of settings")
    page = read(enter("manage_agents"))
    assert page.index("Newer") < page.index("Older")
    assert "Row of settings" not in page


def test_each_side_of_a_change_is_where_it_belongs(enter: Enter) -> None:
    make_change(values={"name": ["Danes", "Swedes"]})
    make_change(action="added", values={"name": [None, "<b>Finns</b>"]})
    make_change(action="deleted", values={"name": ["<i>Balts</i>", None]})
    make_change(values={"agents": [["Ann", "Bo"], ["Bo", "Cleo"]]})
    page = read(enter("manage_agents"))
    assert page.index("<del>Danes</del>") < page.index("<ins>Swedes</ins>")
    assert "<ins>&lt;b&gt;Finns&lt;/b&gt;</ins>" in page
    assert "<del>&lt;i&gt;Balts&lt;/i&gt;</del>" in page
    assert "<ins>added Cleo</ins> <del>removed Ann</del>" in page


def test_what_is_no_change_of_a_field_is_told_in_its_words(enter: Enter) -> None:
    make_change(action="done", words="Looked at <the> secret.")
    assert "Looked at &lt;the&gt; secret." in read(enter("manage_agents"))


def test_people_who_were_chosen_are_named_in_one_order_and_long_texts_are_cut() -> None:
    people = [AgentFactory.create(first_name=name, last_name="Ek") for name in ("Cleo", "Ann", "Bo")]
    rule = RuleFactory.create(agents=people)
    assert read_snapshot(type(rule), rule.pk)["agents"] == ["Ann Ek", "Bo Ek", "Cleo Ek"]
    Installation.objects.filter(pk=get_installation().pk).update(fallback_html="x" * (LONGEST + 1))
    assert read_snapshot(Installation, 1)["fallback_html"] == "x" * LONGEST
