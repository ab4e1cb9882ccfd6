"""A configuration between YAML and plain data. Nothing in a file can make more of itself than it is long."""

import re
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, Final

import yaml
from django.utils.translation import gettext_lazy as _

from config.configuration.errors import ConfigurationInvalid, FileUnreadable, Refusal

FORMAT: Final = 1
MOST_BYTES: Final = 10 * 1024 * 1024
MOST_NODES: Final = 500_000
DEEPEST: Final = 60
# Signs. Every place has the names of all it stands in, so long ones would fill the memory.
LONGEST_NAME: Final = 200
LONGEST_PLACE: Final = 500
MOST_REFUSALS: Final = 100
_TAG: Final = "tag:yaml.org,2002:"
# Written in double quotes, YAML can say what PostgreSQL can't store: NUL and halves of pairs.
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
# Ends of a line to YAML alone: outside double quotes it reads most of them as a space.
_RARE_BREAKS: Final = re.compile("[\x85\u2028\u2029]")
# As many digits as the database takes for a number.
_MOST_DIGITS: Final = 18
# libyaml where it is there: ten times as fast.
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]  # one of two classes of the library
    """Fewer meanings than YAML 1.1 gives: “no” is a country, 10:30 a time and 2026-01-31 a text, not a bool,
    a number and a date. What the writer leaves without quotes is read the same by both.
    """

    yaml_implicit_resolvers: dict[str, list[Any]] = {}


for _name, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("null", r"null|~|", ["n", "~", ""]),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?(?:0|[1-9][0-9]*)\.[0-9]+", "-+0123456789"),
):
    _Loader.add_implicit_resolver(f"{_TAG}{_name}", re.compile(rf"\A(?:{_pattern})\Z"), list(_first))


class _Dumper(yaml.SafeDumper):
    """Several lines as a block, each item of a list further in than its name."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _write_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar(f"{_TAG}str", text, style='"' if _RARE_BREAKS.search(text) else style)


_Dumper.add_representer(str, _write_text)


@dataclass(frozen=True, slots=True)
class Written:
    """What a file says, and in which line each place of it is, by its path."""

    data: dict[str, Any]
    lines: dict[str, int]

    def refuse(self, path: str, message: object) -> Refusal:
        return Refusal(path, str(message), self.find_line(path))

    def find_line(self, path: str) -> int:
        """The line of this place, or of what it would be in."""
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.lines.get(path, 0)


def write_file(data: dict[str, Any]) -> str:
    """Return a configuration as YAML (RP-08)."""
    written: str = yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1_000_000)
    return written


def read_file(file: bytes) -> Written:
    """Read a configuration file: UTF-8, up to 10 MB, with the format this version knows (RP-08).

    Raises FileUnreadable for what is none, and ConfigurationInvalid where names stand twice, or something is
    of a type that only YAML has.
    """
    text = _decode(file)
    node = _compose(text)
    reader = _Reader()
    data = reader.read(node, "")
    if not isinstance(data, dict) or "format" not in data:
        raise FileUnreadable(_("This is no configuration: it has to begin with “format: 1”."))
    _check_format(data.pop("format"))
    if reader.refusals:
        raise ConfigurationInvalid(reader.refusals)
    return Written(data, reader.lines)


def _check_format(number: object) -> None:
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise FileUnreadable(_("“format” has to be a number, 1 or more."), code="format")
    if number > FORMAT:
        raise FileUnreadable(
            _("This file has format %(number)d, and this version reads up to %(known)d. Update it first."),
            code="format_newer",
            params={"number": number, "known": FORMAT},
        )


def _decode(file: bytes) -> str:
    if len(file) > MOST_BYTES:
        raise FileUnreadable(_("This file is larger than 10 MB."), code="too_large")
    try:
        return file.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileUnreadable(
            _("This file isn't UTF-8: line %(line)d is in another encoding. Save it as UTF-8."),
            code="encoding",
            params={"line": file.count(b"\n", 0, error.start) + 1},
        ) from None


def _compose(text: str) -> yaml.Node | None:
    try:
        _look_over(text)
        return yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise FileUnreadable(
            _("Line %(line)d isn't YAML: %(problem)s."),
            code="yaml",
            params={"line": mark.line + 1 if mark else 1, "problem": error.problem or error.context or ""},
        ) from None
    except yaml.YAMLError:
        raise FileUnreadable(_("This file has signs that YAML doesn't allow."), code="yaml") from None


def _look_over(text: str) -> None:
    """Count before anything is built: names for things stand for many of them, and depth is a stack."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=_Loader)):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            line = event.start_mark.line + 1 if event.start_mark else 0
            words = _("Line %(line)d: “&” and “*” can't be used; write it out, or put it in quotes.")
            raise FileUnreadable(words, code="alias", params={"line": line})
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST or count > MOST_NODES:
            raise FileUnreadable(_("This file is too large or too deep to be a configuration."), code="size")


@dataclass
class _Reader:
    """Turns nodes into data, and reads on after what can't be."""

    lines: dict[str, int] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)

    def read(self, node: yaml.Node | None, path: str) -> Any:
        if node is None:
            return None
        if len(path) <= LONGEST_PLACE:
            self.lines[path] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode) and node.tag == f"{_TAG}map":
            return self.read_mapping(node, path)
        if isinstance(node, yaml.SequenceNode) and node.tag == f"{_TAG}seq":
            return [self.read(inner, f"{path}[{number}]") for number, inner in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode):
            return self.read_scalar(node, path)
        return self.refuse(path, node, _("is of the type %(tag)s, which can't be used.") % {"tag": node.tag})

    def read_mapping(self, node: yaml.MappingNode, path: str) -> dict[Hashable, Any]:
        found: dict[Hashable, Any] = {}
        for key_node, value_node in node.value:
            key = self.read_key(key_node, path)
            if key is None:
                continue
            place = f"{path}.{key}" if path else key
            if key in found:
                words = _("“%(name)s” stands here twice.")
                self.refuse(place, key_node, words % {"name": key[:60]})
            found[key] = self.read(value_node, place)
        return found

    def read_key(self, node: yaml.Node, path: str) -> str | None:
        if not isinstance(node, yaml.ScalarNode) or _UNSTORABLE.search(node.value):
            self.refuse(path, node, _("has a name that is no text."))
        elif len(node.value) > LONGEST_NAME:
            self.refuse(path, node, _("has a name of more than %(most)d signs.") % {"most": LONGEST_NAME})
        else:
            return str(node.value)
        return None

    def read_scalar(self, node: yaml.ScalarNode, path: str) -> Any:
        text: str = node.value
        match node.tag.removeprefix(_TAG):
            case "str":
                if _UNSTORABLE.search(text):
                    return self.refuse(path, node, _("has signs that can't be stored."))
                return text
            case "bool":
                return text == "true"
            case "null":
                return None
            case "int" if len(text.lstrip("+-")) <= _MOST_DIGITS:
                return int(text)
            case "float" if len(text) <= 30:
                return float(text)
        return self.refuse(path, node, _("is of the type %(tag)s, which can't be used.") % {"tag": node.tag})

    def refuse(self, path: str, node: yaml.Node, message: object) -> None:
        if len(self.refusals) < MOST_REFUSALS:
            self.refusals.append(Refusal(path, str(message), node.start_mark.line + 1))
