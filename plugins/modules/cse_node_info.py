#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cse_node_info
short_description: Read the nodes of a Kubernetes cluster
version_added: "0.1.0"
description:
  - Reads the nodes of a cluster of the Container Service Extension 1.2 to 3.1 with their part in it and their address.
  - A server of 3.x looks at the machines first, so that nodes that somebody removed are not among them.
  - Nodes of CSE 4 are told by M(vcpp.vcloud.cse_cluster_info), pool by pool, and by the inventory plugin.
author: The vcpp.vcloud authors (@vcpp)
options:
  role:
    description: Part of the nodes to read. Any when left out.
    type: str
    choices: [control_plane, worker, nfs]
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.cse_cluster
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.cse_node
  - module: vcpp.vcloud.cse_cluster_info
"""

EXAMPLES = r"""
- name: The workers of the cluster
  vcpp.vcloud.cse_node_info:
    vcd_url: https://vcd.example.com
    vcd_user: admin@Tyrell
    vcd_password: "{{ vault_vcd_password }}"
    cluster: k8sceph
    role: worker
  register: workers
"""

RETURN = r"""
cse_node:
  description: The nodes by role and name. Empty when there is no such cluster.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: "Name of the node, of its VM and of its guest.", type: str, sample: node-va8f}
    role: {description: "Its part: control_plane, worker or nfs.", type: str, sample: worker}
    address: {description: Its address. Null while it is not known., type: str, sample: 192.168.207.103}
"""

from ..module_utils._cse import lookup, named, nodes
from ..module_utils._cse.client import connect
from ..module_utils._resource import Info, run


class Nodes(Info):
    """The nodes of one cluster."""

    noun, product = "cse_node", "vcd"
    connect = staticmethod(connect)

    def spec(self):
        return {**named.spec(), "role": {"type": "str", "choices": [nodes.CONTROL_PLANE, nodes.WORKER, nodes.NFS]}}

    def validate(self, params):
        named.check(params)

    def fetch(self, context):
        nodes.refuse_polled_list(context.api)
        found = lookup.find(context.api, context.params, context.params["cluster"])
        rows = nodes.rows(found) if found else []
        return [row for row in rows if context.params["role"] in (None, row["role"])]


def main():
    run(Nodes())


if __name__ == "__main__":
    main()
