"""The Java clients of VMware's Build Tools for Aria (artifact-manager 2.37.0): what people push packages with today.

They read and write packages of the orchestrator, run workflows and read their logs, and read vRealize Operations.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.clients import ClientError, Driver
from tests.conformance.conftest import SITE
from tests.conformance.orchestrator_files import WORKFLOW, make_package
from tests.simulator.running import Running

Drivers = Callable[[str], Driver]
Servers = Callable[[str], Running]
RELEASES = pytest.mark.parametrize("release", ["7.6", "8.18"])
PARAMETERS = {"name": "Tyrell", "count": "2", "loud": "true", "others": '["a", "b"]'}


def login(driver: Driver, server: Running, release: str, password: str | None = None) -> Any:
    told = server.vro(SITE)
    there = {"url": told["url"], "user": told["user"], "password": password or told["password"]}
    return driver.call("login", token=release.startswith("8"), **there)


def wait(driver: Driver, execution: str) -> str:
    for _attempt in range(1200):
        state = driver.call("state", workflow=WORKFLOW, execution=execution)
        if state in ("completed", "failed", "canceled"):
            return str(state)
        time.sleep(0.05)
    raise AssertionError(f"still {state}")


@RELEASES
def test_a_package_is_pushed_read_pulled_and_removed(
    build_tools: Drivers, orchestrator: Servers, release: str, tmp_path: Path
) -> None:
    driver, server = build_tools(release), orchestrator(release)
    assert login(driver, server, release).startswith(release)
    package = make_package(tmp_path, "com.example.greetings-1.0.0")
    assert driver.call("import", file=str(package), merge=False) == "com.example.greetings-1.0.0"
    assert "com.example.greetings-1.0.0" in driver.call("packages")
    assert driver.call("content", file=str(package)) == {"WORKFLOW Greet": WORKFLOW}
    pulled = tmp_path / "pulled" / package.name
    pulled.parent.mkdir()
    driver.call("export", file=str(pulled))
    driver.call("delete", file=str(package), content=True)
    assert "com.example.greetings-1.0.0" not in driver.call("packages")
    assert driver.call("exists", workflow=WORKFLOW) is False
    driver.call("import", file=str(pulled), merge=False)
    assert driver.call("content", file=str(pulled)) == {"WORKFLOW Greet": WORKFLOW}
    driver.call("delete", file=str(package), content=True)


@RELEASES
def test_a_workflow_is_run_with_typed_parameters_and_its_log_is_read(
    build_tools: Drivers, orchestrator: Servers, release: str, tmp_path: Path
) -> None:
    driver, server = build_tools(release), orchestrator(release)
    login(driver, server, release)
    package = make_package(tmp_path, "com.example.runs-1.0.0")
    driver.call("import", file=str(package), merge=False)
    if release < "8":
        # The client wants the content of a workflow, and an answer to a start with something in it: both are of 8.x.
        with pytest.raises(ClientError):
            driver.call("start", workflow=WORKFLOW, parameters=PARAMETERS)
        driver.call("delete", file=str(package), content=True)
        return
    assert driver.call("exists", workflow=WORKFLOW) is True
    types = driver.call("types", workflow=WORKFLOW)
    assert types == {"name": "string", "count": "number", "loud": "boolean", "others": "Array/string"}
    execution = driver.call("start", workflow=WORKFLOW, parameters=PARAMETERS)
    assert wait(driver, execution) == "completed"
    told = driver.call("execution", workflow=WORKFLOW, execution=execution)
    assert told["output"] == {"greeting": "Hello Tyrell (2, true, a+b)"}
    server.control.advance(5)
    logs = driver.call("logs", workflow=WORKFLOW, execution=execution)
    assert [line for line in logs if line.endswith("] [info] Greeting Tyrell")]
    broken = driver.call("start", workflow=WORKFLOW, parameters={**PARAMETERS, "count": "5"})
    assert wait(driver, broken) == "failed"
    assert "too many: 5" in driver.call("execution", workflow=WORKFLOW, execution=broken)["error"]
    driver.call("delete", file=str(package), content=True)


@RELEASES
def test_a_wrong_password_is_refused(build_tools: Drivers, orchestrator: Servers, release: str) -> None:
    driver = build_tools(release)
    # The older one asks for the version without a login, the newer one logs in for that.
    with pytest.raises(ClientError):
        login(driver, orchestrator(release), release, "wrong")
        driver.call("packages")


@pytest.mark.parametrize("provider", ["AUTH_N", "BASIC"])
def test_operations_tells_its_version_and_its_resources(
    build_tools: Drivers, orchestrator: Servers, provider: str
) -> None:
    driver, told = build_tools("8.18"), orchestrator("8.18").vrops(SITE)
    there = {"url": told["url"], "user": told["user"], "password": told["password"]}
    assert driver.call("operations", provider=provider, **there).startswith(told["version"])
    assert driver.call("resources", kind="VMWARE")
