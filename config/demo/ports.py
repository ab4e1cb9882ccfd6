"""Ports: which are free, and how to say that one isn't."""

from __future__ import annotations

import socket
from contextlib import closing

from django.utils.translation import gettext_lazy as _

from config.lib.errors import ConflictError

# How many ports after the product's own are looked at for the example website.
TRIES = 50


class PortTaken(ConflictError):
    """Something else listens there."""

    code = "port_taken"
    message = _(
        "Port %(port)d is taken: another program listens there, perhaps another demo. "
        "Stop that one, or choose another port: make demo PORT=%(other)d"
    )


def is_free(host: str, port: int) -> bool:
    """Whether this process may listen on the port. A port that was just left counts as free."""
    family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with closing(socket.socket(family, kind, protocol)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError:
            return False
    return True


def choose_ports(host: str, port: int) -> tuple[int, int]:
    """The product's port and the next free one for the website. Raises PortTaken.

    Another port is another origin, so the website is a stranger to the product, as a customer's is.
    """
    if not is_free(host, port):
        raise PortTaken(params={"port": port, "other": port + 10 if port < 65_000 else 8_000})
    for candidate in range(port + 1, min(port + 1 + TRIES, 65_536)):
        if is_free(host, candidate):
            return port, candidate
    raise PortTaken(
        _("No port after %(port)d is free for the example website. Choose another one: make demo PORT=8000"),
        params={"port": port},
    )
