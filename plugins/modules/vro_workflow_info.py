#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vro_workflow_info
short_description: Read the workflows of vRealize Orchestrator
version_added: "0.1.0"
description:
  - Reads which workflows there are and in which categories, and what they take and give.
author: The vcpp.vcloud authors (@vcpp)
options:
  id:
    description: Id of the workflow to read. Left out, workflows are chosen by the other options.
    type: str
  name:
    description: Name of the workflows to read. Upper and lower case differ. Left out, workflows of all names are read.
    type: str
  category:
    description:
      - Path of the category whose workflows are read, with those of the categories below it. Left out, those of all
        categories are read.
    type: str
  with_parameters:
    description: Whether inputs and outputs are read too, with one request more for each.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vro
  - vcpp.vcloud.vro_permissions.info
  - vcpp.vcloud.attributes.info
notes:
  - Each category that is read costs a request, because that is the only complete list on all releases. The workflow of
    an O(id) costs two.
seealso:
  - module: vcpp.vcloud.vro_workflow
  - module: vcpp.vcloud.vro_execution_info
"""

EXAMPLES = r"""
- name: Read what the workflow that adds REST hosts takes
  vcpp.vcloud.vro_workflow_info:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator@vsphere.local
    vro_password: "{{ vault_vro_password }}"
    name: Add a REST host
    category: Library/HTTP-REST
    with_parameters: true
  register: found

- name: Show it
  ansible.builtin.debug:
    var: found.details[0].inputs
"""

RETURN = r"""
vro_workflow:
  description: The workflows by category, name and id. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Id of the workflow., type: str, sample: 7f0a1a2e-5b0c-4a51-9d4e-9d2d7c2c1a01}
    category: {description: Path of its category., type: str, sample: Library/HTTP-REST/Configuration}
    permissions:
      description: Its rules by principal, where O(with_permissions) is set.
      type: list
      elements: dict
      contains:
        principal: {description: User or group., type: str, sample: VDEV\operators}
        rights: {description: What they may do., type: list, elements: str, sample: [view, execute]}
details:
  description: What the server knows beside, one entry for each of RV(vro_workflow), in the same order.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the workflow., type: str, sample: Add a REST host}
    version: {description: "Its version, where the server tells it.", type: str, sample: 1.2.0}
    description: {description: Its description., type: str, sample: Adds a REST host}
    inputs:
      description: What it takes, where O(with_parameters) is set.
      type: list
      elements: dict
      contains:
        name: {description: Name of the input., type: str, sample: url}
        type: {description: Its type., type: str, sample: string}
        description: {description: Its description., type: str, sample: Address of the host}
    outputs:
      description: What it gives, where O(with_parameters) is set.
      type: list
      elements: dict
      contains:
        name: {description: Name of the output., type: str, sample: restHost}
        type: {description: Its type., type: str, sample: "REST:RESTHost"}
        description: {description: Its description., type: str, sample: The host}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vro import workflow_lists
from ..module_utils._vro.client import connect


class Workflows(Info):
    """Workflows with their categories."""

    noun, product = "vro_workflow", "vro"
    connect = staticmethod(connect)

    def spec(self):
        switches = {name: {"type": "bool", "default": False} for name in ("with_parameters", "with_permissions")}
        return {**{name: {"type": "str"} for name in ("id", "name", "category")}, **switches}

    def rules(self):
        return {"mutually_exclusive": [("id", "name"), ("id", "category")]}

    def validate(self, params):
        workflow_lists.check(params)

    def fetch(self, context):
        self.found = workflow_lists.chosen(context.api, context.params)
        return [options for options, _details in self.found]

    def more(self, context):
        return {"details": [details for _options, details in self.found]}


def main():
    run(Workflows())


if __name__ == "__main__":
    main()
