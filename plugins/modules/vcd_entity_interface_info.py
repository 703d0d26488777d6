#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcd_entity_interface_info
short_description: Read the interfaces of runtime defined entities
version_added: "0.1.0"
description:
  - Reads the interfaces that are defined in vCloud Director. VMware Cloud Director 10.2 and newer.
author: The vcpp.vcloud authors (@vcpp)
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.entity_identity.info
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcd_entity_interface
"""

EXAMPLES = r"""
- name: Read the interfaces that came with the product
  vcpp.vcloud.vcd_entity_interface_info:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    vendor: vmware
  register: interfaces
"""

RETURN = r"""
vcd_entity_interface:
  description: The interfaces by identifier. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    vendor: {description: Identifier of who defines it., type: str, sample: vmware}
    nss: {description: Identifier among those of its vendor., type: str, sample: k8s}
    version: {description: Its version., type: str, sample: 1.0.0}
    name: {description: Name that people know it by., type: str, sample: Kubernetes}
details:
  description: What the server knows beside, one entry for each of RV(vcd_entity_interface), in the same order.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Identifier of the interface., type: str, sample: urn:vcloud:interface:vmware:k8s:1.0.0}
    read_only: {description: Whether it belongs to the product and cannot change., type: bool, sample: true}
"""

from ..module_utils._entity_definition import EntityDefinitions
from ..module_utils._resource import run
from ..module_utils._vcd import entity_types


class Interfaces(EntityDefinitions):
    """The interfaces of one vCloud Director."""

    noun = "vcd_entity_interface"
    collection, fields = entity_types.INTERFACES, entity_types.INTERFACE_FIELDS

    def more(self, context):
        return {"details": [{"id": wire["id"], "read_only": bool(wire.get("readonly"))} for wire in self.found]}


def main():
    run(Interfaces())


if __name__ == "__main__":
    main()
