"""A running simulator for tests, benchmarks and demonstrations: `with running_simulator(...) as simulator:`.

    with running_simulator(product_version="4.7", organizations=50) as simulator:
        cloud = simulator.cloud("A03-Auckland")          # "https://127.0.0.1:NNNNN"
        requests.post(f"{cloud}/sessions", json=..., verify=simulator.ca_path)
        simulator.control.add_fault("bad_gateway", path="policies", times=2)
        assert simulator.control.count(write=True) == 0
        simulator.control.reset()

What it yields (`Running`):

    state            content of the state file (see README.md)
    ca_path          the authority that signed every certificate
    control          ControlClient: journal(), count(), clear_journal(), add_fault(), clear_faults(), scale(),
                     scale_vms(), advance(), task_seconds(), restart_seconds(), refuse_writes(), change(), appliance(),
                     reset(), status(), inventory(), call()
    sites            names of the sites
    cloud(site), manager(site), replicator(site), tunnel(site), vcd(site)    actual base URLs (front ports)
    public(site)     the public endpoint as the estate names it; public_actual(site): where it listens
    thumbprint(site) of the cloud service, as seen at the public endpoint
    root_password(site), vcd_user(site), vcd_password(site)
    vro(site)        its vRealize Orchestrator: url, control_center_url, user, password, version, thumbprint
    cse(site)        its Container Service Extension, if it has one: version, full_version, legacy_mode
    vrops(site)      its vRealize Operations: url, user, password, auth_source, version, thumbprint
    vcenter(site)    its vCenter: url, hostname, port, user, password, datacenter ... (with `vsphere=True`)
    state_path       the state file, for command lines that take `--state`
    simulator        the Simulator object; only when it runs in a thread (`process=False`, the default)

A thread is enough for tests: it starts in a fraction of a second. `process=True` gives the simulator an interpreter
of its own, which benchmarks need because it then does not share one with the client.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from .client import ControlClient
from .estate import Estate, parse_estate, read_estate

if TYPE_CHECKING:
    from .runtime import Simulator

_ROOT = Path(__file__).resolve().parents[2]
REFERENCE_ESTATE = Path(__file__).resolve().parent / "reference-estate.yml"
_START_SECONDS = 30.0


class Running:
    """A simulator that answers."""

    def __init__(self, state_path: Path, simulator: Simulator | None) -> None:
        self.state_path = state_path
        self.state: dict[str, Any] = json.loads(state_path.read_text(encoding="utf-8"))
        self.ca_path: str = self.state["ca_path"]
        self.control = ControlClient(self.state["control"]["url"], self.state["control"]["token"])
        self._simulator = simulator

    @property
    def simulator(self) -> Simulator:
        """The object itself, to look at its state. Only from `process=False`."""
        if self._simulator is None:
            raise RuntimeError("This simulator runs in a process of its own.")
        return self._simulator

    @property
    def sites(self) -> list[str]:
        """Names of the sites, in the order of the estate."""
        return list(self.state["sites"])

    def _service(self, site: str, kind: str) -> dict[str, Any]:
        for appliance in self.state["sites"][site]["appliances"].values():
            if kind in appliance["services"]:
                return dict(appliance["services"][kind])
        raise KeyError(f"{site} has no {kind} service")

    def cloud(self, site: str) -> str:
        """Base URL of the Cloud service."""
        return str(self._service(site, "cloud")["url"])

    def manager(self, site: str) -> str:
        """Base URL of the Manager service."""
        return str(self._service(site, "manager")["url"])

    def replicator(self, site: str) -> str:
        """Base URL of the first Replicator service."""
        return str(self._service(site, "replicator")["url"])

    def tunnel(self, site: str) -> str:
        """Base URL of the Tunnel service."""
        return str(self._service(site, "tunnel")["url"])

    def vcd(self, site: str) -> str:
        """Base URL of the vCD."""
        return str(self.state["sites"][site]["vcd"]["url"])

    def vro(self, site: str) -> dict[str, str]:
        """Its vRealize Orchestrator: url, control_center_url, user, password, version, thumbprint."""
        return dict(self.state["sites"][site]["vro"])

    def cse(self, site: str) -> dict[str, Any]:
        """Its Container Service Extension: version, full_version, legacy_mode. Only where there is one."""
        return dict(self.state["sites"][site]["cse"])

    def vrops(self, site: str) -> dict[str, str]:
        """Its vRealize Operations: url, user, password, auth_source, version, thumbprint."""
        return dict(self.state["sites"][site]["vrops"])

    def vcd_user(self, site: str) -> str:
        """The provider's administrator, `name@org`."""
        return str(self.state["sites"][site]["vcd"]["user"])

    def vcd_password(self, site: str) -> str:
        """His password, which is also that of `admin@<organization>`."""
        return str(self.state["sites"][site]["vcd"]["password"])

    def public(self, site: str) -> str:
        """The public endpoint, as the estate names it."""
        return str(self.state["sites"][site]["public_endpoint"]["url"])

    def public_actual(self, site: str) -> str:
        """Where the public endpoint listens."""
        return str(self.state["sites"][site]["public_endpoint"]["actual_url"])

    def thumbprint(self, site: str) -> str:
        """Of the Cloud service."""
        return str(self.state["sites"][site]["public_endpoint"]["thumbprint"])

    def vcenter(self, site: str) -> dict[str, Any]:
        """Its vCenter: hostname, port, user, password, datacenter ... Only with `vsphere=True`."""
        return dict(self.state["sites"][site]["vcenter"])

    def root_password(self, site: str) -> str:
        """Of the cloud appliance."""
        for appliance in self.state["sites"][site]["appliances"].values():
            if "cloud" in appliance["services"]:
                return str(appliance["root_password"])
        raise KeyError(site)


@contextmanager
def running_simulator(
    estate: Path | Mapping[str, Any] | None = None,
    product_version: str | None = None,
    organizations: int = 0,
    base_port: int | None = None,
    process: bool = False,
    python: str | None = None,
    start: str = "configured",
    vsphere: bool = False,
    vcd_version: str | None = None,
    vms: int = 0,
    vro_version: str | None = None,
    vrops_version: str | None = None,
    cse_version: str | None = None,
) -> Iterator[Running]:
    """Starts a simulator and ends it.

    estate           a file, a document in the form of an estate file, or None for the two sites of the reference estate
    product_version  for all sites: 3.0, 3.5, 4.3 or 4.7
    vcd_version      release of the vCloud Director of all sites: 9.0 to 10.6.1 (vcd/versions.py)
    vro_version      release of the vRealize Orchestrator of all sites: 7.3, 7.6, 8.18 or 9.1 (vro/versions.py)
    vrops_version    release of the vRealize Operations of all sites: 6.7, 8.18 or 9.1 (vrops/releases.py)
    cse_version      release of the CSE of all sites, or none (cse/releases.py); else as the estate says
    organizations    tenants that are added in every site
    vms              VMs that are added in every site (bulk.py)
    base_port        None: free ports
    process          in a process of its own; `python` is the interpreter for it
    start            configured, first-boot (appliances that were just switched on) or nothing (no appliances)
    vsphere          every site has a vCenter too (needs `make vcsim`)
    """
    with tempfile.TemporaryDirectory(prefix="vcpp-simulator-") as directory:
        state_path = Path(directory) / "state.json"
        path = _estate_file(estate, Path(directory))
        if process:
            command = [
                *(python or sys.executable, "-m", "tests.simulator", "serve"),
                *("--estate", str(path), "--state", str(state_path), "--organizations", str(organizations)),
                *(("--product-version", product_version) if product_version else ()),
                *(("--vcd-version", vcd_version) if vcd_version else ()),
                *(("--vro-version", vro_version) if vro_version else ()),
                *(("--vrops-version", vrops_version) if vrops_version else ()),
                *(("--cse-version", cse_version) if cse_version else ()),
                *(("--vms", str(vms)) if vms else ()),
                *(("--base-port", str(base_port)) if base_port else ()),
                *("--start", start),
                *(("--vsphere",) if vsphere else ()),
            ]
            with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.DEVNULL) as child:
                try:
                    _await(state_path, lambda: child.poll() is None)
                    yield Running(state_path, None)
                finally:
                    child.terminate()
            return
        read = read_estate(path, product_version, vcd_version).with_vro(vro_version).with_vrops(vrops_version)
        read = read.with_cse(cse_version)
        yield from _in_thread(read, state_path, organizations, base_port, start, vsphere, vms)


def _in_thread(
    estate: Estate,
    state_path: Path,
    organizations: int,
    base_port: int | None,
    start: str,
    vsphere: bool,
    vms: int,
) -> Iterator[Running]:
    import uvloop

    from .runtime import Simulator

    simulator = Simulator(estate, organizations, base_port, start, vsphere, vms)
    problems: list[BaseException] = []

    def serve() -> None:
        try:
            uvloop.run(simulator.serve(state_path))
        except BaseException as problem:
            problems.append(problem)

    thread = threading.Thread(target=serve, name="simulator", daemon=True)
    thread.start()
    try:
        try:
            _await(state_path, thread.is_alive)
        except RuntimeError:
            # Its own reason says more.
            if problems:
                raise problems.pop() from None
            raise
        yield Running(state_path, simulator)
    finally:
        simulator.stop()
        thread.join(10)
    if problems:
        raise problems[0]


def _await(state_path: Path, alive: Any) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not state_path.exists():
        if not alive():
            raise RuntimeError("The simulator ended before it was ready.")
        if time.monotonic() > deadline:
            raise RuntimeError("The simulator did not become ready.")
        time.sleep(0.005)


def _estate_file(estate: Path | Mapping[str, Any] | None, directory: Path) -> Path:
    if estate is None:
        return REFERENCE_ESTATE
    if isinstance(estate, Path):
        return estate
    document = json.loads(json.dumps(dict(estate)))
    parse_estate(document)
    path = directory / "estate.yml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return path
