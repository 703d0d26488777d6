#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcd_entity_interface
short_description: Manage interfaces of runtime defined entities
version_added: "0.1.0"
description:
  - Creates, renames and removes interfaces, which say what several types of defined entities have in common.
    VMware Cloud Director 10.2 and newer.
  - Vendor, nss and version together are the interface's identity. Its behaviors are not managed here, and left as they
    are.
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description:
      - Name that people know the interface by. It can change while nothing uses the interface.
      - Left as it is when omitted; that of O(nss) for a new interface.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.entity_identity
  - vcpp.vcloud.state
  - vcpp.vcloud.attributes
seealso:
  - module: vcpp.vcloud.vcd_entity_interface_info
  - module: vcpp.vcloud.vcd_entity_type
"""

EXAMPLES = r"""
- name: The interface exists
  vcpp.vcloud.vcd_entity_interface:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    vendor: tyrell
    nss: replicant
    version: 1.0.0
    name: Replicant

- name: It is gone
  vcpp.vcloud.vcd_entity_interface:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    vendor: tyrell
    nss: replicant
    version: 1.0.0
    state: absent
"""

RETURN = r"""
vcd_entity_interface:
  description: The interface as it is now, or would be in check mode. Empty when it is absent.
  returned: success
  type: dict
  contains:
    vendor: {description: Identifier of who defines it., type: str, sample: tyrell}
    nss: {description: Identifier among those of its vendor., type: str, sample: replicant}
    version: {description: Its version., type: str, sample: 1.0.0}
    name: {description: Name that people know it by., type: str, sample: Replicant}
id:
  description: Identifier of the interface, for O(vcpp.vcloud.vcd_entity_type#module:interfaces).
  returned: success
  type: str
  sample: urn:vcloud:interface:tyrell:replicant:1.0.0
"""

from ..module_utils._entity_definition import EntityDefinition
from ..module_utils._resource import run
from ..module_utils._vcd import entity_types


class Interface(EntityDefinition):
    """An interface."""

    noun, kind = "vcd_entity_interface", "interface"
    collection, fields = entity_types.INTERFACES, entity_types.INTERFACE_FIELDS

    def before_delete(self, context, wire):
        entity_types.refuse_used_interface(context.api, wire["id"])


def main():
    run(Interface())


if __name__ == "__main__":
    main()
