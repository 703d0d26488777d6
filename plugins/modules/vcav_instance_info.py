#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_instance_info
short_description: Read the instances that can be recovered from
version_added: "0.1.0"
description:
  - Reads the instances (recovery points) of VM replications. One request for each VM, side by side.
author: The vcpp.vcloud authors (@vcpp)
options:
  vapps:
    description: Only VMs of these vApps, by name or id. Of all when omitted.
    type: list
    elements: str
  vms:
    description: Only these VMs, by name or id. All when omitted.
    type: list
    elements: str
  ids:
    description: Only these VM replications, or those of these vApp replications, by their own id. All when omitted.
    type: list
    elements: str
  org:
    description: Only replications to this organization. To all when omitted.
    type: str
  source_org:
    description: Only replications from this organization. From all when omitted.
    type: str
  site:
    description:
      - Name of a paired site that is asked. The session must be extended to it with O(vcav_remote_site).
      - The service's own site when omitted.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcav_replication_info
  - module: vcpp.vcloud.vcav_replication_operation
"""

EXAMPLES = r"""
- name: What Tyrell can be recovered from
  vcpp.vcloud.vcav_instance_info:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    org: Tyrell
  register: kept

- name: The oldest instance of each VM
  ansible.builtin.debug:
    msg: "{{ item.vm }}: {{ (item.instances | first).timestamp }}"
  loop: "{{ kept.vcav_instance | selectattr('instances') }}"
"""

RETURN = r"""
vcav_instance:
  description: The VM replications with their instances, by vApp and VM. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Id of the VM replication., type: str, sample: C4-7c0a1c52-0d0c-4f57-8c3b-1f8f3d1e2a22}
    vapp: {description: Name of the source vApp., type: str, sample: tyrell-web-c00}
    vm: {description: Name of the VM., type: str, sample: tyrell-web-c00-01}
    org: {description: Organization., type: str, sample: Tyrell}
    instances:
      description: Its instances, the oldest first.
      type: list
      elements: dict
      contains:
        key: {description: "Key, for O(vcpp.vcloud.vcav_replication_operation#module:instance).", type: str, sample: h4replica-0001}
        sequence: {description: Number in the order of their making., type: int, sample: 12}
        timestamp: {description: "When it was made, in UTC.", type: str, sample: "2019-06-20T03:06:40Z"}
        transfer_bytes: {description: Bytes that were transferred for it., type: int, sample: 524288}
        transfer_seconds: {description: Seconds that this took., type: int, sample: 3}
        quiesced_type: {description: How the guest was quiesced., type: str, sample: fileSystemQuiesced}
        pinned: {description: Whether it is kept for good. Release 4.0 and newer., type: bool, sample: false}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vcav import traffic
from ..module_utils._vcav.client import connect


class Instances(Info):
    """The instances of VM replications."""

    noun = "vcav_instance"
    connect = staticmethod(connect)

    def spec(self):
        spec = {name: {"type": "list", "elements": "str"} for name in ("vapps", "vms", "ids")}
        return {**spec, **{name: {"type": "str"} for name in ("org", "source_org", "site")}}

    def validate(self, params):
        traffic.check_chosen(params, "vapps", "vms", "ids")

    def fetch(self, context):
        return traffic.read_instances(context.api, context.params)


def main():
    run(Instances())


if __name__ == "__main__":
    main()
