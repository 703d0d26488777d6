#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcd_vm_info
short_description: Read the virtual machines of vCloud Director
version_added: "0.1.0"
description:
  - Reads virtual machines with their state, size and place, all pages. VMs of vApp templates are left out unless
    they are asked for.
  - A System administrator reads those of all organizations, a user of a tenant those of the own one.
  - The list tells a tenant the address of the primary NIC; it tells a System administrator no address. All NICs
    and the metadata cost a request for each VM, eight at a time.
author: The vcpp.vcloud authors (@vcpp)
options:
  vapp:
    description:
      - Name of the vApp, as it is written. V(*) in it stands for any text.
      - Those of all vApps when omitted.
    type: str
  with_nics:
    description:
      - Whether the NICs of each VM are read, which costs a request for each VM. Choose VMs by the other options first.
      - Left out, RV(vcd_vm[].nics) is null, and for a System administrator RV(vcd_vm[].ip_address) too.
    type: bool
    default: false
  with_metadata:
    description:
      - Whether the metadata of each VM is read, which costs a request for each VM.
      - Left out, RV(vcd_vm[].metadata) is null.
    type: bool
    default: false
  with_templates:
    description:
      - Whether VMs of vApp templates are read too. They have neither RV(vcd_vm[].nics) nor RV(vcd_vm[].metadata).
      - Left out, they are not.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.places
  - vcpp.vcloud.places.vdc
  - vcpp.vcloud.places.name
  - vcpp.vcloud.places.power_state
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcd_vapp_info
  - module: vcpp.vcloud.vcd_org_vdc_info
  - module: vcpp.vcloud.vcav_replication_info
"""

EXAMPLES = r"""
- name: The VMs of an organization that run
  vcpp.vcloud.vcd_vm_info:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    org: Tyrell
    power_state: powered_on
  register: running

- name: How many processors they have
  ansible.builtin.debug:
    msg: "{{ running.vcd_vm | map(attribute='cpu_count') | sum }}"

- name: The database servers with all their addresses and what is written to them as metadata
  vcpp.vcloud.vcd_vm_info:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    org: Tyrell
    vapp: tyrell-db-*
    with_nics: true
    with_metadata: true
  register: databases

- name: Their addresses by network
  ansible.builtin.debug:
    msg: "{{ item.name }}: {{ item.nics | items2dict(key_name='network', value_name='ip_address') }}"
  loop: "{{ databases.vcd_vm }}"
  loop_control:
    label: "{{ item.name }}"
"""

RETURN = r"""
vcd_vm:
  description: The VMs, by organization, VDC, vApp and name. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the VM. It is unique in its vApp only., type: str, sample: tyrell-db-a03-01}
    org: {description: Organization that it belongs to., type: str, sample: Tyrell}
    vdc: {description: Its organization VDC., type: str, sample: Tyrell A03 Allocated}
    vapp: {description: "Its vApp, or its vApp template.", type: str, sample: tyrell-db-a03}
    id: {description: URN of the VM., type: str, sample: "urn:vcloud:vm:0e9d0d3f-6d0e-4a47-8d4a-9c64d34d1a01"}
    vapp_id: {description: URN of the vApp or of the template., type: str, sample: "urn:vcloud:vapp:3c0e8a9e-1d0f-4a0b-9ef1-0f8a5d2b7c01"}
    vdc_id: {description: URN of the VDC., type: str, sample: "urn:vcloud:vdc:0b3b9c4e-3b07-4a0e-9a55-8c0b0d1f7f11"}
    power_state: {description: "State of the VM, the server's word in lower case.", type: str, sample: powered_on}
    guest_os: {description: Guest operating system., type: str, sample: Ubuntu Linux (64-bit)}
    cpu_count: {description: Number of virtual processors., type: int, sample: 4}
    memory_mb: {description: Memory., type: int, sample: 16384}
    network: {description: Network of the primary NIC. Null when it has none., type: str, sample: Tyrell DMZ A03}
    ip_address: {description: "Address of the primary NIC. Null when it has none, and see O(with_nics).", type: str, sample: 10.3.2.10}
    storage_profile: {description: Storage profile of the VM., type: str, sample: A03 VSAN Performance}
    hardware_version: {description: Version of the virtual hardware., type: int, sample: 14}
    deployed: {description: Whether it holds resources of its VDC., type: bool, sample: true}
    standalone: {description: Whether its vApp was made by itself around it., type: bool, sample: false}
    template: {description: Whether it is one of a vApp template., type: bool, sample: false}
    catalog: {description: Catalog of the template. Null for a VM of a vApp., type: str, sample: Tyrell Templates}
    owner: {description: User that owns it. Null for a System administrator., type: str, sample: admin}
    host: {description: Host that it runs on. Null for a user of a tenant., type: str, sample: esx-01.a03}
    datastore: {description: Datastore that it lies on. Null for a user of a tenant., type: str, sample: A03 VSAN}
    moref: {description: What the vCenter calls it. Null for a user of a tenant., type: str, sample: vm-1042}
    nics:
      description: "Its NICs by index. Null unless O(with_nics=true)."
      type: list
      elements: dict
      contains:
        index: {description: Number of the NIC., type: int, sample: 0}
        primary: {description: Whether it is the primary one., type: bool, sample: true}
        network: {description: Its network. Null when it has none., type: str, sample: Tyrell DMZ A03}
        ip_address: {description: Its address. Null when it has none., type: str, sample: 10.3.2.10}
        external_address: {description: "Address that a vApp network translates it to. Null when none does.", type: str, sample: 10.3.1.20}
        mac_address: {description: Its MAC address., type: str, sample: "00:50:56:01:02:03"}
        connected: {description: Whether it is connected., type: bool, sample: true}
    metadata:
      description: "Its metadata, values by key, numbers and booleans as such. Null unless O(with_metadata=true)."
      type: dict
      sample: {tier: db, environment: production}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vcd import machines, places
from ..module_utils._vcd.client import connect

SWITCHES = ("with_nics", "with_metadata", "with_templates")


class Machines(Info):
    """The virtual machines of one vCloud Director."""

    noun, product = "vcd_vm", "vcd"
    connect = staticmethod(connect)

    def spec(self):
        chosen = places.spec("org", "vdc", "vapp", "name", "power_state")
        return {**chosen, **{name: {"type": "bool", "default": False} for name in SWITCHES}}

    def validate(self, params):
        places.check(params)

    def fetch(self, context):
        return machines.matching(context.api, context.params)


def main():
    run(Machines())


if __name__ == "__main__":
    main()
