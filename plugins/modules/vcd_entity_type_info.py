#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcd_entity_type_info
short_description: Read the types of runtime defined entities
version_added: "0.1.0"
description:
  - Reads the types of defined entities with their schemas. VMware Cloud Director 10.2 and newer.
  - Below API version 39.0, a tenant sees only the types that it was given a right for.
author: The vcpp.vcloud authors (@vcpp)
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.entity_identity.info
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcd_entity_type
"""

EXAMPLES = r"""
- name: Read all versions of a type
  vcpp.vcloud.vcd_entity_type_info:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    vendor: tyrell
    nss: nexus
  register: types
"""

RETURN = r"""
vcd_entity_type:
  description: The types by identifier. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    vendor: {description: Identifier of who defines it., type: str, sample: tyrell}
    nss: {description: Identifier among those of its vendor., type: str, sample: nexus}
    version: {description: Its version., type: str, sample: 1.0.0}
    name: {description: Name that people know it by., type: str, sample: Nexus}
    schema: {description: JSON schema of its entities., type: dict, sample: {type: object}}
    interfaces: {description: Identifiers of its interfaces., type: list, elements: str, sample: []}
    description: {description: "Its description, empty when there is none.", type: str, sample: ""}
    external_id: {description: "What it is called elsewhere, empty when nothing is known.", type: str, sample: ""}
details:
  description: What the server knows beside, one entry for each of RV(vcd_entity_type), in the same order.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Identifier of the type., type: str, sample: urn:vcloud:type:tyrell:nexus:1.0.0}
    read_only: {description: Whether it belongs to the product and cannot change., type: bool, sample: false}
    hooks: {description: "Behaviors that are run at events of its entities, by event.", type: dict, sample: {}}
    inherited_version: {description: Version that it was made from; null when there is none., type: str, sample: null}
"""

from ..module_utils._entity_definition import EntityDefinitions
from ..module_utils._resource import run
from ..module_utils._vcd import entity_types


class EntityTypes(EntityDefinitions):
    """The types of one vCloud Director."""

    noun = "vcd_entity_type"
    collection, fields = entity_types.TYPES, entity_types.TYPE_FIELDS

    def more(self, context):
        return {
            "details": [
                {
                    "id": wire["id"],
                    "read_only": bool(wire.get("readonly")),
                    "hooks": wire.get("hooks") or {},
                    "inherited_version": wire.get("inheritedVersion"),
                }
                for wire in self.found
            ]
        }


def main():
    run(EntityTypes())


if __name__ == "__main__":
    main()
