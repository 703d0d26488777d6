"""Builds the estate's objects in an empty vCenter: datacenter, cluster with hosts, datastore, port group, folders."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..estate import SiteSpec
from .descriptor import NETWORK
from .image import ROLE
from .process import finished

# Every host has it from the start.
_STANDARD_NETWORK = "VM Network"
_HOSTS = 2


@dataclass(frozen=True)
class VcenterSpec:
    """What one vCenter is to hold."""

    site: str
    host: str
    """Its name in the estate."""
    datacenter: str
    cluster: str
    datastore: str
    network: str
    """A port group of a distributed switch, or the network that every host has."""
    folder: str = ""
    """Path of a folder for virtual machines below the datacenter's own one; empty: there is only that one."""

    @classmethod
    def of_site(cls, spec: SiteSpec) -> VcenterSpec:
        """Of a provider site. What the estate leaves out is named after the site."""
        given, short = spec.vcenter, spec.name.partition("-")[0]
        return cls(
            spec.name,
            str(given.get("host") or urlsplit(spec.lookup_service).hostname),
            str(given.get("datacenter", short)),
            str(given.get("cluster", f"{short}-CLU")),
            str(given.get("datastore", f"{short}-Datastore")),
            str(given.get("network", _STANDARD_NETWORK)),
            str(given.get("folder", "")).strip("/"),
        )

    @classmethod
    def of_customer(cls, site: Mapping[str, Any], host: str) -> VcenterSpec:
        """Of a customer's site: where the estate places replicated machines, there is the vCenter."""
        placement = dict(site.get("placement") or {})
        datacenter, _vm, folder = f"{placement.get('folder', '')}".strip("/").partition("/vm/")
        name = str(site["name"])
        return cls(
            name,
            host,
            datacenter or name,
            str(placement.get("cluster", f"{name}-CLU")),
            str(placement.get("datastore", f"{name}-Datastore")),
            str(placement.get("network", _STANDARD_NETWORK)),
            folder,
        )


def build(instance: Any, spec: VcenterSpec) -> None:
    """Builds it, through the API that everybody uses."""
    from pyVmomi import vim

    datacenter = instance.content.rootFolder.CreateDatacenter(spec.datacenter)
    cluster = datacenter.hostFolder.CreateClusterEx(spec.cluster, vim.cluster.ConfigSpecEx())
    domain = spec.host.partition(".")[2] or "local"
    hosts = []
    for number in range(1, _HOSTS + 1):
        name = f"esx{number:02d}.{spec.datacenter.lower()}.{domain}"
        hosts.append(finished(cluster.AddHost_Task(vim.host.ConnectSpec(hostName=name, force=True), True)))
    _mount(instance, hosts, spec.datastore)
    if spec.network != _STANDARD_NETWORK:
        _port_group(datacenter, hosts, spec.network)
    folder = datacenter.vmFolder
    for name in filter(None, spec.folder.split("/")):
        folder = folder.CreateFolder(name)


def _mount(instance: Any, hosts: list[Any], name: str) -> None:
    """One datastore for all hosts. Its folder is vcsim's own, which it removes when it ends."""
    home = next(one.value for one in instance.content.setting.setting if one.key == "vcsim.home")
    path = tempfile.mkdtemp(prefix="datastore-", dir=Path(home))
    for host in hosts:
        try:
            host.configManager.datastoreSystem.CreateLocalDatastore(name, path)
        except KeyError:
            # The second host mounts what the first one has made, but vcsim's answer then has an empty reference.
            if host is hosts[0]:
                raise


def _port_group(datacenter: Any, hosts: list[Any], name: str) -> None:
    from pyVmomi import vim

    config = vim.dvs.VmwareDistributedVirtualSwitch.ConfigSpec(name=f"{datacenter.name}-DVS")
    switch = finished(
        datacenter.networkFolder.CreateDVS_Task(vim.DistributedVirtualSwitch.CreateSpec(configSpec=config))
    )
    members = [vim.dvs.HostMember.ConfigSpec(operation="add", host=host) for host in hosts]
    finished(switch.ReconfigureDvs_Task(vim.DistributedVirtualSwitch.ConfigSpec(configVersion="1", host=members)))
    group = vim.dvs.DistributedVirtualPortgroup.ConfigSpec(name=name, type="earlyBinding", numPorts=16)
    finished(switch.AddDVPortgroup_Task([group]))


def import_machine(
    instance: Any,
    spec: VcenterSpec,
    name: str,
    option: str,
    document: str,
    values: Mapping[str, str],
    resolved: bool = False,
) -> Any:
    """A running machine of an image in the datacenter's own folder, as its deployment would have made it.

    option    the deployment option, empty for an image without
    document  the image's descriptor
    values    OVF properties by their full keys
    resolved  as vCenter does and vcsim does not, the read-only property of the role has the option as its default
    """
    from pyVmomi import vim

    content = instance.content
    find = content.searchIndex.FindByInventoryPath
    cluster = find(f"{spec.datacenter}/host/{spec.cluster}")
    network = next(one for one in cluster.network if one.name == spec.network)
    parameters = vim.OvfManager.CreateImportSpecParams(
        entityName=name,
        locale="",
        deploymentOption=option,
        diskProvisioning="thin",
        networkMapping=[vim.OvfManager.NetworkMapping(name=NETWORK, network=network)],
        propertyMapping=[vim.KeyValue(key=key, value=value) for key, value in values.items()],
    )
    made = content.ovfManager.CreateImportSpec(document, cluster.resourcePool, cluster.datastore[0], parameters)
    if made.error:
        raise made.error[0].fault
    for one in made.importSpec.configSpec.vAppConfig.property if resolved else ():
        if one.info.id == ROLE:
            one.info.defaultValue = option
    lease = cluster.resourcePool.ImportVApp(made.importSpec, find(f"{spec.datacenter}/vm"), None)
    while lease.state == "initializing":
        time.sleep(0.002)
    if lease.state == "error":
        raise lease.error
    machine = lease.info.entity
    # The disk's content is of no interest to vcsim, which throws it away.
    lease.Complete()
    finished(machine.PowerOnVM_Task())
    return machine


def clear_place(instance: Any, spec: VcenterSpec, name: str) -> None:
    """Removes the files that a machine of this name has left: unregistering leaves them, and no other could be made.

    vcsim's datastores are folders of this machine. Its own call for it ends in a task that pyVmomi cannot read.
    """
    (datastore,) = instance.content.searchIndex.FindByInventoryPath(f"{spec.datacenter}/host/{spec.cluster}").datastore
    shutil.rmtree(Path(datastore.info.url) / name, ignore_errors=True)


def destroy_machines(instance: Any) -> list[str]:
    """Removes every virtual machine, running or not; answers their ids."""
    from pyVmomi import vim

    content = instance.content
    view = content.viewManager.CreateContainerView(content.rootFolder, [vim.VirtualMachine], True)
    machines = list(view.view)
    view.Destroy()
    for machine in machines:
        if machine.runtime.powerState == "poweredOn":
            finished(machine.PowerOffVM_Task())
        finished(machine.Destroy_Task())
    return [str(machine._moId) for machine in machines]
