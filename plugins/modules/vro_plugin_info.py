#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vro_plugin_info
short_description: Read the plug-ins of vRealize Orchestrator and what scripts can use of them
version_added: "0.1.0"
description:
  - Reads the plug-ins with version, build and state, and on request their types, objects, methods and attributes.
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description: Name of the plug-in to read (the module name). Upper and lower case differ. Left out, all are read.
    type: str
  details:
    description:
      - Whether RV(details) tells what scripts can use of them. Release 8.0 and newer.
      - There is one request for each plug-in, one at a time, because several exhaust a server. Some plug-ins tell many
        megabytes, so give O(name), and a longer O(timeout) where a server is slow.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vro
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vro_plugin
  - module: vcpp.vcloud.vro_explorer
"""

EXAMPLES = r"""
- name: Which plug-ins the orchestrator has
  vcpp.vcloud.vro_plugin_info:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
  register: plugins

- name: Their versions
  ansible.builtin.debug:
    msg: "{{ plugins.vro_plugin | items2dict(key_name='name', value_name='version') }}"
"""

RETURN = r"""
vro_plugin:
  description: The plug-ins by name. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Its name., type: str, sample: vCloud}
    version: {description: Its version., type: str, sample: 9.7.0}
    build: {description: "Its build, null where the release does not tell.", type: str, sample: "9955553"}
    enabled: {description: "Whether it is in use, null where the release does not tell.", type: bool, sample: true}
    display_name: {description: Name that people know it by., type: str, sample: vCloud Director}
    description: {description: "Its description, empty when there is none.", type: str, sample: ""}
details:
  description: What scripts can use of them, by name.
  returned: with O(details)
  type: list
  elements: dict
  contains:
    name: {description: Name of the plug-in., type: str, sample: vCloud}
    version: {description: Its version., type: str, sample: 9.7.0}
    build: {description: Its build., type: str, sample: "9955553"}
    description: {description: Its description., type: str, sample: ""}
    types:
      description: Types of its inventory, each with C(name), C(description) and C(script_object).
      type: list
      elements: dict
      sample: [{name: "vCloud:VM", description: A virtual machine, script_object: VclVM}]
    objects:
      description:
        - Objects of the scripting language, each with C(name), C(description), C(constructors), C(attributes) and
          C(methods).
        - A method has C(name), C(parameters) with C(name), C(type) and C(description), C(returns) and C(description).
      type: list
      elements: dict
      sample: []
    enums:
      description: Its enumerations, each with C(name), C(description) and C(values).
      type: list
      elements: dict
      sample: []
"""

from ..module_utils._resource import Info, run
from ..module_utils._vro import explorer, plugins
from ..module_utils._vro.client import connect


class Plugins(Info):
    """Plug-ins, and what scripts can use of them."""

    noun, product = "vro_plugin", "vro"
    connect = staticmethod(connect)

    def spec(self):
        return {"name": {"type": "str"}, "details": {"type": "bool", "default": False}}

    def fetch(self, context):
        if context.params["details"]:
            explorer.refuse_old(context.api, "details")
        wanted = context.params["name"]
        return [plugins.told(one) for one in plugins.listed(context.api) if wanted in (None, one.name)]

    def more(self, context):
        if not context.params["details"]:
            return {}
        names = None if context.params["name"] is None else [context.params["name"]]
        return {"details": explorer.read(context.api, names, context.tell)}


def main():
    run(Plugins())


if __name__ == "__main__":
    main()
