#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcd_entity_type
short_description: Manage types of runtime defined entities
version_added: "0.1.0"
description:
  - Creates, changes and removes types of defined entities, whose JSON schema every entity of the type has to fit.
    VMware Cloud Director 10.2 and newer.
  - Vendor, nss and version together are the type's identity. What a type needs beside this is left as it is where it
    exists, such as its hooks, its own behaviors and the access to it.
  - Once there are entities of a type, its schema and its interfaces are fixed. Define a change as another version.
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description:
      - Name that people know the type by. Left as it is when omitted; that of O(nss) for a new type.
    type: str
  schema:
    description:
      - JSON schema of draft 4, 6 or 7 that the content of an entity has to fit, compared as a JSON value. A new type
        needs one. Left as it is when omitted.
    type: dict
  interfaces:
    description:
      - Identifiers of all interfaces that the type has, such as V(urn:vcloud:interface:vmware:k8s:1.0.0). Their order
        means nothing, and an empty list takes all away. Left as they are when omitted; none for a new type.
    type: list
    elements: str
  description:
    description: Description of the type. Left as it is when omitted; empty for a new type.
    type: str
  external_id:
    description: What the type is called elsewhere. Left as it is when omitted; empty for a new type.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.entity_identity
  - vcpp.vcloud.state
  - vcpp.vcloud.attributes
notes:
  - With a new type come its rights and a rights bundle C(<vendor>:<nss> Entitlement). Below API version 39.0, a tenant
    sees the type once this bundle is published to its organization.
seealso:
  - module: vcpp.vcloud.vcd_entity_type_info
  - module: vcpp.vcloud.vcd_entity
  - module: vcpp.vcloud.vcd_entity_interface
"""

EXAMPLES = r"""
- name: The type exists
  vcpp.vcloud.vcd_entity_type:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    vendor: tyrell
    nss: nexus
    version: 1.0.0
    name: Nexus
    schema:
      type: object
      properties:
        model: {type: string}
        lifespan_years: {type: integer, minimum: 1}
      required: [model]

- name: It is gone
  vcpp.vcloud.vcd_entity_type:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    vendor: tyrell
    nss: nexus
    version: 1.0.0
    state: absent
"""

RETURN = r"""
vcd_entity_type:
  description: The type as it is now, or would be in check mode. Empty when it is absent.
  returned: success
  type: dict
  contains:
    vendor: {description: Identifier of who defines it., type: str, sample: tyrell}
    nss: {description: Identifier among those of its vendor., type: str, sample: nexus}
    version: {description: Its version., type: str, sample: 1.0.0}
    name: {description: Name that people know it by., type: str, sample: Nexus}
    schema: {description: JSON schema of its entities., type: dict, sample: {type: object}}
    interfaces: {description: Identifiers of its interfaces., type: list, elements: str, sample: []}
    description: {description: "Its description, empty when there is none.", type: str, sample: ""}
    external_id: {description: "What it is called elsewhere, empty when nothing is known.", type: str, sample: ""}
id:
  description: Identifier of the type.
  returned: success
  type: str
  sample: urn:vcloud:type:tyrell:nexus:1.0.0
"""

from ..module_utils._entity_definition import EntityDefinition
from ..module_utils._resource import InputError, run
from ..module_utils._vcd import entity_types


class EntityType(EntityDefinition):
    """A type."""

    noun, kind = "vcd_entity_type", "type"
    collection, fields = entity_types.TYPES, entity_types.TYPE_FIELDS

    def spec(self):
        return {**super().spec(), "schema": {"type": "dict"}, "interfaces": {"type": "list", "elements": "str"}}

    def wanted(self, context):
        if not self.present and context.params["schema"] is None:
            raise InputError(f"schema is not set, and {self.label(context)} does not exist: a new type needs one")
        return super().wanted(context)

    def advise(self, context, step):
        super().advise(context, step)
        if step.is_change and self.present:
            entity_types.refuse_in_use(context.api, self.present, step.changed if step.after else ())

    def before_delete(self, context, wire):
        entity_types.refuse_used_type(context.api, wire)


def main():
    run(EntityType())


if __name__ == "__main__":
    main()
