#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vro_action
short_description: Manage actions of vRealize Orchestrator
version_added: "0.1.0"
description:
  - Creates, changes, exports and removes actions, whose script may be inline, in a file of its own, or in a file that a
    server has exported.
  - Module and name together are an action's identity. A module that is missing is made, and goes with its last action.
author: The vcpp.vcloud authors (@vcpp)
options:
  module:
    description: Module of the action, such as V(com.example.tenants).
    type: str
    required: true
  name:
    description: Name of the action. Left out, the file of O(path) says it.
    type: str
  path:
    description:
      - File of an action, on the host where the task runs, either a C(.action) as servers export it or the XML in it.
        It says everything but the module, so nothing else of the content may be set.
      - Left out, the other options say what the action is.
    type: path
  script:
    description:
      - The script, which is the body of a function. Line feeds at its end mean nothing. A new action needs one. Left as
        it is when omitted.
    type: str
  script_file:
    description: File with the script, on the host where the task runs. Left out, O(script) is used.
    type: path
  output_type:
    description:
      - Type of what the action returns, such as V(string), V(Array/number) or V(VC:VirtualMachine). Left as it is when
        omitted; V(void) for a new action.
    type: str
  inputs:
    description:
      - All inputs in the order in which a call gives them. Left as they are when omitted; none for a new action.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the input, which is a variable of the script.
        type: str
        required: true
      type:
        description: Type of the input.
        type: str
        required: true
      description:
        description: Description of the input. Left out, it is that of the input of the same name, or empty.
        type: str
  version:
    description: Version of the action. Left as it is when omitted; V(1.0.0) for a new action.
    type: str
  description:
    description: Description of the action. Left as it is when omitted; empty for a new action.
    type: str
  runtime:
    description:
      - What runs the script, such as V(python:3.11), from release 8 on. An empty one is the server's own JavaScript.
        Left as it is when omitted; JavaScript for a new action.
    type: str
  allow_downgrade:
    description: Whether an older O(version) takes the place of a newer one. Otherwise this is an error.
    type: bool
    default: false
  force:
    description: Whether an action that other content uses is removed all the same.
    type: bool
    default: false
  dest:
    description:
      - File to export the action to, on the host where the task runs. One that ends in C(.xml) holds XML in UTF-8 for
        git, one that ends in C(.action) is the server's own file. It is written when it does not hold the action as it
        is.
      - Left out, nothing is exported.
    type: path
extends_documentation_fragment:
  - vcpp.vcloud.vro
  - vcpp.vcloud.vro_permissions
  - vcpp.vcloud.state
  - vcpp.vcloud.attributes
notes:
  - Before release 8 the module builds the file of the action and imports it, because these releases have no other way.
seealso:
  - module: vcpp.vcloud.vro_action_info
  - module: vcpp.vcloud.vro_action_run
  - module: vcpp.vcloud.vro_content
"""

EXAMPLES = r"""
- name: The action is there
  vcpp.vcloud.vro_action:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator@vsphere.local
    vro_password: "{{ vault_vro_password }}"
    module: com.example.tenants
    name: shortName
    description: The name of a tenant without its suffix
    inputs:
      - {name: tenant, type: string, description: Whole name of the tenant}
    output_type: string
    script: |
      return tenant.split("-")[0].toLowerCase();

- name: It is in a file that git can compare
  vcpp.vcloud.vro_action:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator@vsphere.local
    vro_password: "{{ vault_vro_password }}"
    module: com.example.tenants
    name: shortName
    dest: /tmp/shortName.xml

- name: It is gone
  vcpp.vcloud.vro_action:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator@vsphere.local
    vro_password: "{{ vault_vro_password }}"
    module: com.example.tenants
    name: shortName
    state: absent
"""

RETURN = r"""
vro_action:
  description: The action as it is now, or would be in check mode. Empty when it is absent.
  returned: success
  type: dict
  contains:
    module: {description: Its module., type: str, sample: com.example.tenants}
    name: {description: Its name., type: str, sample: shortName}
    version: {description: Its version., type: str, sample: 1.0.0}
    description: {description: Its description., type: str, sample: The name of a tenant without its suffix}
    output_type: {description: Type of what it returns., type: str, sample: string}
    inputs:
      description: Its inputs in order.
      type: list
      elements: dict
      contains:
        name: {description: Name of the input., type: str, sample: tenant}
        type: {description: Its type., type: str, sample: string}
        description: {description: Its description., type: str, sample: Whole name of the tenant}
    script: {description: The script., type: str, sample: 'return tenant.split("-")[0].toLowerCase();'}
    runtime: {description: "What runs it, empty for JavaScript; from release 8 on.", type: str, sample: ""}
    permissions:
      description: Its rules by principal, where O(permissions) is set.
      type: list
      elements: dict
      contains:
        principal: {description: User or group., type: str, sample: VDEV\operators}
        rights: {description: What they may do., type: list, elements: str, sample: [view, execute]}
    dest: {description: "File that holds it, where O(dest) is set.", type: str, sample: /tmp/shortName.xml}
"""

from ..module_utils._resource import Resource, run
from ..module_utils._vro import action_work, actions, elements, permissions
from ..module_utils._vro.client import connect


class Action(Resource):
    """An action, found by module and name."""

    noun, product = "vro_action", "vro"
    fields = actions.FIELDS
    connect = staticmethod(connect)

    def spec(self):
        texts = ("name", "script", "output_type", "version", "description", "runtime")
        return {
            "module": {"type": "str", "required": True},
            **{name: {"type": "str"} for name in texts},
            **{name: {"type": "path"} for name in ("path", "script_file", "dest")},
            **{name: {"type": "bool", "default": False} for name in ("allow_downgrade", "force")},
            "inputs": actions.INPUTS,
            "permissions": permissions.SPEC,
        }

    def rules(self):
        return {"mutually_exclusive": [("script", "script_file")], "required_one_of": [("name", "path")]}

    def validate(self, params):
        self.content = action_work.load(params)
        self.name = self.content.pop("name", params["name"])

    def label(self, context):
        return f"{context.params['module']}/{self.name}"

    def managed(self, context):
        return {name: field for name, field in self.fields.items() if field.available(context.api.version)}

    def find(self, context):
        self.found = action_work.look(context.api, context.params, self.name)
        return self.found

    def read(self, context, wire):
        return wire.values()

    def wanted(self, context):
        return action_work.wanted(context.api, context.params, self.name, self.content, self.found, context.missing)

    def create(self, context, values):
        action_work.create(context.api, values)

    def update(self, context, wire, values):
        action_work.update(context.api, wire, values)

    def delete(self, context, wire):
        elements.remove(context.api, actions.path(wire.document), force=context.params["force"])


def main():
    run(Action())


if __name__ == "__main__":
    main()
