"""An OVA of 2 GB streamed into a vCenter simulator, against `curl -T` of the same bytes to the same place.

Ours is the task `vsphere_appliance`, from its start to its result: the login, all checks, the import's specification,
the upload with the digests of the manifest, the end of the lease and what is written down at the VM. The start of
Ansible is taken off. Theirs is curl alone, with the disk as a file of its own, to the address that a lease of the same
import has given it; opening and ending that lease is not in it. curl sends what it finds, our task also compares the
digest of the manifest: the second row has `sha256sum` of the same disk, run after curl, on their side. Bytes go through
TLS in both. The disk is nearly empty, so that it takes no room and reading it costs the same in both: memory and
network count, not the disk of this machine.
"""

from __future__ import annotations

import os
import ssl
import statistics
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.bench import Measured, Row, measure_play
from tests.simulator.running import Running, running_simulator
from tests.tools.make_ova import make_ova

SITE = "A03-Auckland"
BLOCK = 1 << 20
INITIAL = "VMware1!"


def unpack(image: Path, disk: Path) -> str:
    """Copy the disk out of the image without filling its holes; returns the text of the descriptor."""
    with tarfile.open(image) as archive:
        descriptor, _manifest, member = iter(archive)
        text = archive.extractfile(descriptor).read().decode()  # type: ignore[union-attr]
        source = archive.extractfile(member)
        assert source is not None
        with disk.open("wb") as target:
            while block := source.read(BLOCK):
                if block.count(0) == len(block):
                    target.seek(len(block), os.SEEK_CUR)
                else:
                    target.write(block)
            target.truncate()
    if disk.stat().st_size != member.size:
        raise SystemExit(f"The disk has {disk.stat().st_size} bytes and not {member.size}.")
    return text


def by_curl(vcenter: dict[str, Any], text: str, disk: Path) -> float:
    """Seconds of curl, within a lease that is opened and ended by pyvmomi."""
    from pyVim.connect import Disconnect, SmartConnect
    from pyVmomi import vim

    trust = ssl.create_default_context(cafile=vcenter["ca_path"])
    instance = SmartConnect(host=vcenter["hostname"], port=vcenter["port"], user=vcenter["user"],
                            pwd=vcenter["password"], sslContext=trust)  # fmt: skip
    find, root = instance.content.searchIndex.FindByInventoryPath, f"/{vcenter['datacenter']}"
    pool = find(f"{root}/host/{vcenter['cluster']}").resourcePool
    network = find(f"{root}/network/{vcenter['network']}")
    wanted = vim.OvfManager.CreateImportSpecParams(
        entityName="by-curl", locale="", deploymentOption="cloud", diskProvisioning="thin",
        networkMapping=[vim.OvfManager.NetworkMapping(name="VM Network", network=network)],
    )  # fmt: skip
    store = find(f"{root}/datastore/{vcenter['datastore']}")
    spec = instance.content.ovfManager.CreateImportSpec(text, pool, store, wanted)
    lease = pool.ImportVApp(spec.importSpec, find(f"{root}/vm"))
    while lease.state != "ready":
        time.sleep(0.05)
    info = lease.info
    url = info.deviceUrl[0].url.replace("*", f"{vcenter['hostname']}:{vcenter['port']}")
    command = ["curl", "--silent", "--show-error", "--fail", "--cacert", vcenter["ca_path"], "-X", "POST"]
    begun = time.perf_counter()
    subprocess.run([*command, "-T", str(disk), url], check=True, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - begun
    lease.Complete()
    info.entity.Destroy()
    Disconnect(instance)
    return seconds


def by_task(vcenter: dict[str, Any], image: Path) -> Measured:
    """The task."""
    connection = {f"vsphere_{name}": vcenter[name] for name in ("hostname", "port", "user", "password")}
    common = {"name": "ours", "datacenter": vcenter["datacenter"], **connection, "ca_path": vcenter["ca_path"]}
    task = {
        **common,
        "cluster": vcenter["cluster"],
        "datastore": vcenter["datastore"],
        "networks": {"VM Network": vcenter["network"]},
        "source": str(image),
        "deployment_option": "cloud",
        "accept_eula": True,
        "secret_properties": {"guestinfo.cis.appliance.root.password": INITIAL},
        "state": "powered_off",
    }
    played = measure_play([
        {"name": "deploy", "vcpp.vcloud.vsphere_appliance": task},
        {"name": "remove", "vcpp.vcloud.vsphere_appliance": {**common, "state": "absent"}},
    ], {})  # fmt: skip
    return played


def rows(quick: bool) -> Iterator[Row]:
    """Time and memory."""
    size, times = (256 << 20, 1) if quick else (2 << 30, 2)
    tasks, curls, digests = [], [], []
    with (
        running_simulator(process=True, start="nothing", vsphere=True) as simulator,
        tempfile.TemporaryDirectory(prefix="vcpp-bench-") as folder,
    ):
        image, disk = make_ova(Path(folder) / "big.ova", "3.0", disk_size=size), Path(folder) / "disk.vmdk"
        text, vcenter = unpack(image, disk), _vcenter(simulator)
        for _turn in range(times):
            curls.append(by_curl(vcenter, text, disk))
            begun = time.perf_counter()
            subprocess.run(["sha256sum", str(disk)], check=True, stdout=subprocess.DEVNULL)
            digests.append(time.perf_counter() - begun)
            tasks.append(by_task(vcenter, image))
    ours, theirs = statistics.median(one.seconds["deploy"][0] for one in tasks), statistics.median(curls)
    yield Row(f"OVA of {size >> 20} MiB streamed into vcsim against curl -T", ours / theirs, 1.3, "lower", "x time",
              f"{ours:.1f} s against {theirs:.1f} s")  # fmt: skip
    checked = theirs + statistics.median(digests)
    yield Row("the same against curl -T and then sha256sum", ours / checked, 1.3, "lower", "x time",
              f"{ours:.1f} s against {checked:.1f} s")  # fmt: skip
    yield Row("peak memory while it is streamed", max(one.peak_mib for one in tasks), 150, "lower", "MiB")


def _vcenter(simulator: Running) -> dict[str, Any]:
    return {**simulator.vcenter(SITE), "ca_path": simulator.ca_path}
