"""A small file in MaxMind's format, of places that a test names."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, ip_network
from pathlib import Path
from typing import Any

MARKER = b"\xab\xcd\xefMaxMind.com"
STRING, MAP, UINT16, UINT32, UINT64, ARRAY = 2, 7, 5, 6, 9, 11


def write_places(path: Path, places: Mapping[str, Mapping[str, Any]]) -> Path:
    """Write records by network, such as ``{"2.125.160.0/24": place("GB", "England")}``."""
    nodes: list[list[int | None]] = [[None, None]]
    data = b""
    for network, record in places.items():
        insert(nodes, to_bits(network), -1 - len(data))
        data += encode(record)
    tree = b"".join(pack(record, len(nodes)) for node in nodes for record in node)
    path.write_bytes(tree + bytes(16) + data + MARKER + encode(describe(len(nodes))))
    return path


def place(country: str, region: str = "") -> dict[str, Any]:
    """A record, as far as we read it."""
    record: dict[str, Any] = {"country": {"iso_code": country}}
    return {**record, "subdivisions": [{"names": {"en": region}}]} if region else record


def to_bits(network: str) -> str:
    parsed = ip_network(network)
    offset = 96 if isinstance(parsed, IPv4Network) else 0
    return f"{int(parsed.network_address):0128b}"[: offset + parsed.prefixlen]


def insert(nodes: list[list[int | None]], bits: str, leaf: int) -> None:
    """Put a leaf at the end of a path; leaves are negative until the number of nodes is known."""
    at = 0
    for bit in bits[:-1]:
        following = nodes[at][int(bit)]
        if following is None:
            nodes.append([None, None])
            following = nodes[at][int(bit)] = len(nodes) - 1
        at = following
    nodes[at][int(bits[-1])] = leaf


def pack(record: int | None, count: int) -> bytes:
    value = count if record is None else record if record >= 0 else count + 16 + (-1 - record)
    return value.to_bytes(3, "big")


def describe(count: int) -> dict[str, Any]:
    return {
        "node_count": (UINT32, count),
        "record_size": (UINT16, 24),
        "ip_version": (UINT16, 6),
        "database_type": "Test-City",
        "languages": ["en"],
        "binary_format_major_version": (UINT16, 2),
        "binary_format_minor_version": (UINT16, 0),
        "build_epoch": (UINT64, 1_750_000_000),
        "description": {"en": "Places of a test"},
    }


def encode(value: Any) -> bytes:
    match value:
        case str():
            return control(STRING, len(value.encode())) + value.encode()
        case dict():
            pairs = b"".join(encode(name) + encode(inner) for name, inner in value.items())
            return control(MAP, len(value)) + pairs
        case list():
            return control(ARRAY, len(value)) + b"".join(map(encode, value))
        case (int() as kind, int() as number):
            digits = number.to_bytes(8, "big").lstrip(b"\0")
            return control(kind, len(digits)) + digits
    raise TypeError(type(value))


def control(kind: int, size: int) -> bytes:
    """The sizes that tests need: below 29, and below 285 with a byte of their own."""
    short, rest = (size, b"") if size < 29 else (29, bytes([size - 29]))
    return bytes([short, kind - 7]) + rest if kind > 7 else bytes([kind << 5 | short]) + rest
