"""A vCD of its own for every test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.simulator.vcd.asking import Vcd


@pytest.fixture(name="vcd")
def any_vcd() -> Callable[..., Vcd]:
    """Makes a vCD of a release, without a session: `vcd("10.3")`."""

    def make(vcd_version: str | None = None, **more: Any) -> Vcd:
        return Vcd(vcd_version, **more)

    return make


@pytest.fixture(name="system")
def logged_in_as_system() -> Callable[..., Vcd]:
    """The same with a System administrator logged in."""

    def make(vcd_version: str | None = None, **more: Any) -> Vcd:
        made = Vcd(vcd_version, **more)
        made.log_in()
        return made

    return make
