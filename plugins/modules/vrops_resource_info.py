#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vrops_resource_info
short_description: Read what vRealize Operations monitors
version_added: "0.1.0"
description:
  - Reads the resources of vRealize Operations, all pages. Resources are adapter instances and the objects that they collect,
    such as virtual machines, hosts and containers.
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description:
      - Name of a resource, exactly as it is written. The server finds everything that contains it; what is another name is left out.
      - All when omitted.
    type: str
  id:
    description: Id of one resource. All when omitted.
    type: str
  adapter_kind:
    description: Key of an adapter kind, V(VMWARE) for vCenter. Resources of all kinds when omitted.
    type: str
  resource_kind:
    description: Key of a resource kind, V(VirtualMachine) for example. Resources of all kinds when omitted.
    type: str
  adapter_instance:
    description: Name or id of an adapter instance whose resources to read. Those of all when omitted.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.vrops
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vrops_adapter_instance
  - module: vcpp.vcloud.vrops_adapter_instance_info
"""

EXAMPLES = r"""
- name: The virtual machines that are monitored
  vcpp.vcloud.vrops_resource_info:
    vrops_url: https://vdev-a03-vrops.vdev.local
    vrops_user: admin
    vrops_password: "{{ vault_vrops_password }}"
    adapter_kind: VMWARE
    resource_kind: VirtualMachine
  register: machines

- name: Those that are not well
  ansible.builtin.debug:
    msg: "{{ machines.vrops_resource | rejectattr('health', 'eq', 'GREEN') | map(attribute='name') }}"
"""

RETURN = r"""
vrops_resource:
  description: The resources by adapter kind, resource kind and name. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the resource., type: str, sample: tyrell-web-01}
    id: {description: Id of the resource., type: str, sample: 0f4f2c51-7f0e-5b5e-9c59-0c1c9a0e4e77}
    adapter_kind: {description: Key of its adapter kind., type: str, sample: VMWARE}
    resource_kind: {description: Key of its resource kind., type: str, sample: VirtualMachine}
    identifiers:
      description: Its identifiers that have a value, without passwords.
      type: dict
      sample: {}
    health: {description: "Its health, as the server calls it.", type: str, sample: GREEN}
    states:
      description: How it does, for each adapter instance that monitors it.
      type: list
      elements: dict
      contains:
        adapter_instance_id: {description: Id of the adapter instance., type: str, sample: a97bd204-e3e5-404b-a219-e2b20cf158d2}
        state: {description: "Its state, as the server calls it.", type: str, sample: STARTED}
        status: {description: "Status of its collection, as the server calls it.", type: str, sample: DATA_RECEIVING}
        message: {description: "What the server says about that, empty when nothing.", type: str, sample: ""}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vrops import resources
from ..module_utils._vrops.client import connect


class Resources(Info):
    """The resources of one server."""

    noun, product = "vrops_resource", "vrops"
    connect = staticmethod(connect)

    def spec(self):
        return {name: {"type": "str"} for name in ("name", "id", "adapter_kind", "resource_kind", "adapter_instance")}

    def fetch(self, context):
        return resources.matching(context.api, context.params)


def main():
    run(Resources())


if __name__ == "__main__":
    main()
