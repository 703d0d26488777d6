#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcd_org_vdc_info
short_description: Read the organization VDCs of vCloud Director
version_added: "0.1.0"
description:
  - Reads organization VDCs with what they are allowed, what they use and how much is in them, all pages.
  - A System administrator reads those of all organizations, a user of a tenant those of the own one.
author: The vcpp.vcloud authors (@vcpp)
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.places
  - vcpp.vcloud.places.name
  - vcpp.vcloud.places.enabled
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcd_org_info
  - module: vcpp.vcloud.vcd_storage_profile_info
  - module: vcpp.vcloud.vcd_network_info
  - module: vcpp.vcloud.vcd_vapp_info
"""

EXAMPLES = r"""
- name: The VDCs of an organization
  vcpp.vcloud.vcd_org_vdc_info:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    org: Tyrell
  register: vdcs

- name: What is left of their storage, in GB
  ansible.builtin.debug:
    msg: "{{ item.name }}: {{ (item.storage_limit_mb - item.storage_used_mb) // 1024 }} GB"
  loop: "{{ vdcs.vcd_org_vdc | selectattr('storage_limit_mb') }}"
  loop_control:
    label: "{{ item.name }}"

- name: VDCs that are disabled
  vcpp.vcloud.vcd_org_vdc_info:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    enabled: false
"""

RETURN = r"""
vcd_org_vdc:
  description: The organization VDCs, by organization and name. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the VDC., type: str, sample: Tyrell A03 Allocated}
    org: {description: "Organization that it belongs to. Names are unique in an organization only.", type: str, sample: Tyrell}
    id: {description: URN of the VDC., type: str, sample: "urn:vcloud:vdc:0b3b9c4e-3b07-4a0e-9a55-8c0b0d1f7f11"}
    description: {description: "Its description, empty when there is none.", type: str, sample: ""}
    enabled: {description: Whether it is enabled., type: bool, sample: true}
    status: {description: "Its state, in lower case.", type: str, sample: ready}
    busy: {description: Whether something is being done to it., type: bool, sample: false}
    provider_vdc: {description: Name of the provider VDC that it is made of., type: str, sample: A03 Provider VDC}
    cpu_allocation_mhz: {description: CPU that is allocated., type: int, sample: 100000}
    cpu_limit_mhz: {description: Most CPU that it may use., type: int, sample: 100000}
    cpu_reserved_mhz: {description: CPU that is reserved for it., type: int, sample: 50000}
    cpu_used_mhz: {description: CPU that its VMs use., type: int, sample: 16000}
    memory_allocation_mb: {description: Memory that is allocated., type: int, sample: 262144}
    memory_limit_mb: {description: Most memory that it may use., type: int, sample: 262144}
    memory_reserved_mb: {description: Memory that is reserved for it., type: int, sample: 131072}
    memory_used_mb: {description: Memory that its VMs use., type: int, sample: 24576}
    storage_limit_mb: {description: "Most storage that it may use, V(0) for any amount.", type: int, sample: 1048576}
    storage_used_mb: {description: Storage that is used., type: int, sample: 20480}
    vapp_count: {description: Number of its vApps., type: int, sample: 2}
    vm_count: {description: Number of its VMs. Null below API version 30.0., type: int, sample: 3}
    running_vm_count: {description: Number of its VMs that run. Null below API version 30.0., type: int, sample: 3}
    disk_count: {description: Number of its named disks., type: int, sample: 0}
    media_count: {description: Number of its media., type: int, sample: 0}
    storage_profile_count: {description: Number of its storage profiles., type: int, sample: 2}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vcd import places, vdcs
from ..module_utils._vcd.client import connect
from ..module_utils._vcd.records import org_of


class OrgVdcs(Info):
    """The organization VDCs of one vCloud Director."""

    noun, product = "vcd_org_vdc", "vcd"
    connect = staticmethod(connect)

    def spec(self):
        return places.spec("org", "name", "enabled")

    def validate(self, params):
        places.check(params)

    def fetch(self, context):
        params = context.params
        return vdcs.matching(context.api, org=org_of(params), name=params["name"], enabled=params["enabled"])


def main():
    run(OrgVdcs())


if __name__ == "__main__":
    main()
