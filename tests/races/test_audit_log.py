"""Admins who save the same row in the same instant: each record goes on where the one before ended."""

from __future__ import annotations

from functools import partial

import pytest
from django.db.models import F

from config.audit.models import Change
from config.audit.services import keep_record
from routing.models import Rule
from tests.factories import RuleFactory
from tests.races.at_once import Crowd

pytestmark = pytest.mark.req("LC-60")


def raise_priority(rule_id: int) -> None:
    with keep_record(Rule.objects.get(pk=rule_id), by=None):
        Rule.objects.filter(pk=rule_id).update(priority=F("priority") + 1)


def test_records_of_one_row_follow_on_each_other(crowd: Crowd) -> None:
    rule = RuleFactory.create(priority=1)
    crowd.run([partial(raise_priority, rule.pk)] * 8)
    assert Rule.objects.get().priority == 9
    steps = [change.values["priority"] for change in Change.objects.order_by("id")]
    assert steps == [[step, step + 1] for step in range(1, 9)]
