"""Websites that a test writes: any policy, style sheet and script, on an origin that is not the product's."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.people import Visitor

# Counts what the page and everything on it hold: listeners, timers and sockets that are alive.
COUNT = """(() => {
  const held = (window.held = { listeners: new Map(), timers: new Set(), sockets: new Set() });
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  const key = (target, type, listener, options) => {
    const name = target === window ? "window" : target === document ? "document" : target.constructor.name;
    return `${name}:${type}:${Boolean(options === true || options?.capture)}`;
  };
  const isLasting = (target) => target === window || target === document || target === window.navigation
    || target === window.visualViewport || target instanceof MediaQueryList;
  EventTarget.prototype.addEventListener = function (type, listener, options) {
    const self = this ?? window;
    if (listener && isLasting(self) && !options?.signal?.aborted) {
      const its = { self, type, listener, capture: Boolean(options === true || options?.capture) };
      held.listeners.set(its, key(self, type, listener, options));
      options?.once && addEventListener.call(self, type, () => held.listeners.delete(its), options);
      options?.signal && addEventListener.call(options.signal, "abort", () => held.listeners.delete(its));
    }
    return addEventListener.call(self, type, listener, options);
  };
  EventTarget.prototype.removeEventListener = function (type, listener, options) {
    const self = this ?? window;
    const given = [self, type, listener, Boolean(options === true || options?.capture)];
    for (const its of held.listeners.keys()) {
      const parts = [its.self, its.type, its.listener, its.capture];
      const isIt = parts.every((one, place) => one === given[place]);
      if (isIt) held.listeners.delete(its);
    }
    return removeEventListener.call(self, type, listener, options);
  };
  for (const [start, stop] of [["setTimeout", "clearTimeout"], ["setInterval", "clearInterval"]]) {
    const [begin, end] = [window[start], window[stop]];
    window[start] = (action, ...rest) => {
      const id = begin(() => {
        if (start === "setTimeout") held.timers.delete(id);
        action();
      }, ...rest);
      held.timers.add(id);
      return id;
    };
    window[stop] = (id) => (held.timers.delete(id), end(id));
  }
  const { WebSocket } = window;
  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      held.sockets.add(this);
    }
  };
  window.count = () => ({
    nodes: document.querySelectorAll("*").length,
    listeners: [...held.listeners.values()].sort(),
    timers: held.timers.size,
    sockets: [...held.sockets].filter((socket) => socket.readyState < 2).length,
    globals: Object.keys(window).filter((name) => name === "Switchboard"),
  });
})();
"""


def make_policy(product: str, *more: str) -> str:
    """Nothing is allowed but the lines that the installation page names."""
    socket = product.replace("http", "ws", 1)
    lines = ["default-src 'none'", f"script-src {product}", f"connect-src {product} {socket}", *more]
    return "; ".join(lines)


class PatientServer(ThreadingHTTPServer):
    """Takes as many connections at once as a browser likes to open."""

    request_queue_size = 64


class Site:
    """A website of one's own: its pages by path, and what it says beside each."""

    def __init__(self, product: str) -> None:
        self.product = product
        self.headers: dict[str, str] = {}
        self.pages: dict[str, str] = {}
        self.scripts: dict[str, str] = {}
        self._server = PatientServer(("127.0.0.1", 0), self._make_handler())
        Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def page(self, body: str = "", *, path: str = "/", head: str = "", html: str = 'lang="en"') -> Site:
        """Write a page that carries the snippet."""
        snippet = f'<script src="{self.product}/widget.js" async></script>'
        self.pages[path] = (
            f'<!doctype html><html {html}><head><meta charset="utf-8"><title>Shop</title>'
            f'<meta name="viewport" content="width=device-width">{head}{snippet}</head>'
            f"<body><main><h1>Shop</h1>{body}</main></body></html>"
        )
        return self

    def says(self, **headers: str) -> Site:
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return self

    def visited_by(self, page: Page, path: str = "/") -> Visitor:
        """Somebody comes to the page."""
        return Visitor(page, self.origin).visits(path)

    def _make_handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.split("?")[0]
                kind = "text/javascript" if path in site.scripts else "text/html"
                body = site.scripts.get(path) or site.pages.get(path)
                missing = 204 if path == "/favicon.ico" else 404
                self.send_response(200 if body else missing)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                for name, value in site.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write((body or "").encode())

            def log_message(self, *given: Any) -> None:
                """The test says what happened."""

        return Handler


def chats(visitor: Visitor) -> None:
    """The visitor opens the chat and gets as far as the second question: everything works."""
    visitor.opens_chat().chooses("Talk to sales")
    expect(visitor.part("field")).to_be_visible()


def get_status(page: Page) -> dict[str, Any]:
    status: dict[str, Any] = page.evaluate("Switchboard.status()")
    return status
