"""Country and region from a local file, and nothing without one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from config import checks
from config.lib.geography import NOWHERE, Place, get_place
from tests.geography import place, write_places

pytestmark = pytest.mark.req("DG-07")

PLACES = {
    "2.125.160.0/24": place("GB", "England"),
    "81.2.69.142/32": place("CH"),
    "2001:218::/32": place("JP", "Tōkyō"),
    "89.160.20.0/24": {"continent": {"code": "EU"}},
}


@pytest.fixture
def use(settings: Settings) -> Callable[[object], None]:
    def use_file(path: object) -> None:
        settings.GEOIP_DATABASE = str(path)

    return use_file


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("2.125.160.216", Place("GB", "England")),
        ("81.2.69.142", Place("CH", "")),
        ("2001:218:1::1", Place("JP", "Tōkyō")),
        ("89.160.20.112", NOWHERE),
        ("127.0.0.1", NOWHERE),
        ("", NOWHERE),
        ("unix:/run/proxy.sock", NOWHERE),
    ],
)
def test_address_has_the_place_that_the_file_says(
    tmp_path: Path, use: Callable[[object], None], address: str, expected: Place
) -> None:
    use(write_places(tmp_path / "places.mmdb", PLACES))
    assert get_place(address) == expected
    assert checks.check_geography(None) == []


def test_without_a_file_nobody_is_anywhere(use: Callable[[object], None]) -> None:
    use("")
    assert get_place("2.125.160.216") == NOWHERE
    assert checks.check_geography(None) == []


@pytest.mark.parametrize("content", [None, b"", b"not a database"])
def test_file_that_is_none_is_noticed_and_hurts_nobody(
    tmp_path: Path, use: Callable[[object], None], content: bytes | None
) -> None:
    path = tmp_path / "wrong.mmdb"
    if content is not None:
        path.write_bytes(content)
    use(path)
    assert get_place("2.125.160.216") == NOWHERE
    assert [message.id for message in checks.check_geography(None)] == ["switchboard.W020"]
