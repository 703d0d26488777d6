#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vro_resource_element_info
short_description: Read resource elements of vRealize Orchestrator
version_added: "0.1.0"
description:
  - Reads resource elements, the files that workflows read. To have the files themselves, use
    M(vcpp.vcloud.vro_content_export).
  - The categories tell which elements there are, which is complete on all releases, and each element is one request.
author: The vcpp.vcloud authors (@vcpp)
options:
  category:
    description: Read the elements of this category and of those below it only. All of them when omitted.
    type: str
  name:
    description: Read elements of this name only. All of them when omitted.
    type: str
  with_content:
    description:
      - Whether the contents are downloaded, for their digests and for those that are short texts. That is one request
        more for each.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vro
  - vcpp.vcloud.vro_permissions.info
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vro_resource_element
  - module: vcpp.vcloud.vro_content_export
"""

EXAMPLES = r"""
- name: Read which templates there are
  vcpp.vcloud.vro_resource_element_info:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    category: Kiwi Cloud/Templates
    with_content: true
  register: templates
"""

RETURN = r"""
vro_resource_element:
  description: The elements by category and name. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Its name., type: str, sample: welcome.txt}
    category: {description: Path of its category., type: str, sample: Kiwi Cloud/Templates}
    description: {description: "Its description, empty when there is none.", type: str, sample: ""}
    mime_type: {description: Type of its content., type: str, sample: text/plain}
    content:
      description: Its content.
      returned: with O(with_content), where it is a text of at most 64 KB
      type: str
      sample: Welcome to Kiwi Cloud.
    permissions:
      description: The rules of who may do what with it.
      returned: with O(with_permissions)
      type: list
      elements: dict
      sample: [{principal: 'KIWI\vro-users', rights: [view]}]
details:
  description: What the server knows beside, one entry for each of RV(vro_resource_element), in the same order.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Identifier of the element., type: str, sample: 0f6c07a9-ef0a-4f6b-9a1e-6b1d4c6e0f1d}
    version: {description: Its version., type: str, sample: 1.0.0}
    size: {description: Bytes of its content., type: int, returned: with O(with_content), sample: 47}
    sha256:
      description: SHA-256 of its content.
      returned: with O(with_content)
      type: str
      sample: 5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef
"""

from ..module_utils._resource import Info, run
from ..module_utils._vro import elements, folders, permissions, resources
from ..module_utils._vro.client import connect


class ResourceElements(Info):
    """The resource elements of one orchestrator."""

    noun, product = "vro_resource_element", "vro"
    connect = staticmethod(connect)

    def spec(self):
        return {
            "category": {"type": "str"},
            "name": {"type": "str"},
            "with_content": {"type": "bool", "default": False},
            "with_permissions": {"type": "bool", "default": False},
        }

    def validate(self, params):
        self.category = params["category"] and folders.read_path("category", "resource", params["category"])

    def fetch(self, context):
        found = folders.matching(context.api, ["resource"], self.category)
        placed = elements.chosen(found, context.params["name"])
        self.found = resources.read_each(context.api, placed, context.params["with_content"])
        rules = {}
        if context.params["with_permissions"]:
            rules = permissions.read_each(context.api, resources.KIND, placed)
        return [
            {
                **each.options(placed[key]),
                **({"permissions": rules[key]} if key in rules else {}),
            }
            for key, each in self.found.items()
        ]

    def more(self, context):
        return {"details": [each.details() for each in self.found.values()]}


def main():
    run(ResourceElements())


if __name__ == "__main__":
    main()
