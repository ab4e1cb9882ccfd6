"""Which pages a target has."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.targeting import Target, parse_target, parse_targets, read_address
from chat.targeting.patterns import fits

pytestmark = pytest.mark.req("DG-08")


def matches(include: str, url: str, exclude: str = "") -> bool:
    return Target(parse_targets(include), parse_targets(exclude)).matches(read_address(url))


@pytest.mark.parametrize(
    ("pattern", "pages", "others"),
    [
        (
            "http://website.com",
            ["http://website.com", "http://website.com/"],
            ["http://website.com/prices", "http://www.website.com", "http://website.com.evil.example"],
        ),
        (
            "https://*.website.com",
            [
                "https://website.com",
                "https://www.website.com/",
                "https://a.b.website.com/prices/big",
                "https://website.com/prices",
            ],
            ["https://notwebsite.com", "https://website.com.evil.example", "https://website.org"],
        ),
        (
            "http://website.com/folder/*",
            [
                "http://website.com/folder/",
                "http://website.com/folder",
                "http://website.com/folder/a",
                "http://website.com/folder/a/b.html",
            ],
            ["http://website.com/", "http://website.com/folders", "http://www.website.com/folder/a"],
        ),
        (
            "https://*.website.com/folder/*",
            [
                "https://website.com/folder/a",
                "https://de.website.com/folder",
                "https://a.b.website.com/folder/",
            ],
            ["https://de.website.com/", "https://de.website.com/a/folder/b", "https://website.de/folder/a"],
        ),
        (
            "https://website.com/*/details",
            ["https://website.com/a/details", "https://website.com/a/b/details/"],
            ["https://website.com/details", "https://website.com/a/details/b"],
        ),
        (
            "https://shop-*.website.com/cart*",
            ["https://shop-de.website.com/cart", "https://shop-.website.com/cart-2/x"],
            ["https://shop.website.com/cart", "https://shop-de.website.com/"],
        ),
        ("*", ["https://anything.example/at/all", "http://localhost:3000"], []),
        ("https://website.com/folder**", ["https://website.com/folder", "https://website.com/folders"], []),
    ],
)
def test_wildcards_stand_for_anything_in_host_and_path(
    pattern: str, pages: list[str], others: list[str]
) -> None:
    assert [page for page in pages if not matches(pattern, page)] == []
    assert [page for page in others if matches(pattern, page)] == []


@pytest.mark.parametrize(
    ("pattern", "page"),
    [
        ("http://website.com/prices", "https://website.com/prices"),
        ("website.com/prices", "https://website.com/prices"),
        ("*://website.com/prices", "https://website.com/prices"),
        ("//website.com/prices", "https://website.com/prices"),
        ("https://website.com/prices", "https://website.com/prices/"),
        ("https://website.com/prices/", "https://website.com/prices"),
        ("https://website.com/prices", "https://website.com/prices?plan=big&next=/jobs"),
        ("https://website.com/prices", "https://website.com/prices#big"),
        ("https://website.com/prices?utm_source=mail", "https://website.com/prices"),
        ("https://website.com/prices#big", "https://website.com/prices"),
        ("https://WebSite.com/Prices", "https://website.com/prices"),
        ("https://website.com/prices", "https://WEBSITE.COM/PRICES"),
        ("https://website.com./prices", "https://website.com/prices"),
        ("https://website.com/prices", "https://website.com:8443/prices"),
        ("https://website.com:8443/prices", "https://website.com:8443/prices"),
        ("https://website.com:443/prices", "https://website.com/prices"),
        ("https://köln.example/straße", "https://xn--kln-sna.example/stra%C3%9Fe"),
        ("https://xn--kln-sna.example", "https://xn--kln-sna.example/"),
        ("https://*.straße.example", "https://xn--strae-oqa.example/x"),
        ("https://köln.example/Ölkanne", "https://xn--kln-sna.example/%c3%b6lkanne"),
        ("https://website.com/a%20b/*", "https://website.com/a%20b/c"),
        ("https://website.com/cafe\u0301", "https://website.com/caf%C3%A9"),
        ("http://[::1]:8000/*", "http://[::1]:8000/prices"),
        ("http://intranet/*", "http://intranet/prices"),
        ("localhost/*", "http://localhost:3000/prices"),
    ],
)
def test_what_nobody_means_makes_no_difference(pattern: str, page: str) -> None:
    assert matches(pattern, page)


@pytest.mark.parametrize(
    ("pattern", "page"),
    [
        ("https://website.com:8443/prices", "https://website.com/prices"),
        ("https://website.com:443/prices", "http://website.com/prices"),
        ("https://website.com/a%2A", "https://website.com/abc"),
        ("https://straße.example", "https://strasse.example"),
        ("https://website.com", "https://website.com@evil.example/"),
        ("https://website.com", "https://evil.example/?https://website.com/"),
        ("*", "about:blank"),
        ("*", "file:///home/index.html"),
        ("*", ""),
        ("*", "https://"),
        ("*", "https://website.com:port/"),
    ],
)
def test_what_makes_a_difference_does(pattern: str, page: str) -> None:
    assert not matches(pattern, page)


def test_star_that_is_meant_is_written_with_its_code() -> None:
    assert matches("https://website.com/a%2A", "https://website.com/a*")


def test_without_lines_every_page_is_one() -> None:
    assert matches("", "https://website.com/prices")
    assert matches(" \n \n", "about:blank")


def test_exclusions_win_and_are_written_in_the_same_way() -> None:
    include, exclude = "https://*.website.com", "https://*.website.com/jobs/*\nhttps://intern.website.com/*"
    assert matches(include, "https://website.com/prices", exclude)
    assert not matches(include, "https://de.website.com/jobs/7?x=1", exclude)
    assert not matches(include, "https://intern.website.com/prices", exclude)
    assert not matches("", "https://website.com/jobs", exclude)
    assert not matches("", "about:blank", exclude), "what is no page could be any"


@given(
    glob=st.lists(st.text("ab/", max_size=3), min_size=1, max_size=5),
    text=st.text("ab/", max_size=12),
)
def test_wildcards_match_what_a_regular_expression_would(glob: list[str], text: str) -> None:
    expected = re.fullmatch(".*".join(map(re.escape, glob)), text) is not None
    assert fits(tuple(glob), text) == expected


@given(
    lines=st.lists(st.text("ab*/", min_size=1, max_size=6), min_size=2, max_size=2),
    path=st.text("ab/", max_size=8),
)
def test_pattern_that_covers_another_matches_all_that_it_matches(lines: list[str], path: str) -> None:
    one, other = (parse_targets(f"https://website.com/{line}")[0] for line in lines)
    page = read_address(f"https://website.com/{path}")
    assert page is not None
    if one.covers(other) and other.matches(page):
        assert one.matches(page)


def test_pattern_made_to_be_slow_is_not() -> None:
    pattern = "https://website.com/" + "a*" * 900 + "b"
    assert not matches(pattern, "https://website.com/" + "a" * 1_900)


def test_both_texts_together() -> None:
    target = parse_target("https://website.com/*\n\nhttps://website.de", "https://website.com/jobs/*")
    assert [pattern.text for pattern in target.include] == ["https://website.com/*", "https://website.de"]
    assert [pattern.text for pattern in target.exclude] == ["https://website.com/jobs/*"]
