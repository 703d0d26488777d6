#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vro_category
short_description: Manage the categories of vRealize Orchestrator
version_added: "0.1.0"
description:
  - Creates, describes, renames, moves and removes the folders of workflows, configuration elements and resource
    elements, and the modules of actions. Type and path together are a category's identity.
  - Parents that are missing are made.
author: The vcpp.vcloud authors (@vcpp)
options:
  type:
    description: What the category holds. Each type has a tree of its own.
    type: str
    choices: [workflow, action, configuration, resource]
    required: true
  path:
    description:
      - Names of the folders with a slash between them, such as V(Library/HTTP-REST/Configuration). Of a module, its name
        with dots, such as V(com.example.tenants). Upper and lower case differ.
    type: str
    required: true
  moved_from:
    description:
      - Path that the category had. Where it is still there, the category is moved and renamed with all that is in it. Not
        looked at when omitted. A category cannot be moved to the top.
    type: str
  description:
    description: Its description. Left as it is when omitted; empty for a new category.
    type: str
  force:
    description: With O(state=absent), whether it is removed with all that is in it. A filled one is refused otherwise.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vro
  - vcpp.vcloud.vro_permissions
  - vcpp.vcloud.state
  - vcpp.vcloud.attributes
seealso:
  - module: vcpp.vcloud.vro_category_info
  - module: vcpp.vcloud.vro_content
"""

EXAMPLES = r"""
- name: A folder for the workflows of tenants
  vcpp.vcloud.vro_category:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    type: workflow
    path: Kiwi Cloud/Tenants
    description: What tenants may run

- name: It has another name now, and another place
  vcpp.vcloud.vro_category:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    type: workflow
    path: Kiwi Cloud/Self service/Organizations
    moved_from: Kiwi Cloud/Tenants

- name: A module for actions
  vcpp.vcloud.vro_category:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    type: action
    path: com.kiwi.tenants

- name: The folder is gone, and all that was in it
  vcpp.vcloud.vro_category:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    type: workflow
    path: Kiwi Cloud
    force: true
    state: absent
"""

RETURN = r"""
vro_category:
  description: The category as it is now, or would be in check mode. Empty when it is absent.
  returned: success
  type: dict
  contains:
    type: {description: What it holds., type: str, sample: workflow}
    path: {description: "Its path, or the name of a module.", type: str, sample: Kiwi Cloud/Tenants}
    description: {description: "Its description, empty when there is none.", type: str, sample: What tenants may run}
    permissions:
      description: The rules of who may do what with it.
      returned: with O(permissions)
      type: list
      elements: dict
      sample: [{principal: 'KIWI\vro-users', rights: [view, execute]}]
"""

from ..module_utils._resource import InputError, Resource, run
from ..module_utils._vro import folders, permissions
from ..module_utils._vro.client import connect


class CategoryOfType(Resource):
    """A category, found by its type and its path or the path that it had."""

    noun, product = "vro_category", "vro"
    fields = folders.FIELDS
    connect = staticmethod(connect)
    held = ()

    def spec(self):
        return {
            "type": {"type": "str", "choices": list(folders.TYPES), "required": True},
            "path": {"type": "str", "required": True},
            "moved_from": {"type": "str"},
            "description": {"type": "str"},
            "permissions": permissions.SPEC,
            "force": {"type": "bool", "default": False},
        }

    def validate(self, params):
        self.paths = folders.check(params)
        permissions.check(params["permissions"])
        if params["moved_from"] is not None and params["state"] == "absent":
            raise InputError("moved_from is set, but state is absent: name the category to remove as path")

    def label(self, context):
        return f"{context.params['type']} {self.paths['path']}"

    def find(self, context):
        return folders.locate(context.api, context.params["type"], self.paths)

    def read(self, context, wire):
        if context.params["permissions"] is None or context.params["state"] == "absent":
            return folders.values(wire)
        self.held = permissions.read(context.api, "categories", wire.id)
        return {**folders.values(wire), "permissions": self.held}

    def wanted(self, context):
        values = {**super().wanted(context), "path": self.paths["path"]}
        if "permissions" in values:
            values["permissions"] = permissions.aligned(values["permissions"], self.held)
        return values

    def before_delete(self, context, wire):
        if not context.params["force"]:
            folders.refuse_filled(wire)

    def create(self, context, values):
        made = folders.make(context.api, values["type"], values["path"], values["description"])
        if values.get("permissions"):
            permissions.apply(context.api, "categories", made, values["permissions"])

    def update(self, context, wire, values):
        description = values.get("description", wire.description)
        if (values["path"], description) != (wire.path, wire.description):
            folders.change(context.api, wire, values["path"], description)
        if "permissions" in values:
            permissions.apply(context.api, "categories", wire.id, values["permissions"])

    def delete(self, context, wire):
        folders.remove(context.api, wire, context.params["force"])


def main():
    run(CategoryOfType())


if __name__ == "__main__":
    main()
