"""What a spreadsheet would run is only text."""

from __future__ import annotations

import csv
import io

import pytest

from config.lib.sheets import write_csv

pytestmark = pytest.mark.req("LC-57")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "＝1"])
def test_what_begins_a_formula_is_made_a_text(text: str) -> None:
    (row,) = csv.reader(io.StringIO(write_csv([[text]]).decode("utf-8-sig"), newline=""))
    assert row == [f"'{text}"]


def test_other_cells_stay_as_they_are() -> None:
    cells = ["Åsa, “Berg”", "a=b", -5, 1.5, None, "line\nbreak"]
    (row,) = csv.reader(io.StringIO(write_csv([cells]).decode("utf-8-sig"), newline=""))
    assert row == ["Åsa, “Berg”", "a=b", "-5", "1.5", "", "line\nbreak"]
