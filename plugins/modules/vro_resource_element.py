#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vro_resource_element
short_description: Manage resource elements of vRealize Orchestrator
version_added: "0.1.0"
description:
  - Creates, changes and removes resource elements, the files that workflows read. Category and name together are an
    element's identity; categories that are missing are made.
  - A content is compared by the SHA-256 of its bytes, for which it is downloaded.
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description: Name of the element. Upper and lower case differ.
    type: str
    required: true
  category:
    description: Path of its category, such as V(Kiwi Cloud/Templates).
    type: str
    required: true
  path:
    description:
      - File with its content, on the host where the task runs. Left out, O(content) is used; with neither of them the
        content is left as it is, and the element has to exist.
    type: path
  content:
    description: Its content as a text, which is stored in UTF-8. Left out, see O(path).
    type: str
  mime_type:
    description:
      - Type of its content, such as V(text/xml). Left as it is when omitted; for a new element, what the server takes
        the name's suffix for. Before release 8 it cannot be set.
    type: str
  description:
    description: Its description. Left as it is when omitted; empty for a new element. Before release 8 it cannot be set.
    type: str
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
  - module: vcpp.vcloud.vro_resource_element_info
  - module: vcpp.vcloud.vro_content
"""

EXAMPLES = r"""
- name: The mail that tenants get is in the orchestrator
  vcpp.vcloud.vro_resource_element:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    category: Kiwi Cloud/Templates
    name: welcome.txt
    content: |
      Welcome to Kiwi Cloud.
      Your organization is ready.

- name: A logo for its pages
  vcpp.vcloud.vro_resource_element:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    category: Kiwi Cloud/Templates
    name: logo.png
    path: files/kiwi-logo.png

- name: The mail is gone
  vcpp.vcloud.vro_resource_element:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    category: Kiwi Cloud/Templates
    name: welcome.txt
    state: absent
"""

RETURN = r"""
vro_resource_element:
  description: The element as it is now, or would be in check mode. Empty when it is absent.
  returned: success
  type: dict
  contains:
    name: {description: Its name., type: str, sample: welcome.txt}
    category: {description: Path of its category., type: str, sample: Kiwi Cloud/Templates}
    description: {description: "Its description, empty when there is none.", type: str, sample: ""}
    mime_type:
      description: Type of its content.
      returned: unless it is a new one whose type was left to the server
      type: str
      sample: text/plain
    sha256:
      description: SHA-256 of its content.
      returned: with O(path) or O(content)
      type: str
      sample: 5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef
    permissions:
      description: The rules of who may do what with it.
      returned: with O(permissions)
      type: list
      elements: dict
      sample: [{principal: 'KIWI\vro-users', rights: [view]}]
"""

from ..module_utils._resource import InputError, Resource, run
from ..module_utils._vro import categories, elements, permissions, resources
from ..module_utils._vro.client import connect


class ResourceElement(Resource):
    """A resource element, found by its category and its name."""

    noun, product = "vro_resource_element", "vro"
    fields = resources.FIELDS
    connect = staticmethod(connect)
    held, found = (), None

    def spec(self):
        return {
            "name": {"type": "str", "required": True},
            "category": {"type": "str", "required": True},
            "path": {"type": "path"},
            "content": {"type": "str"},
            "mime_type": {"type": "str"},
            "description": {"type": "str"},
            "permissions": permissions.SPEC,
            "force": {"type": "bool", "default": False},
        }

    def rules(self):
        return {"mutually_exclusive": [("path", "content")]}

    def validate(self, params):
        elements.check_name("name", params["name"])
        self.category = categories.read_path("category", params["category"])
        permissions.check(params["permissions"])
        self.content = resources.load(params) if params["state"] == "present" else None

    def label(self, context):
        return f"{self.category}/{context.params['name']}"

    def find(self, context):
        self.found = resources.find(context.api, self.category, context.params["name"], self.content is not None)
        return self.found

    def read(self, context, wire):
        if context.params["permissions"] is None:
            return wire.values(self.category)
        self.held = permissions.read(context.api, resources.KIND, wire.id)
        return {**wire.values(self.category), "permissions": self.held}

    def wanted(self, context):
        if self.found is None and self.content is None:
            raise InputError(f"{self.label(context)} does not exist: give path or content to make it")
        values = {**super().wanted(context), "category": self.category}
        if self.content is not None:
            values["sha256"] = resources.digest(self.content)
        if "permissions" in values:
            values["permissions"] = permissions.aligned(values["permissions"], self.held)
        return values

    def advise(self, context, step):
        self.before = self.found and self.found.content
        if step.after:
            resources.refuse_metadata(context.api, step.difference()[1])

    def create(self, context, values):
        place = categories.ensure(context.api, categories.RESOURCE, self.category)
        resources.create(context.api, place, values["name"], self.content)
        made = resources.finish(context.api, self.category, values)
        if values.get("permissions"):
            permissions.apply(context.api, resources.KIND, made, values["permissions"])

    def update(self, context, wire, values):
        present = {**wire.values(self.category), "permissions": self.held}
        differ = {name for name, value in values.items() if value != present.get(name)}
        if "sha256" in differ:
            resources.replace(context.api, wire, self.content)
        if differ & {"description", "mime_type"}:
            resources.describe(context.api, wire, values)
        if "permissions" in differ:
            permissions.apply(context.api, resources.KIND, wire.id, values["permissions"])

    def delete(self, context, wire):
        elements.remove(context.api, resources.path(wire.id), force=context.params["force"])

    def execute(self, context):
        result = super().execute(context)
        resources.reviewable(result, self.before, self.content)
        return result


def main():
    run(ResourceElement())


if __name__ == "__main__":
    main()
