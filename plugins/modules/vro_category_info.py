#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vro_category_info
short_description: Read the categories of vRealize Orchestrator
version_added: "0.1.0"
description:
  - Reads the folders of workflows, configuration elements and resource elements, and the modules of actions, with what
    is in them. This enumeration is complete on all releases, which lists of elements are not.
author: The vcpp.vcloud authors (@vcpp)
options:
  type:
    description: Read the categories of this type only. All four types when omitted.
    type: str
    choices: [workflow, action, configuration, resource]
  path:
    description: Read this category and those below it only. All of them when omitted.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.vro
  - vcpp.vcloud.vro_permissions.info
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vro_category
"""

EXAMPLES = r"""
- name: Read the folders of the library's workflows
  vcpp.vcloud.vro_category_info:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    type: workflow
    path: Library
  register: library
"""

RETURN = r"""
vro_category:
  description: The categories by type and path. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    type: {description: What it holds., type: str, sample: workflow}
    path: {description: "Its path, or the name of a module.", type: str, sample: Library/HTTP-REST}
    description: {description: "Its description, empty when there is none.", type: str, sample: ""}
    permissions:
      description: The rules of who may do what with it.
      returned: with O(with_permissions)
      type: list
      elements: dict
      sample: [{principal: 'KIWI\vro-users', rights: [view, execute]}]
details:
  description: What the server knows beside, one entry for each of RV(vro_category), in the same order.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Identifier of the category., type: str, sample: 8a8080814a1cb55c014a6481a9927a78}
    elements:
      description: What is directly in it, by name.
      type: list
      elements: dict
      contains:
        id: {description: Identifier of the element., type: str, sample: 8F8080808080808080808080808080808080808001299080088268176866967b3}
        name: {description: Its name., type: str, sample: Add a REST host}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vro import elements, folders, permissions
from ..module_utils._vro.client import connect


class Categories(Info):
    """The categories of one orchestrator."""

    noun, product = "vro_category", "vro"
    connect = staticmethod(connect)

    def spec(self):
        return {
            "type": {"type": "str", "choices": list(folders.TYPES)},
            "path": {"type": "str"},
            "with_permissions": {"type": "bool", "default": False},
        }

    def validate(self, params):
        self.path = params["path"] and folders.read_path("path", params["type"], params["path"])

    def fetch(self, context):
        kinds = [context.params["type"]] if context.params["type"] else list(folders.TYPES)
        self.found = folders.matching(context.api, kinds, self.path)
        rules = {}
        if context.params["with_permissions"]:
            rules = permissions.read_each(context.api, "categories", [each.id for each in self.found])
        return [
            {**folders.values(each), **({"permissions": rules[each.id]} if each.id in rules else {})}
            for each in self.found
        ]

    def more(self, context):
        return {"details": [{"id": each.id, "elements": elements.shown(each)} for each in self.found]}


def main():
    run(Categories())


if __name__ == "__main__":
    main()
