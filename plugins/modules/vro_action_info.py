#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vro_action_info
short_description: Read the actions of vRealize Orchestrator
version_added: "0.1.0"
description:
  - Reads which actions there are, and what is in them where that is asked for.
author: The vcpp.vcloud authors (@vcpp)
options:
  module:
    description: Module of the actions to read. Left out, those of all modules are read.
    type: str
  name:
    description: Name of the actions to read. Upper and lower case differ. Left out, actions of all names are read.
    type: str
  with_content:
    description: Whether script, inputs and output are read too, with one request more for each.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vro
  - vcpp.vcloud.vro_permissions.info
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vro_action
  - module: vcpp.vcloud.vro_action_run
"""

EXAMPLES = r"""
- name: Read the actions of a module with their scripts
  vcpp.vcloud.vro_action_info:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator@vsphere.local
    vro_password: "{{ vault_vro_password }}"
    module: com.example.tenants
    with_content: true
  register: found

- name: Show their names
  ansible.builtin.debug:
    msg: "{{ found.vro_action | map(attribute='name') }}"
"""

RETURN = r"""
vro_action:
  description: The actions by module and name. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    module: {description: Its module., type: str, sample: com.example.tenants}
    name: {description: Its name., type: str, sample: shortName}
    version: {description: Its version., type: str, sample: 1.0.0}
    description: {description: Its description., type: str, sample: The name of a tenant without its suffix}
    output_type: {description: "Type of what it returns, where O(with_content) is set.", type: str, sample: string}
    inputs:
      description: Its inputs in order, where O(with_content) is set.
      type: list
      elements: dict
      contains:
        name: {description: Name of the input., type: str, sample: tenant}
        type: {description: Its type., type: str, sample: string}
        description: {description: Its description., type: str, sample: Whole name of the tenant}
    script:
      description: The script, where O(with_content) is set.
      type: str
      sample: 'return tenant.split("-")[0].toLowerCase();'
    runtime:
      description: What runs it, empty for JavaScript; from release 8 on, where O(with_content) is set.
      type: str
      sample: ""
    permissions:
      description: Its rules by principal, where O(with_permissions) is set.
      type: list
      elements: dict
      contains:
        principal: {description: User or group., type: str, sample: VDEV\operators}
        rights: {description: What they may do., type: list, elements: str, sample: [view, execute]}
details:
  description: What the server knows beside, one entry for each of RV(vro_action), in the same order.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Id of the action., type: str, sample: 88868a08-3b7f-42ab-b5ee-83cd55247354}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vro import action_work
from ..module_utils._vro.client import connect


class Actions(Info):
    """Actions by module and name."""

    noun, product = "vro_action", "vro"
    connect = staticmethod(connect)

    def spec(self):
        switches = {name: {"type": "bool", "default": False} for name in ("with_content", "with_permissions")}
        return {**{name: {"type": "str"} for name in ("module", "name")}, **switches}

    def validate(self, params):
        action_work.check_filters(params)

    def fetch(self, context):
        self.found = action_work.chosen(context.api, context.params)
        return [options for options, _identifier in self.found]

    def more(self, context):
        return {"details": [{"id": identifier} for _options, identifier in self.found]}


def main():
    run(Actions())


if __name__ == "__main__":
    main()
