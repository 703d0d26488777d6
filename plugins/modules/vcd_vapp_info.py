#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcd_vapp_info
short_description: Read the vApps of vCloud Director
version_added: "0.1.0"
description:
  - Reads vApps with their state and where they are, all pages.
  - A System administrator reads those of all organizations, a user of a tenant those of the own one.
author: The vcpp.vcloud authors (@vcpp)
options:
  owner:
    description: Only vApps of this user. Those of all users when omitted.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.places
  - vcpp.vcloud.places.vdc
  - vcpp.vcloud.places.name
  - vcpp.vcloud.places.power_state
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcd_vm_info
  - module: vcpp.vcloud.vcd_org_vdc_info
  - module: vcpp.vcloud.vcav_replication_info
"""

EXAMPLES = r"""
- name: The vApps of an organization that run
  vcpp.vcloud.vcd_vapp_info:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    org: Tyrell
    power_state: powered_on
  register: running

- name: Their names and where they are
  ansible.builtin.debug:
    msg: "{{ item.name }} in {{ item.vdc }}"
  loop: "{{ running.vcd_vapp }}"
  loop_control:
    label: "{{ item.name }}"
"""

RETURN = r"""
vcd_vapp:
  description: The vApps, by organization, VDC and name. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the vApp., type: str, sample: tyrell-web-a03}
    org: {description: "Organization that it belongs to. Names are unique in an organization only.", type: str, sample: Tyrell}
    vdc: {description: Its organization VDC., type: str, sample: Tyrell A03 Allocated}
    id: {description: URN of the vApp., type: str, sample: "urn:vcloud:vapp:3c0e8a9e-1d0f-4a0b-9ef1-0f8a5d2b7c01"}
    power_state: {description: "State of the vApp, the server's word in lower case.", type: str, sample: powered_on}
    owner: {description: User that owns it., type: str, sample: admin}
    created: {description: "When it was made, in UTC.", type: str, sample: "2026-03-01T22:00:00Z"}
    deployed: {description: Whether it holds resources of its VDC., type: bool, sample: true}
    enabled: {description: Whether it is enabled., type: bool, sample: true}
    busy: {description: Whether something is being done to it., type: bool, sample: false}
    in_maintenance: {description: Whether it is in maintenance., type: bool, sample: false}
    standalone: {description: "Whether it was made by itself around a standalone VM.", type: bool, sample: false}
    expired: {description: Whether its lease has ended., type: bool, sample: false}
    vm_count: {description: Number of its VMs. Null for a user of a tenant., type: int, sample: 2}
    memory_allocation_mb: {description: Memory of its VMs. Null for a user of a tenant., type: int, sample: 8192}
    storage_used_mb: {description: Storage of its VMs. Null for a user of a tenant., type: int, sample: 8192}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vcd import places, vdc_contents
from ..module_utils._vcd.client import connect
from ..module_utils._vcd.filters import all_of, equals


class Vapps(Info):
    """The vApps of one vCloud Director."""

    noun, product = "vcd_vapp", "vcd"
    connect = staticmethod(connect)

    def spec(self):
        return {**places.spec("org", "vdc", "name", "power_state"), "owner": {"type": "str"}}

    def validate(self, params):
        places.check(params)

    def fetch(self, context):
        params = context.params
        state, owner = params["power_state"], params["owner"]
        return vdc_contents.read(
            context.api,
            vdc_contents.VAPPS,
            params,
            where=all_of(
                equals("status", state.upper()) if state else None, equals("ownerName", owner) if owner else None
            ),
            test=lambda vapp: state in (None, vapp["power_state"]) and owner in (None, vapp["owner"]),
        )


def main():
    run(Vapps())


if __name__ == "__main__":
    main()
