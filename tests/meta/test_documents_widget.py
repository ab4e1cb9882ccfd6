"""The contract in ``docs/widget.md`` is the code's own."""

from __future__ import annotations

import re

import pytest

from chat.widget import SOURCE
from tests.meta.source_tree import ROOT

GUIDE = (ROOT / "docs" / "widget.md").read_text(encoding="utf-8")
CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("loader", "panel", "more", "page_events")
    for path in sorted((SOURCE / folder).glob("*.js"))
)


def read_interface(name: str) -> str:
    found = re.search(rf"^interface {name} \{{\n(.*?)^\}}", GUIDE, re.MULTILINE | re.DOTALL)
    assert found, name
    return found[1]


@pytest.mark.req("DG-19")
def test_every_call_of_the_window_object_is_described() -> None:
    actions = re.search(r"^  const actions = \{\n(.*?)^  \};", CODE, re.MULTILINE | re.DOTALL)
    assert actions
    made = set(re.findall(r"^    (\w+)(?=[:(,])", actions[1], re.MULTILINE))
    described = set(re.findall(r"^  (\w+)[(<:]", read_interface("Switchboard"), re.MULTILINE)) - {"q"}
    assert made == described


@pytest.mark.req("DG-19")
def test_every_event_is_described() -> None:
    told = set(re.findall(r"""(?:emit|tell|told|onEvent|once)\(\s*[`"]([a-z][a-z:-]+)[`"]""", CODE))
    told |= {f"{kind}:given" for kind in re.findall(r'"(\w+)"', str(re.search(r"GIVEN = \[(.*?)\]", CODE)))}
    told |= set(re.findall(r'"((?:live-chat|conversation):[a-z-]+)"', CODE))
    described = set(re.findall(r'^  "([a-z:-]+)":', read_interface("Events"), re.MULTILINE))
    assert told - {"refused"} == described


@pytest.mark.req("DG-19")
def test_the_status_is_described() -> None:
    described = set(re.findall(r"(\w+):", read_interface("Status")))
    made = re.search(r"status: \(\) => \(\{\n(.*?)\}\)", CODE, re.DOTALL)
    assert made
    assert set(re.findall(r"\b(\w+):", made[1])) | {"conversation"} == described


@pytest.mark.req("DG-16")
def test_what_is_kept_in_the_browser_is_what_reset_takes_away() -> None:
    kept = re.search(r"const KEYS = \[(.*?)\]", CODE)
    assert kept
    used = set(re.findall(r'memory\.(?:get|set)\("(\w+)"', CODE))
    assert used == set(re.findall(r'"(\w+)"', kept[1]))
