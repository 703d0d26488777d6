#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vro_configuration_element_info
short_description: Read configuration elements of vRealize Orchestrator
version_added: "0.1.0"
description:
  - Reads configuration elements with their attributes. Secrets have no value.
  - The categories tell which elements there are, which is complete on all releases, and each element is one request.
author: The vcpp.vcloud authors (@vcpp)
options:
  category:
    description: Read the elements of this category and of those below it only. All of them when omitted.
    type: str
  name:
    description: Read elements of this name only. All of them when omitted.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.vro
  - vcpp.vcloud.vro_permissions.info
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vro_configuration_element
"""

EXAMPLES = r"""
- name: Read what the workflows of tenants are configured with
  vcpp.vcloud.vro_configuration_element_info:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    category: Kiwi Cloud
  register: configured
"""

RETURN = r"""
vro_configuration_element:
  description: The elements by category and name. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Its name., type: str, sample: Avamar}
    category: {description: Path of its category., type: str, sample: Kiwi Cloud/Backup}
    description: {description: "Its description, empty when there is none.", type: str, sample: ""}
    attributes:
      description: Its attributes in the server's order. Secrets are without a value.
      type: list
      elements: dict
      contains:
        name: {description: Name of the attribute., type: str, sample: port}
        type: {description: Type of its value., type: str, sample: number}
        value: {description: "Its value as plain YAML, null when it has none.", type: raw, sample: 8543}
        description: {description: "Its description, empty when there is none.", type: str, sample: ""}
    permissions:
      description: The rules of who may do what with it.
      returned: with O(with_permissions)
      type: list
      elements: dict
      sample: [{principal: 'KIWI\vro-users', rights: [view]}]
details:
  description:
    - What the server knows beside, one entry for each of RV(vro_configuration_element), in the same order.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Identifier of the element., type: str, sample: 0f6c07a9-ef0a-4f6b-9a1e-6b1d4c6e0f1d}
    version: {description: Its version., type: str, sample: 1.0.0}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vro import configurations, elements, folders, permissions
from ..module_utils._vro.client import connect


class ConfigurationElements(Info):
    """The configuration elements of one orchestrator."""

    noun, product = "vro_configuration_element", "vro"
    connect = staticmethod(connect)

    def spec(self):
        return {
            "category": {"type": "str"},
            "name": {"type": "str"},
            "with_permissions": {"type": "bool", "default": False},
        }

    def validate(self, params):
        self.category = params["category"] and folders.read_path("category", "configuration", params["category"])

    def fetch(self, context):
        placed = elements.chosen(
            folders.matching(context.api, ["configuration"], self.category), context.params["name"]
        )
        self.found = configurations.read_each(context.api, placed)
        rules = {}
        if context.params["with_permissions"]:
            rules = permissions.read_each(context.api, configurations.KIND, placed)
        return [
            {
                "name": each.name,
                "category": placed[key],
                "description": each.description,
                "attributes": configurations.shown(each),
                **({"permissions": rules[key]} if key in rules else {}),
            }
            for key, each in self.found.items()
        ]

    def more(self, context):
        versions = ((each.id, str(each.document.get("version") or "")) for each in self.found.values())
        return {"details": [{"id": identifier, "version": version} for identifier, version in versions]}


def main():
    run(ConfigurationElements())


if __name__ == "__main__":
    main()
