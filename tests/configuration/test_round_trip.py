"""What is exported is imported again as it was, into any installation with the same people (LC-60, RP-08)."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from chat.models import CannedReply, Dialogue, LeadList
from config.configuration.errors import ConfigurationInvalid
from config.configuration.policy.files import read_file
from config.configuration.selectors.export import read_configuration
from config.configuration.services.imports import Plan, import_configuration, plan_import
from config.demo.loading import load_demo_data
from config.installation.models import Installation
from tests.configuration.company import clear_out, export, found_company
from tests.factories import AccountFactory, AgentFactory, RuleFactory, VisitorFactory

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-60", "RP-08")]


def bring_in(text: str, **options: Any) -> Plan:
    file = text.encode()
    shown = plan_import(file=file, **options)
    return import_configuration(file=file, shown=shown, by=None, **options)


def test_empty_installation_becomes_the_same() -> None:
    found_company()
    written = export()
    clear_out()
    assert export() != written
    # Ids are others, so that names are all that leads to anything.
    LeadList.objects.create(name="In between").delete()
    bring_in(written)
    assert export() == written
    dialogue = Dialogue.objects.get(name="Welcome")
    (case,) = dialogue.stream["cards"]["fork"]["cases"]
    assert case["conditions"]["items"][0]["value"] == [str(LeadList.objects.get().pk)]
    assert dialogue.published_version is not None
    assert dialogue.published_version.stream["cards"]["doc"]["text"] == "Look"
    assert "run~g" in dialogue.published_version.stream["cards"]
    assert bring_in(written).differences == ()


def test_example_company_comes_back_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.demo.loading.refuse_other_databases", lambda: None)
    load_demo_data()
    written = export()
    clear_out()
    bring_in(written)
    assert export() == written


def test_second_import_changes_nothing_and_writes_nothing() -> None:
    found_company()
    before = Dialogue.objects.get(name="Welcome")
    assert bring_in(export()).differences == ()
    after = Dialogue.objects.get(name="Welcome")
    assert (after.changed_at, after.draft_revision) == (before.changed_at, before.draft_revision)


def test_export_has_no_secret_and_nothing_of_visitors_or_of_what_people_keep_for_themselves() -> None:
    agent = found_company()
    agent.set_password("s3cret-of-ida")
    agent.email = "ida@private.example"
    agent.save()
    VisitorFactory.create(attributes={"email": "vera@visitor.example"})
    LeadList.objects.get().leads.create(email="lead@visitor.example")
    written, installation = export(), Installation.objects.get()
    for secret in (installation.identity_secret, agent.password, "private.example", "visitor.example"):
        assert secret not in written
    assert CannedReply.objects.get(code="mine").text not in written


def test_export_is_yaml_that_any_other_reader_reads_alike() -> None:
    found_company()
    written = export()
    assert yaml.safe_load(written) == {"format": 1, **read_file(written.encode()).data}
    assert "value: 'NO'" in written


def test_export_costs_the_same_however_much_there_is(django_assert_max_num_queries: Any) -> None:
    found_company()
    counts = []
    for time in range(2):
        with django_assert_max_num_queries(30) as captured:
            read_configuration()
        counts.append(len(captured))
        for number in range(5):
            agent = AgentFactory.create()
            RuleFactory.create(agents=[agent])
            AccountFactory.create(owner=agent)
            Dialogue.objects.create(name=f"Dialogue {time} {number}")
    assert counts[0] == counts[1]


def test_what_only_another_installation_has_is_named_with_its_place() -> None:
    found_company()
    written = export()
    with pytest.raises(ConfigurationInvalid) as refused:
        plan_import(file=written.replace("Prices", "Price list").encode())
    place = next(one for one in refused.value.refusals if "published" not in one.path)
    assert place.path == "dialogues[0].stream.cards.doc.document"
    assert "Price list" in place.message
    assert written.splitlines()[place.line - 1].strip() == "document: Prices"
