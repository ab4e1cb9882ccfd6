"""What may be logged of an error."""

import traceback


def trace(error: BaseException) -> str:
    """Return where an error came from, and its type; not its own words, which may quote what people wrote: a
    database names the row that it refuses, whole.
    """
    cause: BaseException | None = error
    parts: list[str] = []
    while cause is not None:
        state = getattr(cause, "sqlstate", None)
        parts.append("".join(traceback.format_tb(cause.__traceback__)))
        parts.append(f"{type(cause).__name__}{f' {state}' if state else ''}")
        cause = cause.__cause__
    return "\n".join(parts)
