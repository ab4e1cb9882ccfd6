"""Files in the inbox, as an agent sends and sees them: by button, by paste, by dropping, by keyboard."""

from __future__ import annotations

import json
import secrets
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Company
from tests.browser.people import Agent
from tests.chat.files.uploads import draw, pdf
from tests.races.test_polling import Poller
from tests.waiting import wait_until

DROP = """([data, name]) => {
  const given = new DataTransfer();
  given.items.add(new File([Uint8Array.from(data)], name, { type: "image/png" }));
  const target = document.querySelector('[data-part="%s"]');
  for (const type of %s) {
    const event = type === "paste"
      ? new ClipboardEvent(type, { clipboardData: given, bubbles: true, cancelable: true })
      : new DragEvent(type, { dataTransfer: given, bubbles: true, cancelable: true });
    target.dispatchEvent(event);
  }
}"""


class Caller(Poller):
    """A visitor without a browser, who wants to talk with sales."""

    def __init__(self, address: str) -> None:
        super().__init__((address, address))
        self.asks: list[dict[str, Any]] = []
        self.files: list[dict[str, Any]] = []

    def take(self, frame: dict[str, Any]) -> None:
        super().take(frame)
        for message in [frame] if frame["type"] == "message" else frame.get("messages", []):
            self.asks += [message["ask"]] if "ask" in message else []
            self.files += [message["file"]] if "file" in message else []

    def comes_to_wait(self) -> Caller:
        self.poll()
        answers = {"email": "vera@nowhere.example", "text": "Vera"}
        while self.phase == "bot":
            ask = self.asks[-1]
            wanted = [choice["id"] for choice in ask.get("choices", []) if choice["label"] == "Talk to sales"]
            value = wanted[0] if wanted else answers[ask["input"]]
            self.poll(self.frame("answer", card=ask["card"], value=value))
        return self

    def sends(self, data: bytes, name: str) -> None:
        mark = "xxfilexx"
        fields = {"conversation": self.conversation, "client_id": secrets.token_hex(8)}
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in fields.items()
        ]
        file = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = "".join(parts).encode() + file.encode() + data + f"\r\n--{mark}--\r\n".encode()
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": f"multipart/form-data; boundary={mark}",
        }
        request = urllib.request.Request(f"{self.servers[0]}/visitor/files", body, headers)  # noqa: S310
        with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310 - our own server
            assert json.load(response)["message"]["file"]

    def fetches(self, file: dict[str, Any]) -> bytes:
        request = urllib.request.Request(  # noqa: S310 - our own server
            f"{self.servers[0]}/visitor/files/{file['id']}", headers={"Authorization": f"Bearer {self.token}"}
        )
        with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310
            return bytes(response.read())

    def gets_file(self, name: str) -> dict[str, Any]:
        def look() -> bool:
            self.poll()
            return any(file["name"] == name for file in self.files)

        wait_until(look, what=f"{name} has come", seconds=30)
        return next(file for file in self.files if file["name"] == name)


@pytest.fixture
def chat(company: Company) -> tuple[Agent, Caller]:
    """An agent who has just accepted a visitor's chat."""
    agent = company.agent()
    caller = Caller(company.demo.url).comes_to_wait()
    agent.is_offered("Vera")
    agent.accepts()
    return agent, caller


@pytest.mark.req("LC-35")
def test_agent_sees_the_visitors_image_and_pdf(chat: tuple[Agent, Caller]) -> None:
    agent, caller = chat
    caller.sends(draw(size=(400, 300)), "our yard.png")
    image = agent.page.get_by_role("img", name="our yard.png")
    expect(image).to_be_visible()
    wait_until(lambda: image.evaluate("image => image.naturalWidth") == 400, what="the image is drawn")
    caller.sends(pdf(2), "offer.pdf")
    link = agent.part("messages").get_by_role("link", name="offer.pdf")
    with agent.page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == "offer.pdf"
    agent.page.reload()
    expect(agent.page.get_by_role("img", name="our yard.png")).to_be_visible()
    expect(agent.part("messages").get_by_role("link", name="offer.pdf")).to_be_visible()


@pytest.mark.req("LC-35")
def test_agent_sends_files_by_keyboard_by_paste_and_by_dropping_them(
    chat: tuple[Agent, Caller], tmp_path: Path
) -> None:
    agent, caller = chat
    chosen = tmp_path / "plan.pdf"
    chosen.write_bytes(pdf())
    button = agent.page.get_by_role("button", name="Attach an image or a PDF")
    # From here on choosers come to us; the browser needs a moment to know.
    agent.page.on("filechooser", lambda chooser: None)
    # A chat that was just accepted puts the cursor into its box, once it is there.
    expect(agent.box).to_be_focused()
    button.focus()
    expect(button).to_be_focused()
    with agent.page.expect_file_chooser() as chooser:
        agent.page.keyboard.press("Enter")
    chooser.value.set_files(chosen)
    assert caller.fetches(caller.gets_file("plan.pdf")) == chosen.read_bytes()
    expect(agent.box).to_be_focused()
    for name, part, events in (
        ("pasted.png", "composer-text", '["paste"]'),
        ("dropped.png", "transcript", '["dragenter", "dragover", "drop"]'),
    ):
        agent.page.evaluate(DROP % (part, events), [list(draw()), name])
        caller.gets_file(name)
        expect(agent.page.get_by_role("img", name=name)).to_be_visible()
    expect(agent.part("failure")).to_have_count(0)


@pytest.mark.req("LC-35")
def test_agent_is_told_what_can_not_be_sent(
    chat: tuple[Agent, Caller], company: Company, tmp_path: Path
) -> None:
    agent, _caller = chat
    company.complaints.is_cut_off = True
    program = tmp_path / "setup.exe"
    program.write_bytes(b"MZ")
    agent.part("attach-input").set_input_files(program)
    expect(
        agent.page.get_by_text("setup.exe: Only images (PNG, JPEG, WebP, GIF) and PDF files")
    ).to_be_visible()
    broken = tmp_path / "broken.png"
    broken.write_bytes(draw()[:60])
    agent.page.route("**/files/", lambda route: route.abort("internetdisconnected"))
    agent.part("attach-input").set_input_files(broken)
    expect(agent.part("failure")).to_contain_text("The file wasn't sent.")
    agent.page.unroute("**/files/")
    agent.part("failure").get_by_role("button", name="Discard").click()
    expect(agent.part("failure")).to_have_count(0)
