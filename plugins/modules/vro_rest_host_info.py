#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vro_rest_host_info
short_description: Read the hosts of the REST plug-in of vRealize Orchestrator
version_added: "0.1.0"
description:
  - Reads REST hosts and their operations, as far as the catalog shows them.
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description: Name of the host to read. Upper and lower case differ. Left out, all are read.
    type: str
  operations:
    description: Whether the operations are read too, which costs two requests for each host.
    type: bool
    default: true
extends_documentation_fragment:
  - vcpp.vcloud.vro
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vro_rest_host
"""

EXAMPLES = r"""
- name: The REST hosts
  vcpp.vcloud.vro_rest_host_info:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
  register: hosts

- name: Their addresses
  ansible.builtin.debug:
    msg: "{{ hosts.vro_rest_host | items2dict(key_name='name', value_name='url') }}"
"""

RETURN = r"""
vro_rest_host:
  description: The hosts by name. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Its name., type: str, sample: avamar}
    url: {description: Its address., type: str, sample: "https://avamar.example.com:8543/rest-api"}
    authentication: {description: "How the plug-in logs in, where the catalog tells.", type: str, sample: basic}
    operations:
      description: Its operations by name, with O(operations).
      type: list
      elements: dict
      sample: [{name: Get sessions, method: GET, url_template: /sessions}]
details:
  description: What the server knows beside, one entry for each of RV(vro_rest_host), in the same order.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: What scripts find it by., type: str, sample: 5c2f0e1a-7d1b-4a53-9d6c-3f7f0b6b2b11}
    reference:
      description: What a parameter of a workflow takes.
      type: dict
      sample: {type: REST:RESTHost, id: 5c2f0e1a-7d1b-4a53-9d6c-3f7f0b6b2b11}
"""

from ..module_utils._parallel import side_by_side
from ..module_utils._resource import Info, run
from ..module_utils._vro import rest_hosts
from ..module_utils._vro.client import connect


class RestHosts(Info):
    """The hosts of the REST plug-in."""

    noun, product = "vro_rest_host", "vro"
    connect = staticmethod(connect)

    def spec(self):
        return {"name": {"type": "str"}, "operations": {"type": "bool", "default": True}}

    def fetch(self, context):
        wanted = context.params["name"]
        self._found = [each for each in rest_hosts.listed(context.api) if wanted in (None, each.name)]
        places = range(len(self._found) * context.params["operations"])
        below = side_by_side(lambda at: rest_hosts.operations_of(context.api, self._found[at]), places)
        return [rest_hosts.read(rest_hosts.Host(each, below.get(at))) for at, each in enumerate(self._found)]

    def more(self, context):
        return {"details": [{"id": each.id, "reference": each.reference} for each in self._found]}


def main():
    run(RestHosts())


if __name__ == "__main__":
    main()
