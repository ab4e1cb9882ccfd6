"""What the check of a stream has to say, each thing at its card (DG-13)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "advice"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a stream ("error": it can't be published) or worth a thought ("advice": it can).

    `card_id` is None where the stream as a whole is meant; `field` is a path in the card ("choices.0.label"),
    None where the card as a whole is meant; `message` is a sentence in the language active at the check.
    """

    card_id: str | None
    field: str | None
    code: str
    message: str
    severity: Severity = "error"


def publishable(faults: Iterable[Fault]) -> bool:
    """Whether a stream with these faults may be published: advice never blocks (DG-13, LC-14)."""
    return all(fault.severity != "error" for fault in faults)
