"""The simulators of the tests of plugins: one for each product and release, whichever tests ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.plugins.modules import benches


@pytest.fixture(scope="session")
def simulators() -> Iterator[Any]:
    """The bench of a kind and a release, for tests that take a fixture of `vcds`, `vros` or `operations`."""
    yield from benches.simulators()
