"""Simulators of several releases, and the genuine clients connected to them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conformance.clients import (
    CLASSPATH,
    CSE_PYTHON,
    DRIVERS,
    NODE_MODULES,
    PYTHON,
    VCD_CLI,
    CommandLine,
    Driver,
    environment,
)
from tests.simulator.running import Running, running_simulator

SITE = "A03-Auckland"
TENANT = "Tyrell"


def missing(what: str) -> None:
    """A client that is not there is skipped on a machine that cannot have it; in CI it is a failure."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing: make conformance-clients makes it.")
    pytest.skip(f"{what} is missing (make conformance-clients)")


@dataclass
class Server:
    """One simulated vCD and who may log in to it."""

    release: str
    running: Running

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.running.vcd(SITE)

    @property
    def password(self) -> str:
        """That of `administrator` of System and of `admin` of every organization."""
        return self.running.vcd_password(SITE)

    @property
    def user(self) -> str:
        """The provider's user, without his organization."""
        return self.running.vcd_user(SITE).partition("@")[0]


@pytest.fixture(scope="session")
def server() -> Iterator[Callable[[str], Server]]:
    """The vCD of a release: `server("10.3")`. Each is started once; a test leaves nothing behind that others meet."""
    started: dict[str, Server] = {}
    with ExitStack() as stack:

        def start(release: str) -> Server:
            if release not in started:
                running = stack.enter_context(running_simulator(vcd_version=release))
                running.control.task_seconds(0.05)
                started[release] = Server(release, running)
            return started[release]

        yield start


@contextmanager
def drivers(
    server: Callable[[str], Server], folder: Callable[[str], Path], name: str, command: list[str], **more: str
) -> Iterator[Callable[[str], Driver]]:
    """A client by the release of its vCD: each is started once, with `system` and `tenant` logged in, and closed."""
    running: dict[str, Driver] = {}

    def start(release: str) -> Driver:
        if release not in running:
            vcd = server(release)
            driver = running[release] = Driver(command, environment(folder(name), vcd.running.ca_path))
            there = {"url": vcd.url, "password": vcd.password, **more}
            driver.call("login", who="system", user=vcd.user, org="System", **there)
            driver.call("login", who="tenant", user="admin", org=TENANT, **there)
        return running[release]

    try:
        yield start
    finally:
        for driver in running.values():
            driver.close()


@pytest.fixture(scope="session")
def pyvcloud(
    server: Callable[[str], Server], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Driver]]:
    """pyvcloud with a System administrator logged in (`system`) and a tenant's (`tenant`): `pyvcloud("10.3")`."""
    if not PYTHON.exists():
        missing("The environment of pyvcloud")
    with drivers(
        server, tmp_path_factory.mktemp, "pyvcloud", [str(PYTHON), str(DRIVERS / "pyvcloud_client.py")]
    ) as start:
        yield start


@pytest.fixture(scope="session")
def command_line(
    server: Callable[[str], Server], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, str], CommandLine]:
    """vcd-cli with a home of its own, not logged in: `command_line("10.3", "name of the home")`."""
    if not VCD_CLI.exists():
        missing("The environment of vcd-cli")
    homes: dict[tuple[str, str], CommandLine] = {}

    def start(release: str, name: str) -> CommandLine:
        if (release, name) not in homes:
            vcd = server(release)
            variables = environment(tmp_path_factory.mktemp(name), vcd.running.ca_path)
            homes[release, name] = CommandLine(vcd.url.removeprefix("https://"), variables)
        return homes[release, name]

    return start


@pytest.fixture(scope="session")
def node(
    server: Callable[[str], Server], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Driver]]:
    """@vcd/node-client with `system` and `tenant` logged in: `node("10.2")`."""
    program = shutil.which("node")
    if program is None or not (NODE_MODULES / "@vcd" / "node-client").is_dir():
        missing("The environment of @vcd/node-client")
    with drivers(server, tmp_path_factory.mktemp, "node", [str(program), str(DRIVERS / "node_client.js")]) as start:
        yield start


@pytest.fixture(scope="session")
def cse(server: Callable[[str], Server], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Driver]]:
    """The libraries of container-service-extension with `system` and `tenant` logged in: `cse("10.3")`."""
    if not CSE_PYTHON.exists():
        missing("The environment of container-service-extension")
    with drivers(
        server, tmp_path_factory.mktemp, "cse", [str(CSE_PYTHON), str(DRIVERS / "cse_client.py")], version="36.0"
    ) as start:
        yield start


@pytest.fixture(scope="session")
def orchestrator() -> Iterator[Callable[[str], Running]]:
    """A simulator whose orchestrators are of a release: `orchestrator("8.18")`. Each is started once."""
    started: dict[str, Running] = {}
    with ExitStack() as stack:

        def start(release: str) -> Running:
            if release not in started:
                running = stack.enter_context(running_simulator(vro_version=release))
                running.control.task_seconds(0.05)
                started[release] = running
            return started[release]

        yield start


@pytest.fixture(scope="session")
def build_tools(
    orchestrator: Callable[[str], Running], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Driver]]:
    """The Java client of VMware's Build Tools for Aria, one by the release of its orchestrator, not logged in."""
    if not CLASSPATH.exists():
        # Not a failure in CI either: whether Maven's repository serves this client is nothing that we decide.
        pytest.skip("The Java client is missing (make conformance-clients)")
    running: dict[str, Driver] = {}
    # Switching checks off is what this client offers; its trust store would be Java's own.
    unchecked = [f"-Dvrealize.ssl.ignore.{what}=true" for what in ("certificate", "hostname")]
    command = ["java", *unchecked, "-cp", CLASSPATH.read_text(encoding="utf-8"), str(DRIVERS / "BuildTools.java")]

    def start(release: str) -> Driver:
        if release not in running:
            home = tmp_path_factory.mktemp("java")
            running[release] = Driver(command, environment(home, orchestrator(release).ca_path))
        return running[release]

    try:
        yield start
    finally:
        for driver in running.values():
            driver.close()


@pytest.fixture(scope="session")
def vmwvro2(
    orchestrator: Callable[[str], Running], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Driver]]:
    """vmwvro2, logged in: `vmwvro2("7.6")`."""
    if not PYTHON.exists():
        missing("The environment of vmwvro2")
    running: dict[str, Driver] = {}

    def start(release: str) -> Driver:
        if release not in running:
            server = orchestrator(release)
            variables = environment(tmp_path_factory.mktemp("vmwvro2"), server.ca_path)
            driver = running[release] = Driver([str(PYTHON), str(DRIVERS / "vmwvro2_client.py")], variables)
            told = server.vro(SITE)
            driver.call("login", url=told["url"], user=told["user"], password=told["password"])
        return running[release]

    try:
        yield start
    finally:
        for driver in running.values():
            driver.close()


@pytest.fixture
def css(tmp_path: Path) -> Path:
    """A style sheet."""
    path = tmp_path / "acme.css"
    path.write_text(":root { --clr-header-bg-color: #1A2A3A; }\n", encoding="utf-8")
    return path
