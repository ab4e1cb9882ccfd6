"""Named places at which a test makes a process die, so that
"every process can die at any line" is shown, not believed.

``FAILPOINTS=message.committed,offer.expired`` in the environment kills the process
with SIGKILL when it first gets to one of them; ``message.committed:20`` when it gets
there for the 20th time. Without the variable a call costs one look into an empty dict.
"""

import os
import signal


def _read(setting: str) -> dict[str, int]:
    named = (part.strip().partition(":") for part in setting.split(",") if part.strip())
    return {name: int(count or 1) for name, _colon, count in named}


_left = _read(os.environ.get("FAILPOINTS", ""))


def failpoint(name: str) -> None:
    """Die here if this place was named."""
    if name not in _left:
        return
    _left[name] -= 1
    if _left[name] <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
