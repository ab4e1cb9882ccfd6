"""System checks: what would be unsafe, or would break at night, is refused before it runs (house rule 12).

``manage.py check --deploy`` runs them all, and a production server runs that before it starts. Those without
``deploy`` hold everywhere and run with every command. Errors have a sentence that says what is wrong and a
hint that says how to mend it; logs and hints never contain a value that may be secret.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections
from django.http.request import validate_host

from config.lib.geography import is_readable

SHORTEST_KEY = 50
FEWEST_CHARACTERS = 10
PLACEHOLDERS = ("change", "example", "insecure", "only-for", "placeholder", "replace", "secret", "your-")
# Before it, one client's endless frame could fill the memory of the whole server (CVE-2026-44545).
OLDEST_DAPHNE = (4, 2, 2)

Messages = list[CheckMessage]


def _refuse(number: int, problem: str, mend: str) -> Messages:
    return [Error(problem, hint=mend, id=f"switchboard.E{number:03}")]


def _warn(number: int, problem: str, mend: str) -> Messages:
    return [Warning(problem, hint=mend, id=f"switchboard.W{number:03}")]


# --- Before a server starts -----------------------------------------------------------------------------


@register(Tags.security, deploy=True)
def check_mode(app_configs: object, **kwargs: Any) -> Messages:
    """The embedded mode is for trying out: one process, and sign-in by link."""
    if not settings.EMBEDDED:
        return []
    return _refuse(
        1,
        "EMBEDDED is on: the demo mode, in which whoever has a link is signed in.",
        "Take EMBEDDED out of the environment, and set DATABASE_URL and REDIS_URL.",
    )


@register(Tags.security, deploy=True)
def check_secret_key(app_configs: object, **kwargs: Any) -> Messages:
    """Sessions and visitors' tokens are only as good as this key (DL-10)."""
    key: str = settings.SECRET_KEY
    looks_copied = any(word in key.lower() for word in PLACEHOLDERS)
    if settings.EMBEDDED or (
        len(key) >= SHORTEST_KEY and len(set(key)) >= FEWEST_CHARACTERS and not looks_copied
    ):
        return []
    return _refuse(
        2,
        "SECRET_KEY is short, simple or copied: whoever guesses it is any visitor and any agent.",
        "Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'. It signs everybody out.",
    )


@register(Tags.security, deploy=True)
def check_public_url(app_configs: object, **kwargs: Any) -> Messages:
    """The snippet on customers' pages, and links in mails, lead to this address."""
    if settings.EMBEDDED:
        return []
    mend = "Set it to the address that people use, for example PUBLIC_URL=https://chat.example.com"
    address = urlsplit(settings.PUBLIC_URL)
    if not address.hostname or address.path or address.scheme not in ("http", "https"):
        return _refuse(3, "PUBLIC_URL is not set, or is no address of a server.", mend)
    if address.scheme != "https":
        return _refuse(4, "PUBLIC_URL begins with http: a page with https can't load the chat from it.", mend)
    if not validate_host(address.hostname, settings.ALLOWED_HOSTS):
        return _refuse(
            5,
            "The host in PUBLIC_URL is not among ALLOWED_HOSTS: each request to it would get a 400.",
            f"Add {address.hostname} to ALLOWED_HOSTS.",
        )
    return []


@register(Tags.security, deploy=True)
def check_hosts(app_configs: object, **kwargs: Any) -> Messages:
    """The agents' socket compares Origin with Host, so Host must be checked (DL-10)."""
    if settings.EMBEDDED or "*" not in settings.ALLOWED_HOSTS:
        return []
    return _refuse(
        6,
        "ALLOWED_HOSTS contains *: any name is accepted as this server's own.",
        "List the names of this server, comma-separated: ALLOWED_HOSTS=chat.example.com",
    )


@register(Tags.security, deploy=True)
def check_https(app_configs: object, **kwargs: Any) -> Messages:
    """Cookies and tokens never travel in the clear."""
    if settings.EMBEDDED:
        return []
    if not settings.HTTPS:
        return _refuse(
            7,
            "HTTPS is off: agents' sessions and visitors' tokens would travel readable.",
            "Take HTTPS out of the environment (on is the default); a proxy in front has the certificate.",
        )
    if getattr(settings, "SECURE_PROXY_SSL_HEADER", None) is None:
        return _warn(
            8,
            "BEHIND_PROXY is off: behind a proxy every page would redirect to itself for ever.",
            "Set BEHIND_PROXY=true, and let the proxy set X-Forwarded-Proto, whatever the client sent.",
        )
    return []


@register(Tags.security, deploy=True)
def check_debug(app_configs: object, **kwargs: Any) -> Messages:
    """A traceback shows settings and what people wrote."""
    if not settings.DEBUG:
        return []
    return _refuse(
        9, "DEBUG is on: an error shows strangers the inside.", "Take DEBUG out of the environment."
    )


@register(deploy=True)
def check_channel_layer(app_configs: object, **kwargs: Any) -> Messages:
    """With more than one process, hints must travel between them."""
    if settings.EMBEDDED:
        return []
    layer: dict[str, Any] = settings.CHANNEL_LAYERS["default"]
    if "InMemory" not in layer["BACKEND"] and layer.get("CONFIG", {}).get("hosts"):
        return []
    return _refuse(
        10,
        "There is no Redis for the channel layer: processes would not hear of each other's messages.",
        "Set REDIS_URL, for example redis://127.0.0.1:6379/0",
    )


@register(deploy=True)
def check_celery(app_configs: object, **kwargs: Any) -> Messages:
    """Deadlines are kept by a worker and beat, through a broker (LC-22)."""
    in_memory = settings.CELERY_BROKER_URL.startswith("memory:")
    if settings.EMBEDDED or not (settings.CELERY_TASK_ALWAYS_EAGER or in_memory):
        return []
    return _refuse(
        11,
        "Celery has no broker that other processes reach: no offer would ever expire.",
        "Set REDIS_URL or CELERY_BROKER_URL, for example redis://127.0.0.1:6379/0",
    )


@register(deploy=True)
def check_database(app_configs: object, **kwargs: Any) -> Messages:
    """SQLite has one writer and no row locks."""
    if settings.EMBEDDED or "sqlite" not in settings.DATABASES["default"]["ENGINE"]:
        return []
    return _refuse(
        12,
        "The database is SQLite: it serves one process only.",
        "Set DATABASE_URL to a PostgreSQL database: postgres://user:password@host/name",
    )


@register(deploy=True)
def check_mail(app_configs: object, **kwargs: Any) -> Messages:
    """Warnings about limits and failed chats go out by mail."""
    if settings.EMBEDDED or (settings.EMAIL_URL and not settings.DEFAULT_FROM_EMAIL.endswith("@localhost")):
        return []
    return _warn(
        13,
        "EMAIL_URL or DEFAULT_FROM_EMAIL is not set: mails would end in the log or in nobody's inbox.",
        "For example EMAIL_URL=smtp+tls://user:password@mail.example.com:587 and "
        "DEFAULT_FROM_EMAIL=chat@example.com",
    )


@register(Tags.staticfiles, deploy=True)
def check_static_files(app_configs: object, **kwargs: Any) -> Messages:
    """Without its list of hashed names every page fails with 500."""
    if settings.EMBEDDED or not settings.HASHED_STATIC:
        return []
    if (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file():
        return []
    return _warn(
        14,
        "The static files are not collected: no page can be shown.",
        "Run: manage.py collectstatic --noinput",
    )


@register(Tags.database)
def check_durability(app_configs: object, databases: Sequence[str] | None = None, **kwargs: Any) -> Messages:
    """What is acknowledged has to survive a power cut (DL-01). Runs with ``check --database default``."""
    if "default" not in (databases or ()) or connections["default"].vendor != "postgresql":
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
        fsync, synchronous = cursor.fetchone()
    if fsync == "on" and synchronous != "off":
        return []
    return _refuse(
        15,
        "PostgreSQL doesn't wait for the disk: a power cut could lose messages that were acknowledged.",
        "Set fsync = on and synchronous_commit = on in postgresql.conf.",
    )


# --- Everywhere -----------------------------------------------------------------------------------------


@register()
def check_connections(app_configs: object, **kwargs: Any) -> Messages:
    """Measured: a new connection for each frame is five times slower than one that stays."""
    told = settings.DATABASES["default"]
    if told.get("CONN_MAX_AGE", 0) != 0 or told.get("OPTIONS", {}).get("pool"):
        return []
    return _refuse(
        16,
        "Neither a pool nor CONN_MAX_AGE: every frame of every socket would open a connection of its own.",
        "Leave the pool in OPTIONS, as config/settings.py has it.",
    )


@register(Tags.security)
def check_daphne(app_configs: object, **kwargs: Any) -> Messages:
    """Older servers take frames of any size."""
    installed = version("daphne")
    if tuple(int(part) for part in installed.split(".")[:3] if part.isdigit()) >= OLDEST_DAPHNE:
        return []
    return _refuse(
        17,
        f"Daphne {installed} takes frames of any size: one client could fill the server's memory.",
        "Install what requirements.lock names: pip install --require-hashes -r requirements.lock",
    )


@register(Tags.security)
def check_demo(app_configs: object, **kwargs: Any) -> Messages:
    """Example people and sign-in links belong to the embedded mode alone (S22)."""
    if settings.EMBEDDED or "config.demo" not in settings.INSTALLED_APPS:
        return []
    return _refuse(
        18,
        "config.demo is installed outside the embedded mode: strangers could sign in by link.",
        "Take config.demo out of INSTALLED_APPS.",
    )


@register()
def check_time_zones(app_configs: object, **kwargs: Any) -> Messages:
    """Agents' hours are in their own time zones (LC-11)."""
    try:
        zoneinfo.ZoneInfo("Europe/Stockholm")
    except zoneinfo.ZoneInfoNotFoundError:
        return _refuse(
            19,
            "The time zone database is missing: nobody's hours could be kept.",
            "Install it: apt-get install tzdata, or pip install tzdata.",
        )
    return []


@register()
def check_geography(app_configs: object, **kwargs: Any) -> Messages:
    """A dialogue for visitors of one country would be shown to nobody."""
    if not settings.GEOIP_DATABASE or is_readable(settings.GEOIP_DATABASE):
        return []
    return _warn(
        20,
        "GEOIP_DATABASE names no file in MaxMind's format: no visitor's country would be known.",
        "Put the path of such a file in it, for example /var/lib/GeoIP/GeoLite2-City.mmdb, or take it out.",
    )
