"""The simulated orchestrators of the tests of modules, under lookups too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.plugins.modules import vros


@pytest.fixture(scope="session")
def vro_simulators() -> Iterator[Any]:
    """A simulated orchestrator of a release, for tests that take `vros.fixture`."""
    yield from vros.simulators()
