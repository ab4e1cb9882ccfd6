from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError

from agents.models import User
from config.lib.imports import ImportReport
from config.lib.tables import Kind, TableInvalid, write_excel
from routing.models import Account
from routing.services import accounts
from routing.services.accounts import AccountsChanged, export_accounts, import_accounts, normalise_domain
from tests.factories import AccountFactory, AgentFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.req("LC-18")]

HEADER = "company,domain,owner\n"


@pytest.fixture
def ann() -> User:
    user: User = AgentFactory.create(username="ann", email="Ann@Switchboard.example")
    return user


def upload(text: str, **options: Any) -> ImportReport:
    return import_accounts(file=text.encode(), **options)


def count(report: ImportReport) -> tuple[int, ...]:
    """How many were added, updated, the same already and refused."""
    return tuple(report.counts.values())


def list_accounts() -> list[tuple[str, str | None]]:
    return list(Account.objects.order_by("pk").values_list("name", "domain"))


def refuse(file: bytes) -> TableInvalid:
    with pytest.raises(TableInvalid) as refused:
        import_accounts(file=file)
    assert not Account.objects.exists()
    return refused.value


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize(
    "file",
    [
        b"company,domain,owner\nAcme,acme.example,ann\n",
        b"company;domain;owner\r\nAcme;acme.example;ann\r\n",
        b"company\tdomain\towner\nAcme\tacme.example\tann",
        b"\xef\xbb\xbfcompany,domain,owner\nAcme,acme.example,ann\n",
        b"Owner , COMPANY,Domain\nann,Acme,acme.example\n",
        b"company,domain,owner,note\nAcme,acme.example,ann,\xc3\xa5\n",
        b"\n\ncompany,domain,owner\n\nAcme,@Acme.Example. , ANN \n,,\n",
        b'company,domain,owner\n"Acme","acme.example","ann@switchboard.EXAMPLE"\n',
        b"company,domain,owner\rAcme,acme.example,ann\r",
    ],
    ids=[
        "commas",
        "semicolons",
        "tabs",
        "mark",
        "order",
        "more columns",
        "space",
        "quotes and e-mail",
        "old Mac",
    ],
)
def test_what_spreadsheets_save_is_read(file: bytes) -> None:
    assert count(import_accounts(file=file)) == (1, 0, 0, 0)
    assert list_accounts() == [("Acme", "acme.example")]


def test_owner_and_key_are_stored(ann: User) -> None:
    upload(HEADER + '"Åke  & Söner",,ann\n')
    account = Account.objects.get()
    assert (account.owner, account.name_key, account.domain) == (ann, "åke & söner", None)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (",acme.example,ann", "has no company"),
        ("Acme,acme.example,", "has no owner"),
        ("Acme,acme.example,nobody", "No agent has the user name or e-mail address “nobody”"),
        ("Acme,acme.example,bo", "No agent has"),
        ("Acme,acme.example,twin@switchboard.example", "More than one agent"),
        ("Acme,https://acme.example,ann", "is no domain"),
        ("Acme,acme,ann", "is no domain"),
        ("Acme,a..b.example,ann", "is no domain"),
        (f"{'x' * 201},acme.example,ann", "longer than 200"),
        ("Acme,acme.example", "has no owner"),
        ("Acme, Inc.,acme.example,ann", "has 4 values, the first line 3"),
        ("Other,first.example,ann", "has the same domain as line 2"),
        ("NAMED  ,,ann", "has the same company, without a domain, as line 3"),
    ],
)
@pytest.mark.usefixtures("ann")
def test_bad_row_is_reported_with_its_line_and_nothing_is_imported(row: str, words: str) -> None:
    UserFactory.create(username="bo")
    AgentFactory.create_batch(2, email="twin@switchboard.example")
    report = upload(HEADER + f"First,first.example,ann\nNamed,,ann\n{row}\nLast,last.example,ann\n")
    (refused,) = report.refused
    assert refused.line == 4
    assert words in refused.reason
    assert not report.is_imported
    assert not Account.objects.exists()


@pytest.mark.usefixtures("ann")
def test_every_bad_row_is_reported_in_order() -> None:
    report = upload(HEADER + "A,,nobody\nB\nC,c.example,ann\nD,,\n")
    assert [line.line for line in report.refused] == [2, 3, 5]


@pytest.mark.usefixtures("ann")
def test_lines_are_those_of_the_file_also_after_values_with_breaks() -> None:
    report = upload(HEADER + '"Acme\nInc.",acme.example,ann\nB,,nobody\n')
    assert [line.line for line in report.refused] == [4]


@pytest.mark.parametrize(
    ("file", "code", "words"),
    [
        (b"", "header", "company, domain, owner"),
        (b"Acme,acme.example,ann\n", "header", "once each: company, domain, owner"),
        (b"company,owner\nAcme,ann\n", "header", "once each: domain"),
        (b"company,domain,owner,owner\n", "header", "once each: owner"),
        ("company,domain,owner\nÅkes,,ann\n".encode("latin-1"), "encoding", "line 2"),
        ("company,domain,owner\n".encode("utf-16"), "encoding", "CSV UTF-8"),
        (b"company,domain,owner\nA\x00,,ann\n", "encoding", "CSV UTF-8"),
        (b'company,domain,owner\nA,,ann\n"B,,ann\n', "quotes", "Line 3"),
        (b'company,domain,owner\n"B"x,,ann\n', "quotes", "Line 2"),
        (b"x" * (5 * 1024 * 1024 + 1), "too_large", "5 MB"),
        (b"company,domain,owner\n" + b"A,,nobody\n" * 10_001, "too_many_rows", "10000"),
        (b"company,domain,owner\n" + b"x" * 200_000 + b",,ann\n", "quotes", "Line 2"),
    ],
    ids=[
        "empty",
        "no header",
        "missing",
        "twice",
        "Latin-1",
        "UTF-16",
        "NUL",
        "open",
        "stray",
        "large",
        "many",
        "huge",
    ],
)
def test_file_that_cant_be_read_is_refused_in_words(file: bytes, code: str, words: str) -> None:
    refusal = refuse(file)
    assert refusal.code == code
    assert words in str(refusal)


@pytest.mark.usefixtures("ann")
def test_header_alone_imports_nothing() -> None:
    assert upload(HEADER) == ImportReport(lines=(), dry_run=False)


def test_same_domain_is_updated_and_the_rest_left_alone(ann: User) -> None:
    acme = AccountFactory.create(name="Acme", domain="acme.example")
    other = AccountFactory.create(name="Other", domain="other.example")
    report = upload(HEADER + "Acme Inc.,acme.example,ann\nNew,new.example,ann\n")
    assert [(line.line, line.name, line.outcome) for line in report.lines] == [
        (2, "Acme Inc.", "updated"),
        (3, "New", "added"),
    ]
    acme.refresh_from_db()
    assert (acme.name, acme.name_key, acme.owner) == ("Acme Inc.", "acme inc.", ann)
    assert Account.objects.get(pk=other.pk).owner == other.owner
    assert Account.objects.count() == 3


def test_row_without_a_domain_updates_only_an_account_without_one(ann: User) -> None:
    AccountFactory.create(name="Acme", domain="acme.example")
    named = AccountFactory.create(name="acme", domain=None)
    assert count(upload(HEADER + "ACME,,ann\n")) == (0, 1, 0, 0)
    named.refresh_from_db()
    assert (named.name, named.owner, named.domain) == ("ACME", ann, None)


@pytest.mark.usefixtures("ann")
def test_uploading_twice_changes_nothing_the_second_time() -> None:
    text = HEADER + "Acme,acme.example,ann\nNamed,,ann\n"
    upload(text)
    assert count(upload(text)) == (0, 0, 2, 0)


def test_dry_run_says_what_it_would_do_and_does_nothing(ann: User) -> None:
    acme = AccountFactory.create(name="Acme", domain="acme.example")
    report = upload(HEADER + "Acme,acme.example,ann\nNew,new.example,ann\n", dry_run=True)
    assert count(report) == (1, 1, 0, 0)
    assert not report.is_imported
    assert Account.objects.get() == acme
    assert Account.objects.get().owner == acme.owner


@pytest.mark.usefixtures("ann")
def test_account_that_somebody_saves_meanwhile_stops_the_whole_import(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(fresh: object, changed: object) -> None:
        AccountFactory.create(name="Half")
        raise IntegrityError

    monkeypatch.setattr(accounts, "_save", fail)
    with pytest.raises(AccountsChanged):
        upload(HEADER + "Acme,acme.example,ann\n")
    assert not Account.objects.exists()


@pytest.mark.usefixtures("ann")
def test_excel_file_is_read_like_a_csv() -> None:
    rows: list[list[str]] = [
        ["Owner", "Company", "Domain"],
        ["ann", "Acme, Inc.", ""],
        [],
        ["x", "B", "b.example"],
    ]
    report = import_accounts(file=write_excel(rows, title="Accounts"), dry_run=True)
    assert [(line.line, line.name, line.outcome) for line in report.lines] == [
        (2, "Acme, Inc.", "added"),
        (4, "B", "refused"),
    ]


@pytest.mark.req("LC-60")
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_export_comes_back_as_it_was_and_runs_nowhere(ann: User, kind: Kind) -> None:
    names = ["=1+1", "@Acme", "-5 °C", "Åke; Söner, Inc.", 'The "Bell"', "'tHart"]
    for place, name in enumerate(names):
        domain = f"d{place}.example" if place % 2 else None
        AccountFactory.create(name=name, domain=domain, owner=ann)
    before = list_accounts()
    file = export_accounts(Account.objects.select_related("owner"), kind=kind)
    assert count(import_accounts(file=file)) == (0, 0, len(names), 0)
    Account.objects.all().delete()
    import_accounts(file=file)
    assert sorted(list_accounts()) == sorted(before)
    assert kind == "xlsx" or "\n'=1+1," in file.decode("utf-8-sig").replace("\r", "")


@pytest.mark.usefixtures("ann")
def test_ten_thousand_rows_take_few_queries(django_assert_max_num_queries: Any) -> None:
    rows = "".join(f"Company {n},company{n}.example,ann\n" for n in range(10_000))
    with django_assert_max_num_queries(100):
        assert upload(HEADER + rows).counts["added"] == 10_000
    moved = rows.replace("Company", "Firm")
    with django_assert_max_num_queries(100):
        assert upload(HEADER + moved).counts["updated"] == 10_000
    assert Account.objects.filter(name__startswith="Firm").count() == 10_000


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        (" Acme.Example ", "acme.example"),
        ("@acme.example.", "acme.example"),
        ("", ""),
        ("räksmörgås.example", "xn--rksmrgs-5wao1o.example"),
        ("acme", None),
        ("acme example.com", None),
        ("-acme.example", None),
        ("http://acme.example", None),
        (f"{'a' * 64}ü.example", None),
        (f"{'a.' * 130}example", None),
    ],
)
def test_domains_are_brought_to_one_form(text: str, domain: str | None) -> None:
    assert normalise_domain(text) == domain
