"""Guides for the ways in which websites are made: short steps, and what to copy."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext


@dataclass(frozen=True)
class Code:
    """Something to copy, and what it is."""

    title: str
    text: str


@dataclass(frozen=True)
class Guide:
    """One way: steps in order, then what to copy."""

    slug: str
    title: str
    steps: list[str]
    codes: list[Code]


def list_guides(origin: str) -> list[Guide]:
    """Every guide, with this installation's address in it."""
    return [
        guide_tag_manager(origin),
        guide_wordpress(origin),
        guide_single_page(origin),
        guide_consent(origin),
    ]


def guide_tag_manager(origin: str) -> Guide:
    return Guide(
        "tag-manager",
        gettext("Google Tag Manager"),
        [
            gettext("In Tag Manager choose Tags, New, Tag Configuration, Custom HTML."),
            gettext("Paste the code below, as it is."),
            gettext("As trigger choose “All Pages”, or the pages that are to have the chat."),
            gettext("Save, then Submit and Publish. Open your website and look at step 2 above."),
        ],
        [Code(gettext("Custom HTML"), write_inserter(origin))],
    )


def write_inserter(origin: str) -> str:
    """A tag manager leaves attributes such as async out of a script tag that it inserts."""
    return (
        "<script>\n"
        "  (function () {\n"
        '    var script = document.createElement("script");\n'
        f'    script.src = "{origin}/widget.js";\n'
        "    script.async = true;\n"
        "    document.head.appendChild(script);\n"
        "  })();\n"
        "</script>\n"
    )


def write_call(method: str, argument: str) -> str:
    """A call that may come before the snippet has loaded (docs/widget.md)."""
    return f'(window.Switchboard = window.Switchboard || {{ q: [] }}).q.push(["{method}", {argument}]);\n'


def guide_wordpress(origin: str) -> Guide:
    return Guide(
        "wordpress",
        gettext("WordPress"),
        [
            gettext(
                "With a plugin for header code (for example WPCode): paste the line of step 1 under Footer."
            ),
            gettext("Or, in the theme that you edit yourself, add this to functions.php."),
            gettext("If a plugin joins or delays scripts, leave widget.js out of it, and empty its cache."),
        ],
        [
            Code(
                "functions.php",
                "add_action('wp_enqueue_scripts', function () {\n"
                f"    wp_enqueue_script('switchboard', '{origin}/widget.js', [], null,\n"
                "        ['strategy' => 'async', 'in_footer' => true]);\n"
                "});\n",
            )
        ],
    )


def guide_single_page(origin: str) -> Guide:
    return Guide(
        "single-page",
        gettext("React, Vue, Next.js and other single-page apps"),
        [
            gettext("Put the line of step 1 into the one HTML page that the app starts from, index.html."),
            gettext(
                "With Next.js use its Script component in the root layout. That is all: changes of page "
                "inside the app are noticed by themselves."
            ),
            gettext(
                "When somebody signs out of your app, call Switchboard.reset(), so that the next person "
                "at this computer doesn't read along."
            ),
        ],
        [
            Code("index.html", f'<script src="{origin}/widget.js" async></script>\n'),
            Code("Next.js, app/layout.tsx", write_next_layout(origin)),
        ],
    )


def write_next_layout(origin: str) -> str:
    return (
        'import Script from "next/script";\n\n'
        "export default function RootLayout({ children }: { children: React.ReactNode }) {\n"
        "  return (\n"
        '    <html lang="en">\n'
        "      <body>\n"
        "        {children}\n"
        f'        <Script src="{origin}/widget.js" strategy="afterInteractive" />\n'
        "      </body>\n"
        "    </html>\n"
        "  );\n"
        "}\n"
    )


def guide_consent(origin: str) -> Guide:
    return Guide(
        "consent",
        gettext("Consent managers and cookie banners"),
        [
            gettext(
                "Under “Look of the chat” turn on “wait for consent”. Nothing is stored or sent before your "
                "page says so."
            ),
            gettext(
                "Have your consent manager call this when the visitor agrees, and on each page after that."
            ),
            gettext("When the visitor takes it back, call it with false: what was stored is removed."),
        ],
        [
            Code(
                gettext("When the visitor agrees"),
                write_call("consent", "true"),
            )
        ],
    )
