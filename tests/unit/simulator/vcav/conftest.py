"""An estate of its own for every test, in every version unless the test names one."""

from __future__ import annotations

import pytest

from tests.unit.simulator.vcav.asking import VERSIONS, Estate


@pytest.fixture(name="version", params=VERSIONS)
def any_version(request: pytest.FixtureRequest) -> str:
    """Each simulated version in turn."""
    return str(request.param)


@pytest.fixture(name="estate")
def any_estate(version: str) -> Estate:
    """Two sites of that version; nobody is logged in."""
    return Estate(version)


@pytest.fixture(name="root")
def logged_in(estate: Estate) -> Estate:
    """The same with root logged in at the first site's cloud service."""
    assert estate.log_in().status == 200
    return estate
