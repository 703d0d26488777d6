#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vro_object_info
short_description: Find objects of the plug-ins of vRealize Orchestrator
version_added: "0.1.0"
description:
  - Finds objects that plug-ins bring into the orchestrator, such as machines of vCloud Director and of vCenter or hosts
    of the REST plug-in, by their type and attributes, and follows their relations.
  - Each object is told with the reference that a parameter of a workflow takes and with the call of
    C(Server.findForType) that finds it in a script.
author: The vcpp.vcloud authors (@vcpp)
options:
  type:
    description:
      - Type as scripts write it, for example V(vCloud:VM), V(VC:VirtualMachine) or V(REST:RESTHost). Types of the server
        itself have no namespace, for example V(Workflow).
      - Left out, no objects are read but RV(types).
    type: str
  search:
    description:
      - Attributes and what they must be, as the plug-in names them. V(*) in a text stands for any text; a list gives
        several values of which one is enough. Several attributes must all fit.
      - C(name) is the name or the display name, whatever the plug-in calls it, and C(id) what scripts find the object
        by.
      - All objects of the type when omitted.
    type: dict
  conditions:
    description:
      - Conditions for the server, such as V(name~web), which make long lists shorter where a server heeds them. Many
        do not, so O(search) compares again.
      - None when omitted.
    type: list
    elements: str
  relation:
    description:
      - Relation to follow from the one object that O(type) and O(search) find, for example V(vms); the objects behind it
        are told instead. V(*) follows all its relations.
      - Not followed when omitted.
    type: str
  details:
    description: Whether each object tells the names of its relations, which costs a request for each.
    type: bool
    default: false
  limit:
    description: How many objects are told at most.
    type: int
    default: 100
extends_documentation_fragment:
  - vcpp.vcloud.vro
  - vcpp.vcloud.attributes.info
seealso:
  - plugin: vcpp.vcloud.vro_object
    plugin_type: lookup
  - module: vcpp.vcloud.vro_plugin_info
"""

EXAMPLES = r"""
- name: Hosts that the REST plug-in knows
  vcpp.vcloud.vro_object_info:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    type: REST:RESTHost
  register: hosts

- name: The machines of all vApps of vCloud Director that are for the web
  vcpp.vcloud.vro_object_info:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    type: vCloud:VM
    search:
      name: tyrell-web-*
  register: machines

- name: What a script finds them by
  ansible.builtin.debug:
    msg: "{{ machines.vro_object | map(attribute='script') | list }}"

- name: Which types there are
  vcpp.vcloud.vro_object_info:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
"""

RETURN = r"""
vro_object:
  description: The objects by name and id, at most O(limit) of them. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    type: {description: Its type., type: str, sample: vCloud:VM}
    id:
      description: What C(Server.findForType) finds it by (the dunesId), opaque.
      type: str
      sample: 1a2b////https://vcd.example.com/api/vApp/vm-0e9d0d3f-6d0e-4a47-8d4a-9c64d34d1a01
    name: {description: Its name or display name., type: str, sample: tyrell-web-a03-01}
    attributes: {description: "All attributes that the plug-in tells, as texts.", type: dict, sample: {status: "8"}}
    reference:
      description: What a parameter of a workflow takes.
      type: dict
      sample: {type: REST:RESTHost, id: 5c2f0e1a-7d1b-4a53-9d6c-3f7f0b6b2b11}
    script:
      description: What finds it in a script.
      type: str
      sample: Server.findForType("REST:RESTHost", "5c2f0e1a-7d1b-4a53-9d6c-3f7f0b6b2b11")
    relations: {description: "Names of its relations, with O(details).", type: list, elements: str, sample: [vms]}
total:
  description: How many objects match, also where O(limit) cut the list.
  returned: success
  type: int
  sample: 1
types:
  description: Types whose objects can be listed.
  returned: when O(type) is left out
  type: list
  elements: str
  sample: [REST:RESTHost, vCloud:VM, Workflow]
"""

from ..module_utils._parallel import side_by_side
from ..module_utils._resource import Info, run
from ..module_utils._vro import objects
from ..module_utils._vro.client import connect


class Objects(Info):
    """Objects of one type, or behind one relation."""

    noun, product = "vro_object", "vro"
    connect = staticmethod(connect)

    def spec(self):
        return {
            "type": {"type": "str"},
            "search": {"type": "dict"},
            "conditions": {"type": "list", "elements": "str"},
            "relation": {"type": "str"},
            "details": {"type": "bool", "default": False},
            "limit": {"type": "int", "default": 100},
        }

    def validate(self, params):
        objects.check(params)

    def fetch(self, context):
        params = context.params
        found = objects.chosen(context.api, params) if params["type"] else []
        self._total = len(found)
        shown = found[: params["limit"]]
        if self._total > len(shown):
            context.warn(f"limit is {params['limit']}, and {self._total} objects match: the others are not told")
        names = side_by_side(
            lambda at: objects.relations(context.api, shown[at]), range(len(shown) * params["details"])
        )
        return [
            {**objects.told(each), **({"relations": names[at]} if params["details"] else {})}
            for at, each in enumerate(shown)
        ]

    def more(self, context):
        types = {} if context.params["type"] else {"types": objects.known_types(context.api)}
        return {"total": self._total, **types}


def main():
    run(Objects())


if __name__ == "__main__":
    main()
