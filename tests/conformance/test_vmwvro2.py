"""vmwvro2 0.1.12, a Python client of 7.x: it starts workflows, follows `Location` and reads what came out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conformance.clients import Driver
from tests.conformance.conftest import SITE
from tests.conformance.orchestrator_files import WORKFLOW, make_package
from tests.simulator.running import Running

RELEASES = pytest.mark.parametrize("release", ["7.3", "7.6"])
PARAMETERS = {
    "name": ("string", "Tyrell"), "count": ("number", 2), "loud": ("boolean", True), "others": ("Array/string", ["a"]),
}  # fmt: skip


@pytest.fixture
def server(orchestrator: Callable[[str], Running], release: str, tmp_path: Path) -> Iterator[Running]:
    """An orchestrator that has the workflow, put there as a person would with curl."""
    import requests

    running = orchestrator(release)
    told = running.vro(SITE)
    package = make_package(tmp_path, "com.example.vmwvro2-1.0.0")
    there = {"auth": (told["user"], told["password"]), "verify": running.ca_path, "timeout": 20}
    with package.open("rb") as file:
        reply = requests.post(f"{told['url']}/vco/api/packages", files={"file": file}, **there)
    assert reply.status_code == 202, reply.text
    yield running
    place = f"{told['url']}/vco/api/packages/com.example.vmwvro2-1.0.0"
    assert requests.delete(place, params={"option": "deletePackageWithContent"}, **there).ok


@RELEASES
@pytest.mark.usefixtures("server")
def test_a_workflow_runs_and_its_output_comes_back(vmwvro2: Callable[[str], Driver], release: str) -> None:
    told = vmwvro2(release).call("run", workflow=WORKFLOW, parameters=PARAMETERS)
    assert told["state"] == "completed", told
    assert told["output"] == {"greeting": "Hello Tyrell (2, true, a)"}


@RELEASES
@pytest.mark.usefixtures("server")
def test_a_script_that_throws_is_told_with_its_reason(vmwvro2: Callable[[str], Driver], release: str) -> None:
    told = vmwvro2(release).call("run", workflow=WORKFLOW, parameters={**PARAMETERS, "count": ("number", 7)})
    assert told["state"] == "failed"
    assert "too many: 7" in told["exception"]


@pytest.mark.parametrize("release", ["7.6"])
@pytest.mark.usefixtures("server")
def test_a_workflow_that_is_not_there_is_a_failure(vmwvro2: Callable[[str], Driver], release: str) -> None:
    told = vmwvro2(release).call("run", workflow="00000000-0000-0000-0000-000000000000", parameters={})
    assert (told["state"], told["exception"]) == ("failed", "Wrong HTTP code received: 404")
