#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cse_cluster_info
short_description: Read Kubernetes clusters of the Container Service Extension
version_added: "0.1.0"
description:
  - Reads the Kubernetes clusters of the Container Service Extension (CSE) 1.2 to 3.1 and 4.0 to 4.2 that the user sees in an
    organization. What it tells of one, given to M(vcpp.vcloud.cse_cluster), changes nothing.
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description: Name of the cluster. All clusters when left out.
    type: str
  org:
    description: Organization of the clusters. Left out, it is that of O(vcd_tenant), else that of the user.
    type: str
  vdc:
    description: Organization VDC that the clusters are in. Any when left out.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.attributes.info
notes:
  - Up to 2.6 each cluster takes a request, because their list does not tell the nodes; in 4.x each takes one for its VMs.
seealso:
  - module: vcpp.vcloud.cse_cluster
"""

EXAMPLES = r"""
- name: What clusters has Tyrell?
  vcpp.vcloud.cse_cluster_info:
    vcd_url: https://vcd.example.com
    vcd_user: admin@Tyrell
    vcd_password: "{{ vault_vcd_password }}"
  register: found

- name: Where are their nodes?
  ansible.builtin.debug:
    msg: "{{ found.nodes }}"
"""

RETURN = r"""
cse_cluster:
  description: The clusters by name, each as the options of M(vcpp.vcloud.cse_cluster). What the release does not tell is missing.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the cluster., type: str, sample: k8sceph}
    org: {description: Organization that it belongs to., type: str, sample: Tyrell}
    vdc: {description: Organization VDC that it is in., type: str, sample: Tyrell A03 Allocated}
    workers: {description: Number of its worker nodes., type: int, sample: 2}
    template: {description: Its template., type: str, sample: ubuntu-16.04_k8-1.20_weave-2.8.1}
nodes:
  description: The nodes of all these clusters.
  returned: success
  type: list
  elements: dict
  contains:
    cluster: {description: Name of its cluster., type: str, sample: k8sceph}
    name: {description: "Name of the VM, of the guest and of the node in Kubernetes.", type: str, sample: node-va8f}
    role: {description: "Part in the cluster: control_plane, worker or nfs.", type: str, sample: worker}
    address: {description: "IP address, null while it is not known.", type: str, sample: 192.168.207.103}
details:
  description: What only the server decides of each cluster, in the order of RV(cse_cluster), as M(vcpp.vcloud.cse_cluster) tells it.
  returned: success
  type: list
  elements: dict
  sample: [{id: 6b1c2a52-6a5e-4c0b-9d0a-0d2f7e4e3c11, endpoint: 192.168.207.102}]
"""

from ..module_utils._cse import clusters
from ..module_utils._cse.client import connect
from ..module_utils._plan import refuse_empty
from ..module_utils._resource import Info, run


class Clusters(Info):
    """The clusters of an organization."""

    noun, product = "cse_cluster", "vcd"
    connect = staticmethod(connect)

    def spec(self):
        return {name: {"type": "str"} for name in ("name", "org", "vdc")}

    def validate(self, params):
        for name in ("name", "org", "vdc"):
            refuse_empty(name, params[name], "give a name, or leave it out for all")

    def fetch(self, context):
        self.way = clusters.way_of(clusters.job_of(context))
        self.found = clusters.all_of(context.api, self.way, context.params["name"], context.params["vdc"])
        rows = [self.way.values(one) for one in self.found]
        return [{name: value for name, value in row.items() if value is not None} for row in rows]

    def more(self, context):
        return {
            "nodes": [{"cluster": one.name, **node} for one in self.found for node in self.way.nodes(one)],
            "details": [self.way.details(one) for one in self.found],
        }


def main():
    run(Clusters())


if __name__ == "__main__":
    main()
