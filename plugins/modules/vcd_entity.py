#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcd_entity
short_description: Manage runtime defined entities
version_added: "0.1.0"
description:
  - Creates, changes and removes defined entities, which are JSON documents of a type (M(vcpp.vcloud.vcd_entity_type)) that
    belong to an organization. VMware Cloud Director 10.2 and newer.
  - An entity is resolved after it was made or changed, which holds its content against the schema of its type. Content that
    does not fit is a failure with the server's words. An entity that was left unresolved is resolved by the next run.
  - A change is made on what is there at that moment. If somebody else is quicker, it is read again and changed then.
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description:
      - Name of the entity. Upper and lower case differ. Names are not unique to the product, but they are taken to be so
        here, within a type and an organization. If there are several of a name, the task fails and tells their ids.
      - With O(id), the name that the entity shall have; left as it is when omitted then.
    type: str
  id:
    description: Identifier of an entity that exists. Left out, the entity is found by its O(name).
    type: str
  version:
    description:
      - Version of the entity's type, such as V(1.0.0). From API version 37.0 on, an entity of another version of its type is
        found as well and is moved to this version.
    type: str
    required: true
  org:
    description:
      - Organization that the entity belongs to. A System administrator makes it for this organization.
      - Left out, it is that of O(vcd_tenant), else that of the user.
    type: str
  content:
    description:
      - The entity's own JSON document, compared as a JSON value. A new entity needs one. Left as it is when omitted.
      - What the type's schema keeps secret is not told by the server, so it is not compared; a difference in it alone is no
        change.
    type: dict
  merge:
    description:
      - Whether O(content) is a part of the document, which is merged into what is there. Objects are merged member by member,
        null removes a member, and all else, lists too, is replaced.
      - With V(false), O(content) is the whole document.
    type: bool
    default: false
  external_id:
    description: What the entity is called elsewhere. Left as it is when omitted; empty for a new entity.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.entity_identity.type
  - vcpp.vcloud.state
  - vcpp.vcloud.wait
  - vcpp.vcloud.attributes
notes:
  - The content stands in results and differences. Use C(no_log) in tasks whose content holds secrets.
seealso:
  - module: vcpp.vcloud.vcd_entity_info
  - module: vcpp.vcloud.vcd_entity_type
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
    schema:
      type: object
      properties:
        model: {type: string}
        lifespan_years: {type: integer, minimum: 1}
      required: [model]

- name: The entity exists and belongs to Tyrell
  vcpp.vcloud.vcd_entity:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    vendor: tyrell
    nss: nexus
    version: 1.0.0
    org: Tyrell
    name: Roy
    content:
      model: Nexus-6
      lifespan_years: 4

- name: One member of it is another, the rest stays as it is
  vcpp.vcloud.vcd_entity:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    vendor: tyrell
    nss: nexus
    version: 1.0.0
    org: Tyrell
    name: Roy
    content:
      lifespan_years: 5
    merge: true

- name: It is gone
  vcpp.vcloud.vcd_entity:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    vendor: tyrell
    nss: nexus
    version: 1.0.0
    org: Tyrell
    name: Roy
    state: absent
"""

RETURN = r"""
vcd_entity:
  description: The entity as it is now, or would be in check mode. Empty when it is absent.
  returned: success
  type: dict
  contains:
    name: {description: Name of the entity., type: str, sample: Roy}
    vendor: {description: Vendor of its type., type: str, sample: tyrell}
    nss: {description: Identifier of its type., type: str, sample: nexus}
    version: {description: Version of its type., type: str, sample: 1.0.0}
    org: {description: Organization that it belongs to., type: str, sample: Tyrell}
    content: {description: Its JSON document., type: dict, sample: {model: Nexus-6, lifespan_years: 4}}
    external_id: {description: "What it is called elsewhere, empty when nothing is known.", type: str, sample: ""}
    resolved: {description: Whether its content fits its type., type: bool, sample: true}
details:
  description: What only the server decides of an entity that is there, in check mode as it was found. Empty when there is none.
  returned: success
  type: dict
  contains:
    id: {description: Identifier of the entity., type: str, sample: "urn:vcloud:entity:tyrell:nexus:56bacbaa-8ddc-4bef-b7a5-e8f6758aff25"}
    state: {description: "State: PRE_CREATED, RESOLVED, RESOLUTION_ERROR or IN_DELETION.", type: str, sample: RESOLVED}
    owner: {description: Name of the user who owns it., type: str, sample: administrator}
"""

from ..module_utils._plan import CREATE
from ..module_utils._resource import Resource, run
from ..module_utils._vcd import entities
from ..module_utils._vcd.client import connect


class Entity(Resource):
    """An entity, found by its name or its id among those of its type in an organization."""

    noun, product = "vcd_entity", "vcd"
    waits = 300
    fields = entities.FIELDS
    connect = staticmethod(connect)

    def spec(self):
        texts = ("name", "id", "vendor", "nss", "version", "org", "external_id")
        spec = {name: {"type": "str", "required": name in ("vendor", "nss", "version")} for name in texts}
        return {**spec, "content": {"type": "dict"}, "merge": {"type": "bool", "default": False}}

    def rules(self):
        return {"required_one_of": [("name", "id")]}

    def validate(self, params):
        entities.check(params)

    def label(self, context):
        return context.params["name"] or self.found["name"]

    def find(self, context):
        self.api, self.org = entities.at_home(context.api, context.params)
        self.found = entities.find(self.api, self.org, context.params)
        return self.found

    def read(self, context, wire):
        return entities.read(wire)

    def wanted(self, context):
        return entities.wanted(context.params, self.org, self.found)

    def advise(self, context, step):
        # Another task of the same check run may be going to define it.
        if step.action == CREATE and context.check_mode and not entities.type_there(self.api, step.after):
            context.warn(entities.missing_type(step.after))

    def create(self, context, values):
        entities.create(self.api, values, **context.wait)

    def update(self, context, wire, values):
        entities.update(self.api, wire, context.params, **context.wait)

    def delete(self, context, wire):
        entities.remove(self.api, wire, **context.wait)

    def execute(self, context):
        return {**super().execute(context), "details": entities.tell(self.found)}


def main():
    run(Entity())


if __name__ == "__main__":
    main()
