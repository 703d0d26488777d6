#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vro_configuration_element
short_description: Manage configuration elements of vRealize Orchestrator
version_added: "0.1.0"
description:
  - Creates, changes and removes configuration elements with their attributes. Category and name together are an
    element's identity; categories that are missing are made.
  - Only attributes that are named are changed, though the server replaces an element as a whole - so the task reads it,
    merges, and writes all of it.
  - Secrets are compared with nothing and shown nowhere. The server does not give them back, so whatever changes an
    element needs the values of all its secrets; a change that would lose one is refused.
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description: Name of the element. Upper and lower case differ.
    type: str
    required: true
  category:
    description: Path of its category, such as V(Kiwi Cloud/Tenants).
    type: str
    required: true
  description:
    description: Its description. Left as it is when omitted; empty for a new element.
    type: str
  attributes:
    description:
      - Attributes that it has. Those that are not named stay as they are, unless O(purge_attributes). Left as they are
        when omitted; a new element has none then.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the attribute.
        type: str
        required: true
      type:
        description:
          - Type of its value, as the product writes it - V(string), V(number), V(boolean), V(Date), V(SecureString),
            V(EncryptedString), V(MimeAttachment), V(Regexp), V(Properties), V(Any), a type of a plug-in such as
            V(REST:RESTHost), V(Array/) before any of them, or V(CompositeType(user:string,port:number\):Login).
          - With another type than it has and no O(attributes[].value), the present value is converted, or the task
            refuses. Left as it is when omitted; a new attribute needs one.
        type: str
      value:
        description:
          - Its value as plain YAML - a list for an array, a mapping for V(Properties) and composite types, a moment such
            as V(2026-09-11T10:00:00Z) for V(Date), C(name), C(mime_type) and C(content) in Base64 for
            V(MimeAttachment), and for an object of a plug-in its id.
          - An empty value clears it. Left as it is when omitted; a new attribute has none then.
        type: raw
      description:
        description: Its description. Left as it is when omitted; empty for a new attribute.
        type: str
  purge_attributes:
    description: Whether attributes that O(attributes) does not name are removed.
    type: bool
    default: false
  update_secrets:
    description:
      - V(on_create) writes the value of a secret where the attribute is new or becomes one, and with whatever else is
        changed. V(always) writes it in every run, which is a change each time.
    type: str
    choices: [always, on_create]
    default: on_create
  force:
    description: With O(state=absent), whether an element that is in use is removed too.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vro
  - vcpp.vcloud.vro_permissions
  - vcpp.vcloud.state
  - vcpp.vcloud.attributes
seealso:
  - module: vcpp.vcloud.vro_configuration_element_info
  - module: vcpp.vcloud.vro_content
"""

EXAMPLES = r"""
- name: Where the workflows of tenants find the backup
  vcpp.vcloud.vro_configuration_element:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    category: Kiwi Cloud/Backup
    name: Avamar
    description: Read by the workflows in Kiwi Cloud/Backup
    attributes:
      - {name: url, type: string, value: "https://avamar.example.com"}
      - {name: port, type: number, value: 8543}
      - {name: user, type: string, value: MCUser}
      - {name: password, type: SecureString, value: "{{ vault_avamar_password }}"}
      - {name: tenants, type: Array/string, value: [Tyrell, Wallace]}
      - {name: retention, type: Properties, value: {daily: 14, weekly: 8}}

- name: One more tenant, and all else as it is
  vcpp.vcloud.vro_configuration_element:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    category: Kiwi Cloud/Backup
    name: Avamar
    attributes:
      - {name: tenants, value: [Tyrell, Wallace, Nexus]}
      - {name: password, value: "{{ vault_avamar_password }}"}

- name: The port is a text from now on
  vcpp.vcloud.vro_configuration_element:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    category: Kiwi Cloud/Backup
    name: Avamar
    attributes:
      - {name: port, type: string}
      - {name: password, value: "{{ vault_avamar_password }}"}

- name: The element is gone
  vcpp.vcloud.vro_configuration_element:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    category: Kiwi Cloud/Backup
    name: Avamar
    state: absent
"""

RETURN = r"""
vro_configuration_element:
  description: The element as it is now, or would be in check mode. Empty when it is absent.
  returned: success
  type: dict
  contains:
    name: {description: Its name., type: str, sample: Avamar}
    category: {description: Path of its category., type: str, sample: Kiwi Cloud/Backup}
    description: {description: "Its description, empty when there is none.", type: str, sample: ""}
    attributes:
      description: All attributes in the server's order, in the form of O(attributes). Secrets are without a value.
      type: list
      elements: dict
      sample: [{name: port, type: number, value: 8543, description: ""}, {name: password, type: SecureString, description: ""}]
    secrets:
      description: Names of the secrets whose value this task had to write.
      type: list
      elements: str
      sample: [password]
    permissions:
      description: The rules of who may do what with it.
      returned: with O(permissions)
      type: list
      elements: dict
      sample: [{principal: 'KIWI\vro-users', rights: [view]}]
"""

from ..module_utils._resource import Resource, run
from ..module_utils._vro import attributes, categories, configurations, elements, permissions
from ..module_utils._vro.client import connect


class ConfigurationElement(Resource):
    """A configuration element, found by its category and its name."""

    noun, product = "vro_configuration_element", "vro"
    fields = configurations.FIELDS
    connect = staticmethod(connect)
    held, written, found, merge = (), (), None, None

    def spec(self):
        return {
            "name": {"type": "str", "required": True},
            "category": {"type": "str", "required": True},
            "description": {"type": "str"},
            "attributes": configurations.ATTRIBUTES,
            "purge_attributes": {"type": "bool", "default": False},
            "update_secrets": {"type": "str", "choices": ["always", "on_create"], "default": "on_create"},
            "permissions": permissions.SPEC,
            "force": {"type": "bool", "default": False},
        }

    def secrets(self, params):
        return configurations.secrets_in(params["attributes"])

    def validate(self, params):
        elements.check_name("name", params["name"])
        self.category = categories.read_path("category", params["category"])
        attributes.check(params["attributes"])
        permissions.check(params["permissions"])

    def label(self, context):
        return f"{self.category}/{context.params['name']}"

    def find(self, context):
        self.found = configurations.find(context.api, self.category, context.params["name"])
        return self.found

    def read(self, context, wire):
        told = {"name": wire.name, "category": self.category, "description": wire.description}
        told.update(attributes=configurations.shown(wire), secrets=list(self.written))
        if context.params["permissions"] is not None:
            self.held = told["permissions"] = permissions.read(context.api, configurations.KIND, wire.id)
        return told

    def wanted(self, context):
        present = self.found.attributes if self.found else ()
        params = context.params
        asked = configurations.told(present, params["attributes"] or [], context.missing, context.hide)
        self.merge = attributes.merged(
            present, asked, purge=params["purge_attributes"], secrets=params["update_secrets"]
        )
        context.hide(configurations.hide(context.api, self.merge))
        values = {**super().wanted(context), "category": self.category, "attributes": self.merge.shown()}
        if "permissions" in values:
            values["permissions"] = permissions.aligned(values["permissions"], self.held)
        return {**values, "secrets": list(self.written or self.merge.written)}

    def advise(self, context, step):
        if self.found and step.after and set(step.changed) - {"permissions"}:
            configurations.refuse_lost(self.label(context), self.merge)

    def create(self, context, values):
        place = categories.ensure(context.api, categories.CONFIGURATION, self.category)
        made = configurations.create(context.api, place, values["name"], values["description"], self.merge)
        self._finish(context, made, values)

    def update(self, context, wire, values):
        description = values.get("description", wire.description)
        if (description, self.merge.shown()) != (wire.description, configurations.shown(wire)) or self.merge.written:
            configurations.replace(context.api, wire, description, self.merge)
        self._finish(context, wire.id, values)

    def _finish(self, context, identifier, values):
        self.written = self.merge.written
        if values.get("permissions", self.held) != self.held:
            permissions.apply(context.api, configurations.KIND, identifier, values["permissions"])

    def delete(self, context, wire):
        elements.remove(context.api, configurations.path(wire.id), force=context.params["force"])


def main():
    run(ConfigurationElement())


if __name__ == "__main__":
    main()
