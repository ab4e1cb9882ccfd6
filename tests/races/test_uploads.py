"""Admins who upload the same file in the same instant: one imports it, the others find it there."""

from __future__ import annotations

from functools import partial

import pytest

from config.lib.imports import ImportReport
from routing.models import Account
from routing.services.accounts import import_accounts
from tests.factories import AgentFactory
from tests.races.at_once import Crowd

pytestmark = pytest.mark.req("LC-18")

ROWS = [f"Company {n},c{n}.example,ann" for n in range(300)] + [f"Nameless {n},,ann" for n in range(300)]


def make_file(rows: list[str]) -> bytes:
    return "\n".join(["company,domain,owner", *rows]).encode()


def test_file_that_is_uploaded_at_once_is_imported_once(crowd: Crowd) -> None:
    AgentFactory.create(username="ann")
    # The second has it the other way round: whoever locked row by row would wait for each other for ever.
    files = [make_file(ROWS), make_file(ROWS[::-1])] * 2
    reports: list[ImportReport] = crowd.run([partial(import_accounts, file=file) for file in files])
    assert all(report.is_imported for report in reports)
    assert sorted(report.counts["added"] for report in reports) == [0, 0, 0, 600]
    assert sorted(report.counts["unchanged"] for report in reports) == [0, 600, 600, 600]
    assert Account.objects.count() == 600


def test_files_that_disagree_are_imported_one_after_the_other(crowd: Crowd) -> None:
    AgentFactory.create(username="ann")
    import_accounts(file=make_file(ROWS))
    files = [
        make_file([row.replace("Company", "Firm") for row in ROWS]),
        make_file([row.replace("Company", "House") for row in ROWS[::-1]]),
    ]
    reports: list[ImportReport] = crowd.run([partial(import_accounts, file=file) for file in files])
    assert [report.counts["updated"] for report in reports] == [300, 300]
    names = set(Account.objects.exclude(domain=None).values_list("name", flat=True))
    assert names in ({f"Firm {n}" for n in range(300)}, {f"House {n}" for n in range(300)})
