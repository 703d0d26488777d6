#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cse_node
short_description: Add NFS nodes to a Kubernetes cluster and remove single nodes
version_added: "0.1.0"
description:
  - Makes sure that a cluster of the Container Service Extension has a number of NFS nodes, or that one node, known by its
    name, is gone. CSE 1.2 to 3.1; 4.x has no NFS nodes and removes none by name.
  - The server names its nodes, so that nodes are added by their number. How many workers there are is a matter of
    M(vcpp.vcloud.cse_cluster); this module chooses which one goes.
  - The control plane is never removed. CSE 3.x removes NFS nodes by name, older releases workers too.
author: The vcpp.vcloud authors (@vcpp)
options:
  nfs_nodes:
    description:
      - Number of NFS nodes that the cluster has, with V(state=present). A smaller number than there is is refused, because
        it does not say which of them go. Not used here when omitted.
    type: int
  node:
    description: Name of the node that is gone, with V(state=absent). Not used here when omitted.
    type: str
  network:
    description:
      - Organization VDC network of new nodes, up to 2.6, where a server does not remember that of the others. Left out,
        3.x takes that of the cluster.
    type: str
  storage_profile:
    description: Storage profile of new nodes, up to 2.6. Left out, the VDC's default is taken; 3.x takes the cluster's.
    type: str
  cpus:
    description: Number of CPUs of new nodes, up to 2.6. Left out, that of their template is taken.
    type: int
  memory_mb:
    description: Memory of new nodes in MB, up to 2.6. Left out, that of their template is taken.
    type: int
  ssh_key:
    description:
      - Public key that may log in to new nodes as root, in one line or as PuTTYgen saves it, up to 2.6. Left out, nobody
        may; 3.x takes that of the cluster.
    type: str
  state:
    description: V(present) has to do with O(nfs_nodes), V(absent) with O(node).
    type: str
    choices: [present, absent]
    default: present
  wait_timeout:
    description:
      - Longest time to wait for the server's task, in seconds. It goes on at the server when the time is over.
    type: int
    default: 1800
  wait_interval:
    description: Longest pause between two looks, in seconds. The first looks come sooner.
    type: int
    default: 10
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.cse_cluster
  - vcpp.vcloud.attributes
seealso:
  - module: vcpp.vcloud.cse_node_info
  - module: vcpp.vcloud.cse_cluster
"""

EXAMPLES = r"""
- name: The cluster has two NFS nodes
  vcpp.vcloud.cse_node:
    vcd_url: https://vcd.example.com
    vcd_user: admin@Tyrell
    vcd_password: "{{ vault_vcd_password }}"
    cluster: k8sceph
    nfs_nodes: 2

- name: Which nodes are there
  vcpp.vcloud.cse_node_info:
    vcd_url: https://vcd.example.com
    vcd_user: admin@Tyrell
    vcd_password: "{{ vault_vcd_password }}"
    cluster: k8sceph
  register: found

- name: The last of its NFS nodes goes
  vcpp.vcloud.cse_node:
    vcd_url: https://vcd.example.com
    vcd_user: admin@Tyrell
    vcd_password: "{{ vault_vcd_password }}"
    cluster: k8sceph
    node: "{{ (found.cse_node | selectattr('role', 'equalto', 'nfs') | last).name }}"
    state: absent
"""

RETURN = r"""
cse_node:
  description: What the task was about, as it is now, or would be in check mode. Empty when a node is gone.
  returned: success
  type: dict
  contains:
    cluster: {description: Name of the cluster., type: str, sample: k8sceph}
    nfs_nodes: {description: Number of its NFS nodes., returned: with V(state=present), type: int, sample: 2}
"""

from ..module_utils._cse import named, nodes, waiting
from ..module_utils._cse.client import connect
from ..module_utils._resource import Resource, run


class Node(Resource):
    """The NFS nodes of a cluster, or one node of it by its name."""

    noun, product, key, waits = "cse_node", "vcd", "cluster", 1800
    fields = nodes.FIELDS
    connect = staticmethod(connect)

    def spec(self):
        texts = {name: {"type": "str"} for name in ("node", "network", "storage_profile")}
        counts = {name: {"type": "int"} for name in ("nfs_nodes", "cpus", "memory_mb")}
        # A public key is no secret, but Ansible takes the name for one.
        return {
            **named.spec(),
            **waiting.interval_spec(),
            **texts,
            **counts,
            "ssh_key": {"type": "str", "no_log": False},
        }

    def rules(self):
        return {
            "required_if": [["state", "present", ["nfs_nodes"]], ["state", "absent", ["node"]]],
            "mutually_exclusive": [["nfs_nodes", "node"]],
        }

    def secrets(self, params):
        return nodes.secrets(params)

    def validate(self, params):
        named.check(params)
        nodes.check(params)

    def find(self, context):
        self.cluster = nodes.cluster(context.api, context.params, context.missing)
        return nodes.state(context.api, context.params, self.cluster)

    def read(self, context, wire):
        return wire

    def wanted(self, context):
        return {"cluster": context.params["cluster"], "nfs_nodes": context.params["nfs_nodes"]}

    def advise(self, context, step):
        if step.is_change and self.cluster is not None:
            nodes.refuse(context, self.cluster, step)

    def update(self, context, wire, values):
        count = values["nfs_nodes"] - wire["nfs_nodes"]
        nodes.add(context.api, context.params, self.cluster, count, context.wait, context.tell)

    def delete(self, context, wire):
        nodes.remove(context.api, context.params, self.cluster, context.wait, context.tell)


def main():
    run(Node())


if __name__ == "__main__":
    main()
