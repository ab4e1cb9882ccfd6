"""A visitor who means harm: what a script can send to the public interfaces, in every field of them.

By long polling, which takes the same frames as the socket and hands them to the same code.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import jwt
from PIL import Image
from playwright.sync_api import APIRequestContext

from tests.browser.corpus import compose

# What an address allows: in quotes, nearly everything.
EMAIL = '"<img/src=//mallory.example/a.png/onerror=mallory()>"@mallory.example'
# A header takes no sign beyond Latin-1.
HEADER = compose(900).encode("latin-1", "ignore").decode("latin-1")


def make_picture() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(data, "PNG")
    return data.getvalue()


@dataclass
class Mallory:
    """One visitor; `website` is the origin that the requests name."""

    requests: APIRequestContext
    address: str
    website: str
    path: str = "/"
    token: str = ""
    state: dict[str, Any] = field(default_factory=dict)
    after: int = 0
    ask: dict[str, Any] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: count(1))

    @property
    def session(self) -> str:
        return "mallory-at-her-first-visit"

    @property
    def page(self) -> dict[str, str]:
        harm = compose(450, 3)
        return {
            "url": f"{self.website}{self.path}{harm}?q={harm}#{harm}",
            "title": compose(300, 1),
            "referrer": f"https://mallory.example/{harm}?q={harm}",
        }

    def visits(self, path: str) -> None:
        """Load a page and have its dialogue shown, as the snippet does."""
        self.path = path
        about = {"session": self.session, "token": self.token, "page": self.page}
        reply = self._post("/widget/visit", {**about, "language": compose(35), "time_zone": compose(64, 2)})
        dialogue = reply.json()["dialogue"]
        self._post("/widget/shown", {**about, "version": dialogue["id"]})

    def sends(self, *frames: dict[str, Any], show: bool = False) -> None:
        """One request with these frames; what comes back is taken in. `show`: a dialogue may begin."""
        hello = {
            "type": "hello",
            "protocol": 1,
            "token": self.token,
            "conversation": self.state.get("conversation", ""),
            "after": self.after,
            "show": show,
            "page": self.page,
            "language": compose(35),
            "time_zone": compose(64, 2),
            "session": self.session,
            "device": "mobile",
        }
        reply = self._post("/visitor/poll", {"hello": hello, "frames": list(frames)}).json()
        for frame in reply["frames"]:
            self._take(frame)

    def _take(self, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "welcome":
                self.token, self.state = frame["token"], frame.get("state") or {}
                if frame.get("reset"):
                    self.after = 0
                for message in frame.get("messages", []):
                    self._take({**message, "type": "message"})
            case "messages":
                for message in frame["messages"]:
                    self._take({**message, "type": "message"})
            case "message":
                self.after = max(self.after, frame["seq"])
                self.ask = frame.get("ask") or self.ask
            case "state":
                self.state = frame
            case "error":
                raise AssertionError(frame)

    def tells_about_herself(self, secret: str) -> None:
        """Attributes by the page's script, and an identity that the company's own server has signed."""
        names = ("company", "phone", "last_name", "crm_status", "job_title", "planName")
        attributes = {name: compose(490, turn) for turn, name in enumerate(names)}
        claims = {"sub": compose(190), "exp": datetime.now(UTC) + timedelta(minutes=5)}
        identity = jwt.encode({**claims, "attributes": {"tier": compose(490, 8)}}, secret, "HS256")
        self.sends({"type": "facts", "attributes": attributes, "identity": identity})

    def answers(self, value: str) -> None:
        answer = {"type": "answer", "card": self.ask["card"], "client_id": self._name(), "value": value}
        self.sends({**answer, "conversation": self.state["conversation"]})

    def writes(self, text: str) -> None:
        post = {"type": "post", "conversation": self.state["conversation"], "client_id": self._name()}
        self.sends({**post, "text": text})

    def reads(self, card: str) -> None:
        about = {"type": "reading", "conversation": self.state["conversation"], "card": card}
        self.sends({**about, "event": "opened"}, {**about, "event": "downloaded"})

    def goes_to(self, path: str) -> None:
        self.path = path
        self.sends({"type": "page", **self.page})

    def uploads(self) -> None:
        name = compose(180, 1) + ".png"
        form = {
            "conversation": self.state["conversation"],
            "client_id": self._name(),
            "file": {"name": name, "mimeType": compose(60), "buffer": make_picture()},
        }
        headers = {**self._headers, "Authorization": f"Bearer {self.token}"}
        answer = self.requests.post(f"{self.address}/visitor/files", multipart=form, headers=headers)
        assert answer.status == 201, answer.text()

    def tries_to_sign_in(self) -> None:
        """What a form for passwords keeps of those who have none."""
        url = f"{self.address}/sign-in/?next={HEADER}"
        self.requests.get(url)
        cookies = {each["name"]: each["value"] for each in self.requests.storage_state()["cookies"]}
        form: dict[str, Any] = {
            "username": compose(150),
            "password": "x",
            "csrfmiddlewaretoken": cookies["csrftoken"],
        }
        self.requests.post(url, form=form, headers={**self._headers, "Origin": self.address})

    @property
    def _headers(self) -> dict[str, str]:
        harmful = ("User-Agent", "Referer", "Accept-Language", "X-Forwarded-For", "Accept")
        return {**dict.fromkeys(harmful, HEADER), "Origin": self.website}

    def _name(self) -> str:
        return f"mallory-{next(self._numbers)}"

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        answer = self.requests.post(f"{self.address}{path}", data=body, headers=self._headers)
        assert answer.status in (200, 204), f"{path}: {answer.status} {answer.text()}"
        return answer
