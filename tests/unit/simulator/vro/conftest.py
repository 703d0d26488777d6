"""An orchestrator of its own for every test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.simulator.vro.asking import Vro


@pytest.fixture(name="vro")
def any_vro() -> Callable[..., Vro]:
    """Makes an orchestrator of a release with its administrator logged in: `vro("7.6")`, `vro("8.18", "auditor")`."""

    def make(version: str = "8.18", user: str | None = None, **more: Any) -> Vro:
        return Vro(version, user, **more)

    return make
