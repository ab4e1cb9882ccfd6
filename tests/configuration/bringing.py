"""Files with some sections, and what becomes of them."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from agents.models import User
from config.configuration.errors import ConfigurationInvalid
from config.configuration.services.imports import Plan, import_configuration, plan_import
from tests.configuration.company import export


def write(**sections: Any) -> bytes:
    return yaml.safe_dump({"format": 1, **sections}, allow_unicode=True).encode()


def plan(*, prune: bool = False, **sections: Any) -> Plan:
    return plan_import(file=write(**sections), prune=prune)


def bring_in(*, prune: bool = False, by: User | None = None, **sections: Any) -> Plan:
    file = write(**sections)
    shown = plan_import(file=file, prune=prune)
    return import_configuration(file=file, shown=shown, by=by, prune=prune)


def refuse(**sections: Any) -> dict[str, str]:
    """What is refused, by its place; and nothing was changed."""
    before = export()
    with pytest.raises(ConfigurationInvalid) as refused:
        plan(**sections)
    assert export() == before
    return {refusal.path: refusal.message for refusal in refused.value.refusals}
