"""What a stream shows the visitor: plain text, tokens replaced; the view inserts it as text (DG-11)."""

from dataclasses import dataclass
from typing import Literal

InputKind = Literal["text", "email", "phone", "picklist"]


@dataclass(frozen=True, slots=True)
class Output:
    """Anything a card shows; a card type with something new to show brings its own subclass."""

    card_id: str


@dataclass(frozen=True, slots=True)
class Say(Output):
    """A message of the chatbot."""

    text: str


@dataclass(frozen=True, slots=True)
class AskedChoice:
    """One answer the visitor may choose; its id is what comes back."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class AskedInput:
    """What the visitor may type, or pick of `options`. Not `required`: an empty answer skips it."""

    kind: InputKind
    attribute: str
    options: tuple[str, ...] = ()
    required: bool = True


@dataclass(frozen=True, slots=True)
class Ask(Output):
    """A question that waits: answered with the id of a choice or, where `input` is set, by typing."""

    text: str
    choices: tuple[AskedChoice, ...] = ()
    input: AskedInput | None = None


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """A PDF as the visitor gets it: `url` is a path on our own server, `size` in bytes."""

    name: str
    pages: int
    size: int
    url: str


@dataclass(frozen=True, slots=True)
class ShowDocument(Output):
    """A document to read and to download, with a word about it (which may be empty)."""

    text: str
    document_id: int
    facts: DocumentFacts


@dataclass(frozen=True, slots=True)
class Goal:
    """A point that was reached. Two cards may have one name: each counts for itself."""

    card_id: str
    name: str
