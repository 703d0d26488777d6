#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vro_package_info
short_description: Read the packages of vRealize Orchestrator
version_added: "0.1.0"
description:
  - Reads which packages there are, and their elements where that is asked for.
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description: Name of the package to read. Upper and lower case differ. Left out, all are read.
    type: str
  with_elements:
    description: Whether elements and used plug-ins are read too, with one request more for each package.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vro
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vro_package
"""

EXAMPLES = r"""
- name: Read the elements of all packages
  vcpp.vcloud.vro_package_info:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator@vsphere.local
    vro_password: "{{ vault_vro_password }}"
    with_elements: true
  register: found

- name: Show what they are called
  ansible.builtin.debug:
    msg: "{{ found.vro_package | map(attribute='name') }}"
"""

RETURN = r"""
vro_package:
  description: The packages by name. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the package., type: str, sample: com.example.tenants}
details:
  description: What the server knows beside, one entry for each of RV(vro_package), in the same order.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Id of the package., type: str, sample: ff80808167d230df0167dcc69676038c}
    description: {description: "Its description, empty when there is none.", type: str, sample: ""}
    elements:
      description: Its elements by type and name, where O(with_elements) is set.
      type: list
      elements: dict
      contains:
        type: {description: "Its type, such as V(workflow) or V(configuration_element).", type: str, sample: workflow}
        id: {description: Its id., type: str, sample: 7f0a1a2e-5b0c-4a51-9d4e-9d2d7c2c1a01}
        name: {description: Its name., type: str, sample: Greet}
        version: {description: Its version., type: str, sample: 1.2.0}
    used_plugins:
      description: Plug-ins that it uses, where O(with_elements) is set.
      type: list
      elements: dict
      contains:
        name: {description: Name of the plug-in., type: str, sample: REST}
        version: {description: Version that the package was made with., type: str, sample: 1.3.4}
        server_version: {description: "Version of the server, empty where it has none.", type: str, sample: 1.3.4}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vro import package_work
from ..module_utils._vro.client import connect


class Packages(Info):
    """Packages by name."""

    noun, product = "vro_package", "vro"
    connect = staticmethod(connect)

    def spec(self):
        return {"name": {"type": "str"}, "with_elements": {"type": "bool", "default": False}}

    def validate(self, params):
        package_work.check_filters(params)

    def fetch(self, context):
        self.found = package_work.chosen(context.api, context.params)
        return [{"name": name} for name in self.found]

    def more(self, context):
        return {"details": list(self.found.values())}


def main():
    run(Packages())


if __name__ == "__main__":
    main()
