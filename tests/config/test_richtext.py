from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.lib.richtext import RichTextInvalid, clean_rich_text, to_nodes, to_plain_text

pytestmark = pytest.mark.req("LC-26")

REL = 'target="_blank" rel="noopener noreferrer nofollow"'

ATTACKS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=1 onerror=alert(1)>'>",
    "<math><annotation-xml encoding='text/html'><script>alert(1)</script></annotation-xml></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='javascript:alert(1)'></object><embed src='javascript:alert(1)'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' jAvAsCrIpT:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='java&#10;script:alert(1)'>x</a>",
    "<a href='&#106;avascript&colon;alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='blob:https://x.example/1'>x</a>",
    "<a href='file:///etc/passwd'>x</a>",
    "<a href='/admin/'>x</a>",
    "<a href='//evil.example/'>x</a>",
    "<a href='\\\\evil.example'>x</a>",
    "<a href='?next=1'>x</a>",
    "<a href='#top'>x</a>",
    "<a href>x</a>",
    "<a href='https://x.example/' onclick='alert(1)' style='position:fixed' id=x class=y name=z>x</a>",
    "<a href='https://x.example/' target=_self rel=opener>x</a>",
    "<a href='https://x.example/\"onmouseover=\"alert(1)'>x</a>",
    "<p style='background:url(javascript:alert(1))' onpointerover=alert(1)>x</p>",
    "<b onmouseover=alert(1)//",
    "<b/onclick=alert(1)>x",
    "<style>@import 'https://evil.example/';</style>",
    "<link rel=stylesheet href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=https://evil.example/>",
    "<form action=//evil.example><input name=x><button formaction=javascript:alert(1)>x</button></form>",
    "<template><script>alert(1)</script></template>",
    "<textarea><script>alert(1)</script></textarea>",
    "<title><script>alert(1)</script></title>",
    "<xmp><script>alert(1)</script></xmp><plaintext><script>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<li><a href=https://x.example><a href=javascript:alert(1)>x",
    "<custom-tag onclick=alert(1) is=x>x</custom-tag><marquee onstart=alert(1)>x</marquee>",
]

ALLOWED: dict[str, set[str]] = {tag: set() for tag in ("b", "strong", "i", "em", "ul", "ol", "li", "p", "br")}
ALLOWED["a"] = {"href", "target", "rel"}


class Inspector(HTMLParser):
    """Collects what a browser would see beyond the allowed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.bad: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in ALLOWED or not set(given) <= ALLOWED[tag]:
            self.bad.append(f"{tag} {given}")
        if tag == "a" and (given.get("target"), given.get("rel")) != (
            "_blank",
            "noopener noreferrer nofollow",
        ):
            self.bad.append(f"unguarded {given}")
        if not re.match(r"(https?://|mailto:)", given.get("href") or "mailto:", re.IGNORECASE):
            self.bad.append(f"href {given}")

    def handle_comment(self, data: str) -> None:
        self.bad.append(f"comment {data}")

    def handle_decl(self, decl: str) -> None:
        self.bad.append(f"declaration {decl}")

    def handle_pi(self, data: str) -> None:
        self.bad.append(f"instruction {data}")


def list_links(nodes: list[Any]) -> list[str]:
    links = [node["href"] for node in nodes if node["type"] == "a"]
    return links + [link for node in nodes for link in list_links(node.get("children", []))]


def as_json(html: str) -> list[Any]:
    nodes: list[Any] = msgspec.json.decode(msgspec.json.encode(to_nodes(html)))
    return nodes


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_attack_survives(attack: str) -> None:
    for html in (attack, f"<p>{attack}</p>", f"<ul><li>{attack}", f"<b>{attack}</b>"):
        cleaned = clean_rich_text(html)
        assert Inspector(cleaned).bad == []
        assert clean_rich_text(cleaned) == cleaned
        assert all(link.startswith("https://x.example") for link in list_links(as_json(html)))


def test_inspector_sees_an_attack() -> None:
    assert Inspector("<p onclick=x>").bad
    assert Inspector(f'<a href="javascript:alert(1)" {REL}>').bad
    assert Inspector('<a href="https://x.example">').bad
    assert not Inspector(f'<a href="https://x.example" {REL}>').bad


@given(
    st.lists(
        st.one_of(st.sampled_from(ATTACKS), st.text(max_size=10), st.sampled_from("<>/='\"&;ab")), max_size=6
    )
)
def test_no_mixture_of_attacks_survives(parts: list[str]) -> None:
    cleaned = clean_rich_text("".join(parts))
    assert Inspector(cleaned).bad == []
    assert clean_rich_text(cleaned) == cleaned
    assert as_json(cleaned) == as_json("".join(parts))
    to_plain_text(cleaned)


def test_what_is_allowed_stays() -> None:
    html = (
        "<p><b>a</b> <strong>b</strong> <i>c</i> <em>d</em><br>🎉 å</p><ul><li>x</li></ul><ol><li>y</li></ol>"
    )
    assert clean_rich_text(html) == html


@pytest.mark.parametrize(
    "href", ["http://x.example/", "https://x.example/?a=1&amp;b=2#c", "mailto:hanna@x.example"]
)
def test_safe_links_are_guarded(href: str) -> None:
    assert clean_rich_text(f'<a href="{href}">x</a>') == f'<a href="{href}" {REL}>x</a>'


def test_text_is_kept_as_text() -> None:
    assert clean_rich_text("1 < 2 & 3 > 2") == "1 &lt; 2 &amp; 3 &gt; 2"
    assert as_json("1 < 2 &amp; &lt;b&gt;") == [{"type": "text", "text": "1 < 2 & <b>"}]


def test_nodes_are_a_small_typed_tree() -> None:
    html = (
        "<p>Hi <strong>you</strong><br><a href='https://x.example/'>look <em>here</em></a></p>"
        "<ol>\n<li>a</li>\n</ol>"
    )
    assert as_json(html) == [
        {
            "type": "p",
            "children": [
                {"type": "text", "text": "Hi "},
                {"type": "b", "children": [{"type": "text", "text": "you"}]},
                {"type": "br"},
                {
                    "type": "a",
                    "href": "https://x.example/",
                    "children": [
                        {"type": "text", "text": "look "},
                        {"type": "i", "children": [{"type": "text", "text": "here"}]},
                    ],
                },
            ],
        },
        {"type": "ol", "children": [{"type": "li", "children": [{"type": "text", "text": "a"}]}]},
    ]


def test_link_that_is_not_safe_is_only_its_text() -> None:
    assert as_json("<a href='javascript:alert(1)'>go</a>") == [{"type": "text", "text": "go"}]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("One<br>Two <br> Three", "One\nTwo\nThree"),
        ("<p>We\n   are  back <b>soon</b>.</p>", "We are back soon."),
        ("<ul><li>a</li><li>b</li></ul>", "• a\n• b"),
        ("<ol><li>a<br>more<ul><li>x</li></ul></li><li>b</li></ol>", "1. a\n   more\n   • x\n2. b"),
        ("<p>See:</p><ul><li>a</li></ul><p>End</p>", "See:\n\n• a\n\nEnd"),
        ("<a href='https://x.example/'>our page</a>", "our page (https://x.example/)"),
        ("<a href='https://x.example/'>https://x.example/</a>", "https://x.example/"),
        ("<a href='mailto:hanna@x.example'>hanna@x.example</a>", "hanna@x.example"),
        ("<a href='mailto:hanna@x.example'>Hanna</a>", "Hanna (hanna@x.example)"),
        ("<a href='https://x.example/'> </a>", "https://x.example/"),
        ("1 &lt; 2 &amp; 3", "1 < 2 & 3"),
    ],
)
def test_plain_text_reads_well(html: str, text: str) -> None:
    assert to_plain_text(html) == text


def test_limit_counts_what_people_read() -> None:
    assert clean_rich_text("<p>" + "<b>&amp;</b>" * 2000 + "x" * 2000 + "</p>")
    with pytest.raises(RichTextInvalid, match="4000"):
        clean_rich_text("x" * 4001)


@pytest.mark.parametrize(
    "html",
    [
        "<p></p>" * 6000,
        "<p title='" + "x" * 40_000 + "'>x</p>",
        "<a href='https://x.example/'>x</a>" * 600,
        "<ul><li>" * 11 + "x",
        "<b>" * 10_000 + "x",
    ],
)
def test_tags_beyond_reason_are_refused(html: str) -> None:
    with pytest.raises(RichTextInvalid):
        clean_rich_text(html)


def test_deep_but_reasonable_lists_pass() -> None:
    assert to_plain_text("<ul><li>" * 10 + "x") == "• " * 10 + "x"


def test_characters_that_cannot_be_stored_are_gone() -> None:
    cleaned = clean_rich_text("a\x00b\ud83dc&#0;d")
    assert "\x00" not in cleaned
    assert cleaned.encode()
