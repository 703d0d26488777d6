#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcd_org_info
short_description: Read the organizations of vCloud Director
version_added: "0.1.0"
description:
  - Reads the organizations (tenants) of a vCloud Director, all pages. A user of a tenant sees the own organization only.
  - What M(vcpp.vcloud.vcd_org) can manage is in RV(vcd_org), what only the server decides (ids, counters) is in RV(details).
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description:
      - Name of one organization, exactly as it is written. Upper and lower case differ.
      - All organizations when omitted.
    type: str
  enabled:
    description:
      - V(true) reads the enabled organizations only, V(false) the disabled ones only.
      - Both when omitted.
    type: bool
  with_description:
    description:
      - Whether descriptions are read below API version 35.0 (vCloud Director 9.0 to 10.1), where each costs one request.
        With V(false) the RV(vcd_org[].description) of those releases is null. It means nothing from API version 35.0 on.
      - Left out, they are read.
    type: bool
    default: true
  with_quotas:
    description:
      - Whether the quotas of VMs are read too, which costs one list more.
      - Left out, they are not.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcd_org
  - module: vcpp.vcloud.vcav_org_info
  - module: vcpp.vcloud.vcav_policy_assignments
"""

EXAMPLES = r"""
- name: The organizations that are enabled
  vcpp.vcloud.vcd_org_info:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    enabled: true
  register: tenants

- name: Their names
  ansible.builtin.debug:
    msg: "{{ tenants.vcd_org | map(attribute='name') | join(', ') }}"

- name: One organization
  vcpp.vcloud.vcd_org_info:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    name: Tyrell
  register: tyrell

- name: Stop where it does not exist
  ansible.builtin.assert:
    that: tyrell.vcd_org | length == 1
    fail_msg: There is no organization Tyrell
"""

RETURN = r"""
vcd_org:
  description: The organizations by name. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the organization., type: str, sample: Tyrell}
    full_name: {description: Name that people see., type: str, sample: Tyrell Corporation}
    description:
      description: Its description, empty when there is none, null when it was not read (see O(with_description)).
      type: str
      sample: Tenant since 2019
    enabled: {description: Whether its users may log in., type: bool, sample: true}
    can_publish: {description: Whether it may publish catalogs to others., type: bool, sample: false}
    deployed_vm_quota: {description: "Most VMs that may run, V(0) for any number. With O(with_quotas=true).", type: int, sample: 200}
    stored_vm_quota: {description: "Most VMs that there may be, V(0) for any number. With O(with_quotas=true).", type: int, sample: 0}
details:
  description: What the server knows beside, one entry for each of RV(vcd_org), in the same order.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the organization., type: str, sample: Tyrell}
    id: {description: URN of the organization., type: str, sample: "urn:vcloud:org:c196c6f0-5c31-4929-a626-b29b2c9ff5ab"}
    vdc_count: {description: Number of its organization VDCs., type: int, sample: 2}
    catalog_count: {description: Number of its catalogs., type: int, sample: 1}
    vapp_count: {description: Number of its vApps., type: int, sample: 14}
    running_vm_count: {description: Number of its virtual machines that run. Null below API version 35.0., type: int, sample: 31}
    user_count: {description: Number of its users. Null below API version 35.0., type: int, sample: 6}
    disk_count: {description: Number of its named disks., type: int, sample: 0}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vcd import organizations
from ..module_utils._vcd.client import connect


class Organizations(Info):
    """The organizations of one vCloud Director."""

    noun, product = "vcd_org", "vcd"
    connect = staticmethod(connect)

    def spec(self):
        return {
            "name": {"type": "str"},
            "enabled": {"type": "bool"},
            "with_description": {"type": "bool", "default": True},
            "with_quotas": {"type": "bool", "default": False},
        }

    def fetch(self, context):
        params = context.params
        self._rows = organizations.matching(
            context.api,
            name=params["name"],
            enabled=params["enabled"],
            descriptions=params["with_description"],
            quotas=params["with_quotas"],
        )
        return [values for values, details in self._rows]

    def more(self, context):
        return {"details": [details for values, details in self._rows]}


def main():
    run(Organizations())


if __name__ == "__main__":
    main()
