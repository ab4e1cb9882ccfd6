"""What the widget weighs, and that what is served is what people wrote (DG-16)."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.core.management import call_command

from chat import widget, widget_look
from chat.widget_compaction import compact
from config.installation.look import Look

# Bytes in brotli 11, and requests: of the button, and of all up to a chat in which one can write.
BUTTON_BYTES, BUTTON_REQUESTS = 7_000, 2
USABLE_BYTES, USABLE_REQUESTS = 25_000, 5
LOOK = Look(
    name="Chat with us",
    accent="#0b5fff",
    theme="auto",
    font="system",
    anchor="end",
    side=20,
    bottom=20,
    avatar="/media/widget/0123456789abcdef0123456789abcdef.webp",
    delay=600,
    sounds=True,
    poke=False,
    privacy="https://www.example.com/privacy",
    consent=False,
    files=True,
)


def get_snippet() -> widget.JoinedFile:
    return widget.get_snippet(widget.to_json(widget.make_config(LOOK, origin="https://chat.example.com")))


@pytest.mark.req("DG-16")
def test_the_button_stays_within_its_budget() -> None:
    assert len(get_snippet().compressed) <= BUTTON_BYTES


@pytest.mark.req("DG-16")
@pytest.mark.parametrize("language", widget.LANGUAGES)
def test_a_chat_in_which_one_can_write_stays_within_its_budget(language: str) -> None:
    assert len(get_snippet().compressed) + len(widget.get_part("chat", language).compressed) <= USABLE_BYTES


@pytest.mark.req("DG-16")
def test_what_was_built_is_what_the_sources_say() -> None:
    call_command("build_widget", check=True)


@pytest.mark.req("DG-16")
@pytest.mark.parametrize("language", widget.LANGUAGES)
@pytest.mark.parametrize("part", ["chat", "more"])
def test_the_joined_modules_are_one_valid_module(part: str, language: str) -> None:
    code = widget.get_part(part, language).body
    assert b"\nimport " not in code
    assert len(re.findall(rb"\bexport\b", code)) == 1
    check_syntax(code, "module")


@pytest.mark.req("DG-16")
def test_the_snippets_are_valid_classic_scripts() -> None:
    for snippet in (get_snippet(), widget.get_pinned_snippet()):
        check_syntax(snippet.body, "commonjs")
    check_syntax(widget.get_page_events().body, "module")


@pytest.mark.req("DG-16")
@pytest.mark.parametrize("part", list(widget.ENTRIES))
def test_sources_that_are_newer_than_what_was_built_are_served_whole(
    part: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(widget, "BUILT", tmp_path)
    widget.get_common.cache_clear()
    code = widget.get_common(part, 0)
    widget.get_common.cache_clear()
    names = ",".join(widget.ENTRIES[part][1])
    assert code.startswith(f"const{{{names}}}=")
    check_syntax(code.encode(), "module")


@pytest.mark.req("DG-16")
@pytest.mark.parametrize(
    ("written", "served"),
    [
        ("const a = 1; // why\nconst b = a - -1;\n", "const a=1;const b=a- -1;"),
        ("return value / 2; /* x */\n", "return value / 2;"),
        ('const re = /[/"] +/g;\nconst s = "a  b";\n', 'const re=/[/"] +/g;const s="a  b";'),
        ("const t = `a  ${ b }  c`;\n", "const t=`a  ${ b }  c`;"),
        ("const css = `\n.a > b { color : red; }\n`;\n", "const css=`.a > b{color :red}`;"),
        ("if (a) {\n  b();\n}\nelse c in d;\n", "if(a){b();}\nelse c in d;"),
    ],
)
def test_only_what_people_need_is_taken_out(written: str, served: str) -> None:
    assert compact(written).strip() == served


@pytest.mark.req("DG-16")
def test_a_template_within_a_template_is_refused() -> None:
    with pytest.raises(ValueError, match="within a template"):
        compact("const a = `x ${b ? `y` : ``}`;")


@pytest.mark.req("DG-16")
def test_an_import_under_another_name_is_refused(tmp_path: Path) -> None:
    module = tmp_path / "one.js"
    module.write_text('import { two as other } from "./two.js";\n')
    with pytest.raises(ValueError, match="another name"):
        widget.join(module)


@pytest.mark.req("LC-50")
@pytest.mark.parametrize("table", ["strings", "moreStrings"])
def test_every_language_has_every_sentence(table: str) -> None:
    keys = {
        language: set(re.findall(r"^  (\w+):", widget._read_strings(language, table), re.MULTILINE))
        for language in widget.LANGUAGES
    }
    assert keys["en"]
    assert {language: found ^ keys["en"] for language, found in keys.items() if found != keys["en"]} == {}


@pytest.mark.req("DG-17")
def test_the_look_on_a_page_is_the_one_that_the_admin_was_shown() -> None:
    """The shades that the server works out for visitors, against those of the admin's page."""
    colours = [f"#{red:02x}{green:02x}{blue:02x}" for red in LEVELS for green in LEVELS for blue in LEVELS]
    looks = [(colour, theme) for colour in colours for theme in ("auto", "light", "dark")]
    script = (
        f'import {{ lookStyles }} from "{widget.SOURCE}/look/look.js";\n'
        f"for (const [accent, theme] of {[list(look) for look in looks]})\n"
        '  console.log(lookStyles({ accent, theme, font: "serif", anchor: "start", side: 7, bottom: 9 }));\n'
    )
    shown = run_node(["--input-type=module", "-"], script.encode()).decode().splitlines()
    served = [
        widget_look.make_look_styles(make_look(accent=accent, theme=theme, font="serif"))
        for accent, theme in looks
    ]
    assert served == shown


LEVELS = (0, 51, 85, 119, 170, 221, 255)


def make_look(**values: str) -> Look:
    fields = {**LOOK.to_config(), "anchor": "start", "side": 7, "bottom": 9, **values}
    return Look(**fields)


def check_syntax(code: bytes, kind: str) -> None:
    run_node([f"--input-type={kind}", "--check", "-"], code)


def run_node(arguments: list[str], code: bytes) -> bytes:
    node = shutil.which("node")
    assert node, "node is needed to check the widget"
    done = subprocess.run([node, *arguments], input=code, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout
