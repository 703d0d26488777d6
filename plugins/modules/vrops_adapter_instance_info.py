#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vrops_adapter_instance_info
short_description: Read the adapter instances of vRealize Operations
version_added: "0.1.0"
description:
  - Reads the adapter instances (accounts, since release 8) of vRealize Operations, with credential, collector and state.
  - What M(vcpp.vcloud.vrops_adapter_instance) can manage is in RV(vrops_adapter_instance), what only the server decides is in
    RV(details).
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description: Name of one instance, exactly as it is written. All when omitted.
    type: str
  adapter_kind:
    description: Key of an adapter kind whose instances to read. Those of all kinds when omitted.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.vrops
  - vcpp.vcloud.attributes.info
notes:
  - Names of credentials, collectors and groups, and the states, take one list each, and one page more for every 1000 instances.
seealso:
  - module: vcpp.vcloud.vrops_adapter_instance
  - module: vcpp.vcloud.vrops_resource_info
"""

EXAMPLES = r"""
- name: The monitored vCenters
  vcpp.vcloud.vrops_adapter_instance_info:
    vrops_url: https://vdev-a03-vrops.vdev.local
    vrops_user: admin
    vrops_password: "{{ vault_vrops_password }}"
    adapter_kind: VMWARE
  register: monitored

- name: Stop where one of them collects nothing
  ansible.builtin.assert:
    that: monitored.details | selectattr('status', 'ne', 'DATA_RECEIVING') | length == 0
    fail_msg: "{{ monitored.details | selectattr('status', 'ne', 'DATA_RECEIVING') | map(attribute='message') | join(', ') }}"
"""

RETURN = r"""
vrops_adapter_instance:
  description: The instances by adapter kind and name. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the instance., type: str, sample: vdev-a03-vc01}
    adapter_kind: {description: Key of its adapter kind., type: str, sample: VMWARE}
    description: {description: "Its description, empty when there is none.", type: str, sample: vCenter of A03}
    identifiers:
      description: Its settings that have a value, without passwords.
      type: dict
      sample: {VCURL: "https://vdev-a03-vc01.vdev.local", AUTODISCOVERY: "true"}
    credential: {description: "Name of its credential. Where it has one.", type: str, sample: vdev-a03-vc01.vdev.local reader}
    collector: {description: "Name of its collector. Where it is in no group.", type: str, sample: vRealize Operations Manager Collector-1}
    collector_group: {description: "Name of its group of collectors. Where it is in one.", type: str, sample: Default collector group}
    monitoring_interval: {description: Minutes between two collections., type: int, sample: 5}
    running: {description: "Whether it collects, null where the server does not know.", type: bool, sample: true}
    maintenance: {description: Whether it is in maintenance., type: bool, sample: false}
details:
  description: What the server knows beside, one entry for each of RV(vrops_adapter_instance), in the same order.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the instance., type: str, sample: vdev-a03-vc01}
    id: {description: Id of the instance and of its resource., type: str, sample: a97bd204-e3e5-404b-a219-e2b20cf158d2}
    unique_identifiers:
      description: Keys of the identifiers that say which instance it is.
      type: list
      elements: str
      sample: [VCURL]
    state: {description: "State of its resource, as the server calls it.", type: str, sample: STARTED}
    status: {description: "Status of its collection, as the server calls it.", type: str, sample: DATA_RECEIVING}
    message: {description: "What the server says about that, empty when nothing.", type: str, sample: ""}
    resource_count: {description: Number of resources that it collects., type: int, sample: 14}
    last_collected: {description: "When it collected last, in milliseconds since 1970, 0 for never.", type: int, sample: 1700000000000}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vrops import instance_rows
from ..module_utils._vrops.client import connect


class AdapterInstances(Info):
    """The adapter instances of one server."""

    noun, product = "vrops_adapter_instance", "vrops"
    connect = staticmethod(connect)

    def spec(self):
        return {"name": {"type": "str"}, "adapter_kind": {"type": "str"}}

    def fetch(self, context):
        self._pairs = instance_rows.matching(context.api, context.params["adapter_kind"], context.params["name"])
        return [values for values, details in self._pairs]

    def more(self, context):
        return {"details": [details for values, details in self._pairs]}


def main():
    run(AdapterInstances())


if __name__ == "__main__":
    main()
