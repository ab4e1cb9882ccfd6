"""A network that can fail: a SOCKS proxy on this machine, between one browser and everything else.

The browser's own offline mode leaves open sockets alone, so what happens to those is done here.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

CHUNK = 65_536
IPV4 = 1
DONE = b"\x05\x00\x00\x01" + bytes(6)


class Network:
    """Carries every connection of one browser; `proxy` is the option of its context that leads here."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._flowing = threading.Event()
        self._flowing.set()
        self._is_cut = False
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def proxy(self) -> dict[str, str]:
        port = self._listener.getsockname()[1]
        return {"server": f"socks5://127.0.0.1:{port}", "bypass": "<-loopback>"}

    def cut(self) -> None:
        """Break what is open, and let nothing be opened."""
        self._is_cut = True
        for end in list(self._open):
            _shut(end)

    def stall(self) -> None:
        """Carry nothing more, and let nobody notice: a tunnel, as a phone knows it."""
        self._flowing.clear()

    def mend(self) -> None:
        """Carry again; what was under way arrives late."""
        self._is_cut = False
        self._flowing.set()

    def close(self) -> None:
        self._listener.close()
        self.cut()
        self._flowing.set()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _address = self._listener.accept()
                threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        self._flowing.wait()
        with near, suppress(OSError):
            if self._is_cut:
                return
            with _connect(near) as far:
                self._open |= {near, far}
                back = threading.Thread(target=self._carry, args=(far, near), daemon=True)
                back.start()
                self._carry(near, far)
                back.join()
                self._open -= {near, far}

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(CHUNK):
                self._flowing.wait()
                target.sendall(data)
        _shut(source)
        _shut(target)


def _connect(near: socket.socket) -> socket.socket:
    """Agree with the browser (RFC 1928, without authentication) and connect to where it wants."""
    _version, count = _read(near, 2)
    _read(near, count)
    near.sendall(b"\x05\x00")
    *_command, kind = _read(near, 4)
    host = socket.inet_ntoa(_read(near, 4)) if kind == IPV4 else _read(near, _read(near, 1)[0]).decode()
    far = socket.create_connection((host, int.from_bytes(_read(near, 2), "big")))
    near.sendall(DONE)
    return far


def _read(source: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = source.recv(count - len(data))
        if not more:
            raise ConnectionResetError
        data += more
    return data


def _shut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
