from __future__ import annotations

import pytest

from tests.meta.requirements import Area, list_missing, read_areas

AREA = Area(title="Chat", ids=("LC-01", "LC-02", "LC-03"))


def test_range_of_requirements_is_read_with_both_ends() -> None:
    assert read_areas("# comment\n\nLC-01..LC-03    Chat\n") == [AREA]


def test_line_that_is_no_range_is_refused() -> None:
    with pytest.raises(ValueError, match="not a range"):
        read_areas("LC-01..DL-03 Chat")


def test_requirements_without_a_test_are_listed() -> None:
    assert list(list_missing([AREA], {"LC-02"})) == ["Chat: 1 of 3 have a test; none: LC-01 LC-03"]


def test_area_whose_requirements_all_have_tests_names_none() -> None:
    assert list(list_missing([AREA], {"LC-01", "LC-02", "LC-03", "DL-01"})) == ["Chat: 3 of 3 have a test"]


pytest_plugins = ["pytester"]


def test_marker_with_an_unknown_id_stops_the_run(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        from tests.meta import requirements

        def pytest_collection_modifyitems(items):
            requirements.refuse_unknown_ids(items)
        """
    )
    pytester.makeini("[pytest]\nmarkers = req(*ids): requirements")
    pytester.makepyfile("import pytest\n\n@pytest.mark.req('LC-99')\ndef test_nothing(): pass\n")
    result = pytester.runpytest("-p", "no:django", "-p", "no:asyncio")
    result.stderr.fnmatch_lines(["*unknown requirements:", "*test_nothing: LC-99"])
