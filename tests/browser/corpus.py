"""Texts that become something else than text wherever a page forgets that they are somebody's words (S1).

Every one names Mallory, so that a page tells whether it shows them, a request whether they were obeyed,
and the database whether they were kept.
"""

from __future__ import annotations

from itertools import chain

NAME = "mallory"
TEXTS = (
    "<script>mallory()</script>",
    "<img src=//mallory.example/i.png onerror=mallory()>",
    "\"'><mallory-x onmouseover=mallory() style=color:red>",
    "</script></style></textarea></title><script src=//mallory.example/s.js></script>",
    "{{7357*7}}{% mallory %}${7357*7}#{mallory}<%= mallory %>",
    "<svg onload=mallory()><style>*{background:url(//mallory.example/c.png)}</style>",
    "javascript:mallory()",
    "<a href=javascript:mallory()>mallory</a><base href=//mallory.example/>",
    '=HYPERLINK("https://mallory.example/","mallory")',
    "data:text/html,<script>mallory()</script>",
    '" autofocus onfocus=mallory() x="',
    "[mallory](javascript:mallory()) ![mallory](https://mallory.example/m.png)",
    "<iframe srcdoc='<script>parent.mallory()</script>'></iframe>",
    "&lt;img src=//mallory.example/e.png onerror=mallory()&gt;",
    "<meta http-equiv=refresh content='0;url=//mallory.example'><form action=//mallory.example>",
    "@mallory +mallory -mallory \u202eyrollam\u2066 mal\u200blory\ufeff\u2028mallory",
    "background:url(//mallory.example/u.png);x:expression(mallory())",
)
# What a template that took a text for its own would make of it.
COMPUTED = str(7357 * 7)
SHORTEST = "<b onclick=mallory()>"


def compose(limit: int, turn: int = 0) -> str:
    """As many of the texts as fit into so many characters; each turn begins with another one."""
    start = turn % len(TEXTS)
    taken = ""
    for text in chain(TEXTS[start:], TEXTS[:start]):
        longer = f"{taken} {text}" if taken else text
        taken = longer if len(longer) <= limit else taken
    return taken or SHORTEST[:limit]
