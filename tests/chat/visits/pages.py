"""What a customer's pages ask."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Any

SESSION = "session-one-1234567"
ORIGIN = "https://acme.example"
# Somewhere on the internet.
ADDRESS = "81.2.69.142"


@dataclass
class Answer:
    """What came back."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Website:
    """Sends requests as browsers do; ``origin`` and ``address`` are those of the page and its visitor."""

    app: Any
    origin: str = ORIGIN
    address: str = ADDRESS

    async def visit(self, path: str = "/prices", **told: Any) -> Any:
        """Load a page; returns the reply to a request that was taken."""
        answer = await self.post("/widget/visit", self.describe(path, told))
        assert answer.status == 200, answer
        return answer.json

    async def show(self, version: str, path: str = "/prices", **told: Any) -> Answer:
        """Tell that a dialogue is shown."""
        return await self.post("/widget/shown", {"version": version, **self.describe(path, told)})

    def describe(self, path: str, told: dict[str, Any]) -> dict[str, Any]:
        page = {"url": f"{self.origin}{path}", "title": "Prices", "referrer": ""}
        return {"session": SESSION, "page": page, **told}

    async def post(self, path: str, told: Any) -> Answer:
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        return await self.ask("POST", path, [body])

    async def ask(self, method: str, path: str, parts: Iterable[bytes] = (b"",), **headers: str) -> Answer:
        """Send one request; ``parts`` is its body as it comes in."""
        given = {"host": "chat.example.com", "origin": self.origin, **headers}
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items()],
            "client": (self.address, 4711) if self.address else None,
        }
        answer = Answer()

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            else:
                answer.body += message["body"]

        messages = self._arrive(list(parts))
        await self.app(scope, messages.__anext__, send)
        return answer

    @staticmethod
    async def _arrive(parts: list[bytes]) -> AsyncIterator[dict[str, Any]]:
        for number, part in enumerate(parts, start=1):
            yield {"type": "http.request", "body": part, "more_body": number < len(parts)}
        yield {"type": "http.disconnect"}
