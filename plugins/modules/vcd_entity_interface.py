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

from ..module_utils._resource import Resource, run
from ..module_utils._vcd import entity_types
from ..module_utils._vcd.client import connect
from ..module_utils._vcd.entity_types import INTERFACE_FIELDS, INTERFACES, KEY


class Interface(Resource):
    """An interface, found by vendor, nss and version."""

    noun, product = "vcd_entity_interface", "vcd"
    fields = INTERFACE_FIELDS
    connect = staticmethod(connect)

    def spec(self):
        return {name: {"type": "str", "required": name in KEY} for name in self.fields}

    def validate(self, params):
        entity_types.check(params)

    def label(self, context):
        return entity_types.urn("interface", context.params)

    def find(self, context):
        self.present = entity_types.find(context.api, INTERFACES, context.params)
        return self.present

    def read(self, context, wire):
        return entity_types.read(self.fields, wire)

    def wanted(self, context):
        return {**({} if self.present else {"name": context.params["nss"]}), **super().wanted(context)}

    def advise(self, context, step):
        if step.is_change and self.present:
            entity_types.refuse_read_only(self.present, step.action)

    def more(self, context, step):
        return {"id": self.label(context)}

    def create(self, context, values):
        entity_types.create(context.api, INTERFACES, self.fields, values)

    def update(self, context, wire, values):
        entity_types.update(context.api, INTERFACES, self.fields, wire, values)

    def before_delete(self, context, wire):
        entity_types.refuse_used_interface(context.api, wire["id"])

    def delete(self, context, wire):
        entity_types.remove(context.api, INTERFACES, wire)


def main():
    run(Interface())


if __name__ == "__main__":
    main()
