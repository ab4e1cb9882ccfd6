"""What the terminal shows when the demo is ready."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from config.demo.links import SignInLink


@dataclass(frozen=True)
class Line:
    """One line, and the name of the command style it is shown in where there are colours."""

    text: str = ""
    style: str = ""


def get_shown_host(host: str) -> str:
    """How a browser on this machine reaches the address that the server listens on."""
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 - compared, not listened on
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def list_lines(
    *, product: str, website: str, links: Sequence[SignInLink], data_dir: Path, is_open: bool
) -> Iterator[Line]:
    """The addresses, in the order in which a newcomer wants them, and how to stop."""
    places = [(_("Demo website"), f"{website}/")]
    places += [(_describe(link), f"{product}{link.path}") for link in links]
    places += [(_("All of these"), f"{product}/")]
    width = max(len(name) for name, _address in places)
    yield Line()
    yield Line(_("Switchboard is running."), "SUCCESS")
    yield Line()
    for name, address in places:
        yield Line(f"  {name:<{width}}   {address}")
    yield Line()
    yield Line(_("Be a visitor on the website in one browser, and an agent in another or a private window."))
    if is_open:
        warning = _("Whoever can reach this machine can sign in as any of these people, the admin too.")
        yield Line(warning, "WARNING")
    yield Line(_("Data and mail are in %(folder)s. Press Ctrl-C to stop.") % {"folder": data_dir})


def _describe(link: SignInLink) -> str:
    role = _("admin") if link.is_admin else _("agent")
    return f"{link.user.first_name}, {role}"
