#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vsphere_appliance
short_description: Deploy an appliance from an OVA or OVF to vCenter
version_added: "0.1.0"
description:
  - Deploys an appliance from an OVA or OVF, gives it its properties, switches it on, and waits until it can be reached.
  - The package is streamed from its file or address to vCenter. It is never unpacked, and memory stays flat. Its manifest
    is checked; what an import that fails has made is removed again.
  - The VM is found by its inventory path. One that is there is compared, without opening the package, and never replaced
    unless the task says so.
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description: Name of the VM.
    type: str
    required: true
  datacenter:
    description: Datacenter. One in a folder is written with it, as V(folder/datacenter).
    type: str
    required: true
  folder:
    description: Folder of VMs, as V(folder/in/folder). The top of the datacenter when omitted. It must exist.
    type: str
  state:
    description:
      - V(present) makes sure that the appliance exists and is switched on.
      - V(powered_off) makes sure that it exists and is switched off. Its guest is shut down where it has VMware Tools.
      - V(absent) makes sure that it does not exist. It is switched off and deleted with its disks.
    type: str
    choices: [present, powered_off, absent]
    default: present
  source:
    description:
      - Path of the OVA or OVF where the module runs, or its http or https address without user and password. The files of an OVF
        are beside it. A server that answers ranges is read by them, another one in one pass.
      - Needed to deploy. When omitted, the VM must exist.
    type: str
  source_validate_certs:
    description: Whether the certificate of the https address in O(source) must be valid.
    type: bool
    default: true
  source_ca_path:
    description: File or folder with the authorities to trust for the address in O(source). The system's store when omitted.
    type: path
  cluster:
    description: Cluster to deploy to, or a host that is in none. Needed to deploy when O(host) is omitted.
    type: str
  host:
    description: ESXi host to deploy to. When omitted, the cluster chooses one. For a host of a cluster give O(cluster) too.
    type: str
  resource_pool:
    description: Resource pool of the cluster or host, as V(pool/in/pool). Its root pool when omitted.
    type: str
  datastore:
    description:
      - Datastore for the disks. It must have room for at least the files of the package, or for whole disks where O(disk_mode)
        says so.
      - Needed to deploy. When omitted, the VM must exist.
    type: str
  networks:
    description:
      - Which network of vCenter each network of the package becomes. When a network of the package is left out, one of the
        same name is used, and there must be one.
      - Used when the VM is deployed, and not compared.
    type: dict
  deployment_option:
    description:
      - Configuration of the package, such as V(cloud), V(replicator) or V(tunnel). The default of the package when omitted.
      - vCenter does not keep it. It is compared where this module has deployed the VM and written it down.
    type: str
  disk_mode:
    description: Format of all disks. The server chooses when omitted. Used when the VM is deployed, and not compared.
    type: str
    choices:
      - thin
      - thick
      - eagerZeroedThick
      - flat
      - sparse
      - seSparse
      - monolithicFlat
      - monolithicSparse
      - twoGbMaxExtentFlat
      - twoGbMaxExtentSparse
  ip_allocation_policy:
    description: How vCenter hands out addresses. The default of the package when omitted. Used when the VM is deployed.
    type: str
    choices: [dhcpPolicy, transientPolicy, fixedPolicy, fixedAllocatedPolicy]
  ip_protocol:
    description: Version of the Internet protocol. The default of the package when omitted. Used when the VM is deployed.
    type: str
    choices: [IPv4, IPv6]
  properties:
    description:
      - OVF properties by their whole key, such as V(net.address) or V(vami.ip0.VMware_vCloud_Availability). Hidden ones can be
        set too. A list is joined by commas.
      - Unknown keys are refused, and values are checked, before anything is sent.
      - Properties that are left out keep the default of the package, or what the VM has.
    type: dict
  secret_properties:
    description:
      - OVF properties whose values are secret, as O(properties). Passwords must stand here. They are shown nowhere.
      - They are given when the VM is deployed and cannot be read back, so they are not compared; RV(not_checked) names them.
      - None when omitted.
    type: dict
  accept_eula:
    description: Whether the licence texts of the package are accepted. A package that has one is not deployed without.
    type: bool
    default: false
  on_difference:
    description:
      - What to do where O(properties) or O(deployment_option) differ from those of a VM that exists. The first boot has
        used the properties already. So a VM that is switched off is edited, and for one that is switched on this option decides.
      - V(fail) names the differences and changes nothing.
      - V(apply) shuts the VM down, edits its properties and starts it again. That needs O(allow_power_cycle=true).
      - V(replace) deletes the VM with its disks, also one that is switched off, and deploys it anew. For a VM that is
        switched on that needs O(allow_power_cycle=true).
      - V(ignore) leaves the differences and lists them in RV(differences).
    type: str
    choices: [fail, apply, replace, ignore]
    default: fail
  allow_power_cycle:
    description: Whether a VM that is switched on may be switched off for O(on_difference=apply) and O(on_difference=replace).
    type: bool
    default: false
  wait_for_ip:
    description: Whether to wait until the guest reports an IP address. It needs VMware Tools in the guest.
    type: bool
    default: false
  expected_address:
    description:
      - The address to wait for with O(wait_for_ip). When omitted, it is that of the property C(net.address) or C(vami.ip0.…), and
        where there is none, any address but a link-local one.
    type: str
  service_url:
    description:
      - Address to wait for until it answers with any status below 500. The certificate is not checked, because a new appliance
        has one of its own making; nothing secret is sent.
      - When omitted, no service is waited for.
    type: str
  wait_timeout:
    description:
      - Longest time to wait, in seconds, for each of the VM's tasks, for its address and for its service. The upload takes
        as long as it takes.
    type: int
    default: 900
  wait_interval:
    description: Longest pause between two looks, in seconds. The first looks come sooner.
    type: int
    default: 5
extends_documentation_fragment:
  - vcpp.vcloud.vsphere
  - vcpp.vcloud.attributes
notes:
  - "vCenter forgets how a VM was imported, so the module writes it down in the VM's C(extraConfig), key C(vcpp.vcloud.ovf): the
    deployment option, name, product and version of the package, the digest of its descriptor, and whether the import was
    finished."
  - With C(-v) the progress of the upload is shown while it runs, where the task runs on the control node; elsewhere it
    goes to the system's log. vCenter shows it too.
  - Where a run is interrupted in the middle of an import, the half made VM stays until vCenter's lease on it ends, which
    takes some minutes. Until then a task says that the import was never finished; O(on_difference=replace) begins anew.
seealso:
  - module: vcpp.vcloud.vsphere_appliance_info
"""

EXAMPLES = r"""
- name: The appliance of the cloud service is deployed and answers
  vcpp.vcloud.vsphere_appliance:
    vsphere_hostname: vcenter.example.com
    vsphere_user: administrator@vsphere.local
    vsphere_password: "{{ vault_vsphere_password }}"
    name: vdev-c00-vcam
    datacenter: C00
    cluster: DEVCLU-C00
    datastore: CHC-VSAN-Perf
    source: /srv/images/VMware-vCloud-Availability.ova
    accept_eula: true
    deployment_option: cloud
    disk_mode: thin
    ip_allocation_policy: fixedPolicy
    networks:
      VM Network: CHC-Mgmt
    properties:
      guestinfo.cis.appliance.ssh.enabled: true
      guestinfo.cis.appliance.net.ntp: 10.200.0.10
      vami.ip0.VMware_vCloud_Availability: 10.200.0.44
      vami.netmask0.VMware_vCloud_Availability: 255.255.255.0
      vami.gateway.VMware_vCloud_Availability: 10.200.0.1
      vami.DNS.VMware_vCloud_Availability: [10.200.0.10, 10.200.0.11]
      vami.domain.VMware_vCloud_Availability: vdev.local
      vami.searchpath.VMware_vCloud_Availability: vdev.local
    secret_properties:
      guestinfo.cis.appliance.root.password: "{{ vault_ovf_password }}"
    wait_for_ip: true

- name: The appliance is switched off
  vcpp.vcloud.vsphere_appliance:
    vsphere_hostname: vcenter.example.com
    vsphere_user: administrator@vsphere.local
    vsphere_password: "{{ vault_vsphere_password }}"
    name: vdev-c00-vcam
    datacenter: C00
    state: powered_off

- name: The appliance is gone
  vcpp.vcloud.vsphere_appliance:
    vsphere_hostname: vcenter.example.com
    vsphere_user: administrator@vsphere.local
    vsphere_password: "{{ vault_vsphere_password }}"
    name: vdev-c00-vcam
    datacenter: C00
    state: absent
"""

RETURN = r"""
vsphere_appliance:
  description:
    - The appliance as it is now, or would be in check mode. Empty when it is absent.
    - In check mode a VM that does not exist yet has no address, no moid and no instance_uuid.
  returned: success
  type: dict
  contains:
    name: {description: Name of the VM., type: str, sample: vdev-c00-vcam}
    datacenter: {description: Its datacenter., type: str, sample: C00}
    folder: {description: Its folder; empty at the top of the datacenter., type: str, sample: Appliances}
    state: {description: V(present) when it is switched on and V(powered_off) otherwise., type: str, sample: present}
    properties: {description: The properties that can be read and their values by key., type: dict, sample: {net.mtu: "1500"}}
    secret_keys:
      description: The keys of the properties whose values are shown nowhere.
      type: list
      elements: str
      sample: [guestinfo.cis.appliance.root.password]
    deployment_option: {description: Configuration that it was deployed with; null where nobody wrote it down., type: str, sample: cloud}
    product: {description: Product that the package names., type: str, sample: VMware vCloud Availability}
    version: {description: Version that the package names., type: str, sample: 3.0.0.3736}
    address: {description: First address that the guest reports; null where it reports none., type: str, sample: 10.200.0.44}
    addresses: {description: All addresses that the guest reports but link-local ones., type: list, elements: str, sample: [10.200.0.44]}
    moid: {description: Id of the VM in vCenter., type: str, sample: vm-1042}
    instance_uuid: {description: Id of the VM that vCenter has given it for good., type: str, sample: 50241db1-64cc-4b2b-9c29-0a2d4b4d6c38}
differences:
  description: What differs from the task, before any change, as C(properties.<key>) or C(deployment_option).
  returned: success
  type: list
  elements: str
  sample: [properties.net.mtu]
not_checked:
  description: The keys of O(secret_properties); whether the VM has these values cannot be known.
  returned: success
  type: list
  elements: str
  sample: [guestinfo.cis.appliance.root.password]
replaced:
  description: Whether a VM was, or in check mode would be, deleted and deployed anew.
  returned: success
  type: bool
  sample: false
"""

from ..module_utils._resource import Definition, run
from ..module_utils._vsphere import appliance, deploy
from ..module_utils._vsphere.client import connect

TEXTS = ("folder", "source", "cluster", "host", "resource_pool", "datastore", "deployment_option", "expected_address")


class Appliance(Definition):
    """A VM that comes from an OVF, found by its inventory path."""

    noun = "vsphere_appliance"
    product = "vsphere"
    waits = 900
    connect = staticmethod(connect)

    def spec(self):
        return {
            "name": {"type": "str", "required": True},
            "datacenter": {"type": "str", "required": True},
            "state": {"type": "str", "choices": list(appliance.STATES), "default": "present"},
            **{name: {"type": "str"} for name in (*TEXTS, "service_url")},
            "source_validate_certs": {"type": "bool", "default": True},
            "source_ca_path": {"type": "path"},
            "networks": {"type": "dict"},
            "disk_mode": {"type": "str", "choices": list(deploy.DISK_MODES)},
            "ip_allocation_policy": {"type": "str", "choices": list(deploy.IP_POLICIES)},
            "ip_protocol": {"type": "str", "choices": list(deploy.IP_PROTOCOLS)},
            "properties": {"type": "dict", "no_log": False},
            "secret_properties": {"type": "dict", "no_log": True},
            "accept_eula": {"type": "bool", "default": False},
            "on_difference": {"type": "str", "choices": list(appliance.REACTIONS), "default": "fail"},
            "allow_power_cycle": {"type": "bool", "default": False},
            "wait_for_ip": {"type": "bool", "default": False},
            "wait_interval": {"type": "int", "default": 5},
        }

    def validate(self, params):
        appliance.validate(params)

    def execute(self, context):
        job = appliance.Run(context.api, context.params, context.wait, context.warn, context.tell)
        step, after, more = job.execute(context.check_mode)
        result = {"changed": step.is_change, self.noun: after, **more}
        if step.is_change and context.want_diff:
            result["diff"] = [context.diff_entry(step, self.noun, context.params["name"])]
        return result


def main():
    run(Appliance())


if __name__ == "__main__":
    main()
