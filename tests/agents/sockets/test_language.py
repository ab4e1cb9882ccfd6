"""What an agent's socket says is in the language of the page that opened it."""

from __future__ import annotations

import pytest

from tests.chat.sockets.stories import Story
from tests.chat.sockets.tabs import AgentTab, Tab

pytestmark = pytest.mark.req("LC-50")

SWEDISH = ("Tillgänglig", "Det finns ingen ram av den typen.")
ENGLISH = ("Available", "There is no frame of this type.")


@pytest.mark.parametrize(
    ("chosen", "preferred", "words"),
    [
        ("", "sv-SE,sv;q=0.9,en;q=0.8", SWEDISH),
        ("sv", "en", SWEDISH),
        ("en", "sv", ENGLISH),
        ("", "de-DE, *;q=0.5", ENGLISH),
        ("", "\xe5;;q=,", ENGLISH),
        ("", "", ENGLISH),
    ],
)
async def test_a_socket_speaks_as_the_page_does(
    chosen: str, preferred: str, words: tuple[str, str], story: Story, loop_of_server: list[Tab]
) -> None:
    _user, key = await story.make_agent()
    page = AgentTab(key, language=chosen)
    page.communicator.scope["headers"].append((b"accept-language", preferred.encode("latin-1")))
    loop_of_server.append(await page.open())
    standing = (await page.hello())["availability"]["text"]
    refusal = (await page.ask({"type": "nonsense"}))["text"]
    assert (standing.split()[0], refusal) == words
