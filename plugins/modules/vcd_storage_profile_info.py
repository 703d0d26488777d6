#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcd_storage_profile_info
short_description: Read the storage profiles of organization VDCs
version_added: "0.1.0"
description:
  - Reads the storage profiles (storage policies) of organization VDCs with their limits and what is used, all pages.
  - A System administrator reads those of all organizations, a user of a tenant those of the own one.
author: The vcpp.vcloud authors (@vcpp)
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.places
  - vcpp.vcloud.places.vdc
  - vcpp.vcloud.places.name
  - vcpp.vcloud.places.enabled
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcd_org_vdc_info
  - module: vcpp.vcloud.vcav_policy_info
"""

EXAMPLES = r"""
- name: The storage profiles of an organization
  vcpp.vcloud.vcd_storage_profile_info:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    org: Tyrell
  register: profiles

- name: How full those are that have a limit
  ansible.builtin.debug:
    msg: "{{ item.name }} in {{ item.vdc }}: {{ (100 * item.storage_used_mb / item.storage_limit_mb) | round }} %"
  loop: "{{ profiles.vcd_storage_profile | selectattr('storage_limit_mb') }}"
  loop_control:
    label: "{{ item.name }}"
"""

RETURN = r"""
vcd_storage_profile:
  description: The storage profiles, by organization, VDC and name. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the storage profile., type: str, sample: A03 VSAN Performance}
    org: {description: "Organization that it belongs to. Names are unique in an organization only.", type: str, sample: Tyrell}
    vdc: {description: Its organization VDC., type: str, sample: Tyrell A03 Allocated}
    id: {description: URN of the storage profile., type: str, sample: "urn:vcloud:vdcstorageProfile:7a8f0b6c-9a61-4f8a-9c54-54d8f0f6a001"}
    enabled: {description: Whether it is enabled., type: bool, sample: true}
    default: {description: Whether VMs of the VDC have it unless they say otherwise., type: bool, sample: true}
    storage_used_mb: {description: Storage that is used., type: int, sample: 20480}
    storage_limit_mb: {description: "Most storage that may be used, V(0) for any amount.", type: int, sample: 1048576}
    iops_allocated: {description: Input and output operations per second that are allocated., type: int, sample: 0}
    iops_limit: {description: "Most of these that may be allocated, V(0) where there is no limit.", type: int, sample: 0}
    vdc_busy: {description: Whether something is being done to the VDC. Null for a System administrator., type: bool, sample: false}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vcd import places, vdc_contents
from ..module_utils._vcd.client import connect
from ..module_utils._vcd.filters import equals


class StorageProfiles(Info):
    """The storage profiles of organization VDCs."""

    noun, product = "vcd_storage_profile", "vcd"
    connect = staticmethod(connect)

    def spec(self):
        return places.spec("org", "vdc", "name", "enabled")

    def validate(self, params):
        places.check(params)

    def fetch(self, context):
        params = context.params
        enabled = params["enabled"]
        return vdc_contents.read(
            context.api,
            vdc_contents.STORAGE_PROFILES,
            params,
            where=None if enabled is None else equals("isEnabled", enabled),
            test=lambda profile: enabled in (None, profile["enabled"]),
        )


def main():
    run(StorageProfiles())


if __name__ == "__main__":
    main()
