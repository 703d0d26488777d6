"""Deploying for real: the vCenters of the estate, over their own API."""

from __future__ import annotations

import base64
import contextlib
import os
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.simulator.certificates import thumbprint_of
from tests.simulator.client import ControlClient
from tests.simulator.running import REFERENCE_ESTATE, Running, running_simulator
from tests.simulator.vsphere import process
from tests.simulator.vsphere.building import VcenterSpec, import_machine
from tests.simulator.vsphere.descriptor import descriptor
from tests.simulator.vsphere.process import finished
from tests.simulator.vsphere.watching import show

pytestmark = pytest.mark.skipif(not process.PROGRAM.exists(), reason="not run: no vCenter simulator (make vcsim)")

A, B = "A03-Auckland", "C00-Christchurch"
ROOT = Path(__file__).resolve().parents[3]
KEYS = {
    "guestinfo.cis.appliance.root.password": "VMware1!",
    "vami.netmask0.VMware_vCloud_Availability": "255.255.255.0",
    "vami.gateway.VMware_vCloud_Availability": "10.207.0.1",
    "vami.DNS.VMware_vCloud_Availability": "10.200.0.10,10.207.0.10",
}


# Connections of clients; each test closes its own.
_STUBS: list[Any] = []


@pytest.fixture(autouse=True)
def closed_connections() -> Iterator[None]:
    """Leaves no connection open."""
    yield
    while _STUBS:
        _STUBS.pop().DropConnections()


class Client:
    """Somebody with a login at a site's vCenter, who checks its certificate."""

    def __init__(self, simulator: Running, site: str = A, user: str | None = None) -> None:
        import ssl

        from pyVmomi import SoapStubAdapter, vim

        self.vcenter = simulator.vcenter(site)
        context = ssl.create_default_context(cafile=self.vcenter["ca_path"])
        stub = SoapStubAdapter(
            self.vcenter["hostname"], self.vcenter["port"], version="vim.version.v7_0", sslContext=context
        )
        _STUBS.append(stub)
        self.instance = vim.ServiceInstance("ServiceInstance", stub)
        self.instance.content.sessionManager.Login(user or self.vcenter["user"], self.vcenter["password"], None)
        fields = ("datacenter", "cluster", "datastore", "network", "folder")
        self.spec = VcenterSpec(site, self.vcenter["estate_host"], *(self.vcenter[name] for name in fields))

    def deploy(self, name: str, address: str, option: str = "cloud", release: str = "3.0", **more: str) -> Any:
        values = KEYS | {"vami.ip0.VMware_vCloud_Availability": address} | more
        if not release.startswith("3"):
            values = {"guestinfo.cis.appliance.root.password": "VMware1!", "net.address": address}
        return import_machine(self.instance, self.spec, name, option, descriptor(release, "disk.vmdk", 6656), values)

    def find(self, path: str) -> Any:
        return self.instance.content.searchIndex.FindByInventoryPath(path)


def until(condition: Callable[[], Any], seconds: float = 60) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.02)
    return found


def extra(machine: Any) -> dict[str, str]:
    return {one.key: one.value for one in machine.config.extraConfig}


def machines(simulator: Running, site: str = A) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in simulator.control.status()["sites"][site]["machines"]}


def states(simulator: Running) -> dict[str, str]:
    return dict(simulator.control.status()["sites"][A]["appliances"])


@pytest.fixture(name="empty", scope="module")
def empty_estate() -> Iterator[Running]:
    """Two sites with vCenters, and nothing deployed in them."""
    with running_simulator(start="nothing", vsphere=True) as simulator:
        yield simulator


@pytest.fixture(name="simulator")
def reset_estate(empty: Running) -> Running:
    """The same, as new."""
    empty.control.reset()
    return empty


def test_every_site_has_a_vcenter_with_the_estates_objects_and_nothing_else(simulator: Running) -> None:
    for site, datacenter, cluster, datastore, network in (
        (A, "A03", "DEVCLU-A03", "AKL-VSAN-Perf", "AKL-Mgmt"),
        (B, "C00", "DEVCLU-C00", "CHC-VSAN-Perf", "CHC-Mgmt"),
    ):
        client = Client(simulator, site)

        assert [one.name for one in client.instance.content.rootFolder.childEntity] == [datacenter]
        made = client.find(f"{datacenter}/host/{cluster}")
        assert [one.name for one in made.datastore] == [datastore]
        assert len(made.host) == 2
        for host in made.host:
            assert [one.name for one in host.datastore] == [datastore]
            assert network in [one.name for one in host.network]
        assert client.find(f"{datacenter}/network/{network}") is not None
        assert client.find(f"{datacenter}/vm").childEntity == []


def test_who_may_log_in(simulator: Running) -> None:
    from pyVmomi import vim

    Client(simulator)
    Client(simulator, user="administrator")
    with pytest.raises(vim.fault.InvalidLogin):
        Client(simulator, user="somebody@vsphere.local")


def test_the_certificate_is_of_the_runs_authority_and_the_lookup_services_own(simulator: Running) -> None:
    vcenter = simulator.vcenter(A)

    answer = requests.get(vcenter["url"].removesuffix("/sdk") + "/about", verify=vcenter["ca_path"], timeout=10)

    assert answer.status_code == 200
    lookup = simulator.simulator.sites[A].lookup.certificate
    assert vcenter["thumbprint"] == lookup.thumbprint
    # Told to an appliance, the actual address is that lookup service, too.
    found = simulator.simulator.world.names.find(f"https://127.0.0.1:{vcenter['port']}/lookupservice/sdk")
    assert found is not None and found.role == "lookup"


def test_a_deployed_appliance_reports_its_address_publishes_its_certificates_and_answers(simulator: Running) -> None:
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{simulator.cloud(A)}/docs/api-guide.html", verify=simulator.ca_path, timeout=5)
    client = Client(simulator)

    machine = client.deploy("vdev-a03-vcam", "10.207.0.44")

    until(lambda: machine.guest.ipAddress == "10.207.0.44")
    assert machine.guest.net[0].ipAddress == ["10.207.0.44"]
    assert machine.guest.hostName == "vdev-a03-vcam.vdev.local"
    cloud = simulator.simulator.sites[A].cloud
    until(lambda: extra(machine).get("guestinfo.cloud.certificate") == cloud.certificate.encoded)
    assert extra(machine)["guestinfo.manager.certificate"]
    simulator.control.advance(60)
    until(lambda: machines(simulator)["vdev-a03-vcam"]["appliance"] == "vdev-a03-vcam")
    answer = until(lambda: answered(simulator, simulator.cloud(A)))
    assert answer.status_code == 200
    login = {"type": "localUser", "localUser": "root", "localPassword": "VMware1!"}
    assert requests.post(f"{simulator.cloud(A)}/sessions", json=login, verify=simulator.ca_path, timeout=10).ok
    # Its neighbours have not come with it.
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{simulator.tunnel(A)}/docs/api-guide.html", verify=simulator.ca_path, timeout=5)


def answered(simulator: Running, url: str) -> requests.Response | None:
    with contextlib.suppress(requests.ConnectionError):
        return requests.get(f"{url}/docs/api-guide.html", verify=simulator.ca_path, timeout=5)
    return None


def test_the_option_is_known_without_being_stored(simulator: Running) -> None:
    client = Client(simulator)

    tunnel = client.deploy("tunnel", "10.207.0.46", "tunnel")
    wrong = client.deploy("wrong", "10.207.0.45", "tunnel")

    until(lambda: tunnel.guest.ipAddress and wrong.guest.ipAddress)
    found = machines(simulator)
    assert found["tunnel"]["appliance"] == "vdev-a03-vcat"
    assert found["wrong"]["appliance"] is None
    assert found["wrong"]["reason"] == (
        "it was deployed as tunnel, but vdev-a03-vcar01 at 10.207.0.45 is a replicator appliance"
    )


def test_a_wrong_address_is_an_appliance_without_network_until_it_is_mended(simulator: Running) -> None:
    from pyVmomi import vim

    client = Client(simulator)
    machine = client.deploy("vdev-a03-vcam", "10.207.0.44/24")
    until(lambda: "vdev-a03-vcam" in machines(simulator))
    time.sleep(1)
    assert machine.guest.ipAddress is None
    assert machines(simulator)["vdev-a03-vcam"]["reason"].startswith("no network: vami.ip0.VMware_vCloud_Availability")

    finished(machine.PowerOffVM_Task())
    (ip0,) = (one for one in machine.config.vAppConfig.property if one.id == "ip0")
    ip0.value = "10.207.0.44"
    edit = vim.vApp.VmConfigSpec(property=[vim.vApp.PropertySpec(operation="edit", info=ip0)])
    finished(machine.ReconfigVM_Task(vim.vm.ConfigSpec(vAppConfig=edit)))
    until(lambda: machines(simulator)["vdev-a03-vcam"]["power"] == "off")
    finished(machine.PowerOnVM_Task())

    until(lambda: machine.guest.ipAddress == "10.207.0.44")
    assert machines(simulator)["vdev-a03-vcam"]["appliance"] == "vdev-a03-vcam"


def test_switched_off_and_destroyed_machines_take_their_services_with_them(simulator: Running) -> None:
    client = Client(simulator)
    machine = client.deploy("vdev-a03-vcam", "10.207.0.44")
    until(lambda: machine.guest.ipAddress)

    finished(machine.PowerOffVM_Task())
    until(lambda: machine.guest.ipAddress is None)
    assert states(simulator)["vdev-a03-vcam"] == "off"
    finished(machine.Destroy_Task())
    until(lambda: states(simulator)["vdev-a03-vcam"] == "absent")
    assert machines(simulator) == {}


def test_clients_that_wait_for_updates_take_none_away(simulator: Running) -> None:
    """As every sample of pyVmomi does: its WaitForTask waits with the session's default collector."""
    from pyVim.task import WaitForTask

    client = Client(simulator)
    machine = client.deploy("vdev-a03-vcar01", "10.207.0.45", option="replicator")
    until(lambda: machine.guest.ipAddress == "10.207.0.45")
    for _time in range(2):
        WaitForTask(machine.PowerOffVM_Task())
        until(lambda: machine.guest.ipAddress is None)
        WaitForTask(machine.PowerOnVM_Task())
        until(lambda: machine.guest.ipAddress == "10.207.0.45")


def test_a_new_certificate_is_published_too(simulator: Running) -> None:
    machine = Client(simulator).deploy("vdev-a03-vcar01", "10.207.0.45", "replicator")
    until(lambda: "guestinfo.replicator.certificate" in extra(machine))
    (replicator,) = simulator.simulator.sites[A].replicators

    replicator.certificate.renew()

    until(lambda: extra(machine)["guestinfo.replicator.thumbprint"] == replicator.certificate.thumbprint)
    assert extra(machine)["guestinfo.replicator.certificate"] == replicator.certificate.encoded


def test_machines_of_others_are_left_alone(simulator: Running) -> None:
    client = Client(simulator)
    machine = client.deploy("vdev-a03-vcam", "10.207.0.44")
    until(lambda: machine.guest.ipAddress)
    show(machine, {"guestinfo.somebody": "else"})

    time.sleep(1.5)

    assert extra(machine)["guestinfo.somebody"] == "else"


def test_a_reset_removes_machines_and_appliances(simulator: Running) -> None:
    client = Client(simulator)
    client.deploy("vdev-a03-vcam", "10.207.0.44")
    until(lambda: machines(simulator))

    simulator.control.reset()

    assert machines(simulator) == {}
    assert client.find("A03/vm").childEntity == []
    time.sleep(1.5)
    assert states(simulator) == {
        "vdev-a03-vcam": "absent", "vdev-a03-vcar01": "absent", "vdev-a03-vcat": "absent",
    }  # fmt: skip
    again = client.deploy("vdev-a03-vcam", "10.207.0.44")
    until(lambda: again.guest.ipAddress)


def test_a_reset_to_working_sites_brings_their_machines(simulator: Running) -> None:
    simulator.control.reset("configured")
    gone = Client(simulator, B).find("C00/vm/vdev-c00-vcat")
    finished(gone.PowerOffVM_Task())
    # Its files stay, where the next machine of that name is to be.
    gone.UnregisterVM()
    simulator.control.reset("configured")

    client = Client(simulator, B)
    assert [one.name for one in client.find("C00/vm").childEntity] == [
        "vdev-c00-vcam", "vdev-c00-vcar01", "vdev-c00-vcat",
    ]  # fmt: skip
    for name, address, memory in (("vdev-c00-vcam", "10.200.0.44", 6144), ("vdev-c00-vcat", "10.200.0.46", 2048)):
        machine = client.find(f"C00/vm/{name}")
        assert (machine.runtime.powerState, machine.guest.ipAddress) == ("poweredOn", address)
        assert machine.config.hardware.memoryMB == memory
        (role,) = (one for one in machine.config.vAppConfig.property if one.id == "guestinfo.cis.appliance.role")
        assert role.defaultValue == ("cloud" if name.endswith("vcam") else "tunnel")
        kind = role.defaultValue
        service = simulator.state["sites"][B]["appliances"][name]["services"][kind]
        published = base64.b64decode(extra(machine)[f"guestinfo.{kind}.certificate"])
        assert thumbprint_of(published) == service["thumbprint"]
        values = {one.id: one.value for one in machine.config.vAppConfig.property if one.classId == "vami"}
        assert values == {
            "ip0": address,
            "netmask0": "255.255.255.0",
            "gateway": "10.200.0.1",
            "DNS": "10.200.0.10,10.207.0.10",
            "domain": "vdev.local",
            "searchpath": "vdev.local",
        }
    time.sleep(1)
    assert simulator.control.status()["sites"][B]["appliances"]["vdev-c00-vcam"] == "on"
    assert machines(simulator, B)["vdev-c00-vcam"]["reason"] is None


def test_the_overlay_leads_every_host_to_its_vcenter(simulator: Running) -> None:
    hosts = simulator.control.inventory()["all"]["hosts"]

    for name, vcenter in (
        ("vdev-a03-vcat", simulator.vcenter(A)),
        ("vdev-c00-vcam", simulator.vcenter(B)),
        ("tyrell-onprem", simulator.state["customer_sites"]["Tyrell-OnPrem"]["vcenter"]),
    ):
        assert tarfile.is_tarfile(hosts[name]["vcav_appliance_image"])
        assert {key: value for key, value in hosts[name].items() if key.startswith("vsphere_")} == {
            "vsphere_hostname": "127.0.0.1",
            "vsphere_port": vcenter["port"],
            "vsphere_user": "administrator@vsphere.local",
            "vsphere_password": vcenter["password"],
        }


def test_4_x_takes_addresses_with_a_prefix() -> None:
    with running_simulator(product_version="4.7", start="nothing", vsphere=True) as simulator:
        client = Client(simulator)
        right = client.deploy("right", "10.207.0.44/24", release="4.x")
        wrong = client.deploy("wrong", "10.207.0.46", "tunnel", release="4.x")

        until(lambda: right.guest.ipAddress == "10.207.0.44")
        until(lambda: "wrong" in machines(simulator))
        assert machines(simulator)["wrong"]["reason"] == "no network: net.address has no prefix: '10.207.0.46'"
        assert wrong.guest.ipAddress is None


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_no_vcenter_outlives_its_simulator(tmp_path: Path, how: signal.Signals) -> None:
    state = tmp_path / "state.json"
    command = [
        *(sys.executable, "-m", "tests.simulator", "serve", "--estate", str(REFERENCE_ESTATE)),
        *("--state", str(state), "--vsphere", "--start", "nothing"),
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as child:
        until(state.exists, 60)
        shown = ControlClient.from_state(state).state()
        pids = [one["vcenter"]["pid"] for one in (*shown["sites"].values(), *shown["customer_sites"].values())]
        assert len(pids) == 3
        for pid in pids:
            os.kill(pid, 0)
        child.send_signal(how)
        child.wait(30)
        until(lambda: not any(alive(pid) for pid in pids))


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A child of a killed parent may wait to be collected by whoever inherits it.
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"


def test_without_the_program_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "PROGRAM", Path("/nowhere/vcsim"))

    with pytest.raises(OSError, match="There is no vCenter simulator at /nowhere/vcsim. Build it with: make vcsim"):
        with running_simulator(vsphere=True):
            pass
