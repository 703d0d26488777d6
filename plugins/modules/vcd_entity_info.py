#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcd_entity_info
short_description: Read runtime defined entities
version_added: "0.1.0"
description:
  - Reads the defined entities of a type in an organization, with their content. VMware Cloud Director 10.2 and newer.
author: The vcpp.vcloud authors (@vcpp)
options:
  version:
    description:
      - Version of their type, such as V(1.0.0). Left out, entities of all its versions are read, which takes API version
        37.0.
    type: str
  name:
    description: Name of the entities to read. Upper and lower case differ. Left out, entities of any name are read.
    type: str
  id:
    description: Identifier of the entity to read. Left out, they are not chosen by it.
    type: str
  org:
    description:
      - Organization whose entities are read. Left out, it is that of O(vcd_tenant), else that of the user.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.entity_identity.type
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcd_entity
"""

EXAMPLES = r"""
- name: Read Tyrell's Kubernetes clusters of the product itself
  vcpp.vcloud.vcd_entity_info:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    vendor: vmware
    nss: tkgcluster
    version: 1.0.0
    org: Tyrell
  register: clusters
"""

RETURN = r"""
vcd_entity:
  description: The entities by name. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the entity., type: str, sample: Roy}
    vendor: {description: Vendor of its type., type: str, sample: tyrell}
    nss: {description: Identifier of its type., type: str, sample: nexus}
    version: {description: Version of its type., type: str, sample: 1.0.0}
    org: {description: Organization that it belongs to., type: str, sample: Tyrell}
    content: {description: Its JSON document., type: dict, sample: {model: Nexus-6, lifespan_years: 4}}
    external_id: {description: "What it is called elsewhere, empty when nothing is known.", type: str, sample: ""}
details:
  description: What only the server decides, one entry for each of RV(vcd_entity), in the same order.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Identifier of the entity., type: str, sample: "urn:vcloud:entity:tyrell:nexus:56bacbaa-8ddc-4bef-b7a5-e8f6758aff25"}
    state: {description: "State: PRE_CREATED, RESOLVED, RESOLUTION_ERROR or IN_DELETION.", type: str, sample: RESOLVED}
    owner: {description: Name of the user who owns it., type: str, sample: administrator}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vcd import entities
from ..module_utils._vcd.client import connect


class Entities(Info):
    """The entities of a type in an organization."""

    noun, product = "vcd_entity", "vcd"
    connect = staticmethod(connect)

    def spec(self):
        texts = ("vendor", "nss", "version", "name", "id", "org")
        return {name: {"type": "str", "required": name in ("vendor", "nss")} for name in texts}

    def validate(self, params):
        entities.check(params)

    def fetch(self, context):
        asked = {name: context.params[name] for name in ("vendor", "nss", "version", "name")}
        api, org = entities.at_home(context.api, context.params)
        self._found = entities.matching(api, org, identity=context.params["id"], **asked)
        rows = [entities.read(wire) for wire in self._found]
        return [{name: value for name, value in row.items() if name != "resolved"} for row in rows]

    def more(self, context):
        return {"details": [entities.tell(wire) for wire in self._found]}


def main():
    run(Entities())


if __name__ == "__main__":
    main()
