#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cse_cluster
short_description: Manage Kubernetes clusters of the Container Service Extension
version_added: "0.1.0"
description:
  - Creates, resizes, upgrades, shares and deletes Kubernetes clusters of the Container Service Extension (CSE) 1.2 to 3.1 and
    4.0 to 4.2. Which release is there is found out; a task says the same for all of them. An option that a release has nothing
    for is refused by its name.
  - Only what the release can change of a cluster is changed; any other difference is refused before the first request that
    changes something. A release that does not tell a setting (1.2 to 2.6 tell neither network nor storage profile, size and ssh
    key) is not asked about it.
  - The task waits for what the server does. What is already being done to the cluster is waited for first, so that an
    interrupted play, or two plays at once, end well. Up to 2.6 a server keeps no lock, so that where two tasks add nodes within the same
    second, there are too many in the end, which both tasks tell, and the next run removes.
  - The names of VDC, network, storage profile, template and users are looked up before anything is sent.
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description:
      - Name of the cluster, which is found by it in its organization. At most 25 characters, 31 of small letters in 4.x.
    type: str
    required: true
  org:
    description:
      - Organization of the cluster. Left out, it is that of O(vcd_tenant), else that of the user. CSE 1.2 knows the user's alone.
    type: str
  vdc:
    description: Organization VDC that the cluster is in; fixed. Left out, that of a cluster that is there; a new one needs it.
    type: str
  kind:
    description:
      - What is made of which templates, in 3.x. Left out, a new cluster is V(native). Fixed.
      - V(TKGm) clusters are never upgraded or shared, and only grow.
    type: str
    choices: [native, TKG+, TKGm]
  network:
    description:
      - Organization VDC network of the nodes; fixed. Left out, that of a cluster that is there; a new one needs it, and up to 2.6
        more nodes need it too.
    type: str
  control_planes:
    description: Number of nodes of the control plane, odd, in 4.x. All others have V(1). Left out, a new cluster has V(1).
    type: int
  workers:
    description:
      - Number of worker nodes. Left out, a new cluster has V(2), V(1) in 4.x.
      - Nodes that are too many are removed, the last ones that the server names first; drained where the release does that.
      - In 4.x that of the one pool; say it with O(pools) where there are several.
    type: int
  nfs_nodes:
    description:
      - Number of nodes that are NFS servers, in 1.2 to 3.1. Left out, a new cluster has none.
    type: int
  pools:
    description:
      - The worker pools of a cluster of 4.x, all of them, because none can be removed. A pool that is not there is added.
      - Left out, a new cluster has the pool V(pool-1), of which O(workers), O(sizing_policy), O(storage_profile) and O(disk_gb)
        speak.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the pool.
        type: str
        required: true
      workers:
        description: Number of its nodes.
        type: int
        required: true
      sizing_policy:
        description: VM sizing policy of its nodes; that of the VDC when left out. Fixed.
        type: str
      placement_policy:
        description: VM placement policy of its nodes; none when left out. Fixed.
        type: str
      storage_profile:
        description: Storage profile of its nodes; that of the VDC when left out. Fixed.
        type: str
      disk_gb:
        description: Size of its nodes' disks, at least V(20), which a new pool has when it is left out. Fixed.
        type: int
  template:
    description:
      - Template of the nodes. Another one than that of the cluster is an upgrade, which 2.6 and newer can. Left out, a new
        cluster gets the server's default up to 3.0; later it is needed.
      - In 4.x the name of an image of Tanzu Kubernetes Grid in O(catalog).
    type: str
  template_revision:
    description: Revision of O(template), from 2.5 to 3.1, where the two go together. Left out, that of the cluster.
    type: int
  catalog:
    description: Catalog that O(template) is in, in 4.x; fixed. Left out, that of the cluster; a new one needs it.
    type: str
  cpus:
    description: Number of CPUs of each node, up to 2.6 and in 3.1; as in the template when left out. Not told up to 2.6.
    type: int
  memory_mb:
    description: Memory of each node in megabytes, like O(cpus); as in the template when left out.
    type: int
  sizing_policy:
    description: VM sizing policy of the nodes, in 3.x and 4.x; that of the VDC when left out. Fixed.
    type: str
  control_plane_sizing_policy:
    description: VM sizing policy of the control plane; O(sizing_policy) when left out. Fixed.
    type: str
  storage_profile:
    description: Storage profile of the nodes; that of the VDC when left out. Fixed; not told up to 2.6.
    type: str
  disk_gb:
    description: Size of the nodes' disks in 4.x, at least V(20), which a new cluster has when it is left out. Fixed.
    type: int
  ssh_key:
    description:
      - Public key of root on all nodes, as one line. A key that PuTTYgen saved in several lines (C(---- BEGIN SSH2 PUBLIC KEY
        ----)) is turned into that, without its comment; servers would take it, and nobody could log in.
      - Fixed; a new cluster has none when it is left out. Not told up to 2.6, where nodes that are added have the key that this task gives.
    type: str
  pod_cidr:
    description:
      - Network of the pods, in 4.x and for V(TKGm) of 3.1. Left out, a new cluster of 4.x has
        V(100.96.0.0/11). Fixed.
    type: str
  service_cidr:
    description:
      - Network of the services, in 4.x and for V(TKGm) of 3.1. Left out, a new cluster of 4.x has
        V(100.64.0.0/13). Fixed.
    type: str
  expose:
    description:
      - Whether the control plane of a new cluster is reached from outside of its routed network, in 3.x. Later it can be switched
        off, never on. Left out, it stays as it is, and a new cluster is not exposed.
    type: bool
  access:
    description:
      - The users of the organization that a cluster of 3.1 or 4.x is shared with, all of them, beside its owner. An empty list
        shares it with nobody; left out, it stays as it is.
    type: list
    elements: dict
    suboptions:
      user:
        description: Name of the user.
        type: str
        required: true
      level:
        description: What the user may do.
        type: str
        required: true
        choices: [read_only, read_write, full_control]
  rollback:
    description:
      - Whether the server removes what it made of a cluster, or of nodes, when that fails. V(false) keeps the pieces for a look.
        Left out it is V(true). 4.x always keeps them.
    type: bool
  force:
    description:
      - Whether O(state=absent) also removes a cluster whose creation never ended, with all that there is of it, without waiting
        for its end. 3.1.2 and newer on API 36 can; 3.0 and older 3.1 refuse it.
      - 4.x and releases up to 2.6 remove whatever there is of a cluster, with it or without.
    type: bool
    default: false
  api_token:
    description:
      - API token of the user whose cluster a new one of 4.x becomes (M(vcpp.vcloud.vcd_api_token)). It is handed to the server,
        which works with it as long as the cluster exists. Left out for any other.
    type: str
  wait_timeout:
    description:
      - Longest time to wait for each thing that the server does, in seconds. It goes on when the time is over; the next run waits
        for it.
    type: int
    default: 3600
  wait_interval:
    description:
      - Longest pause between two looks, in seconds. The first looks come sooner. With five seconds and more it is never looked
        more than twelve times in a minute.
    type: int
    default: 10
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.attributes
  - vcpp.vcloud.state
notes:
  - C(PyYAML) is needed for 4.x on the host that the task runs on.
  - Clusters of 4.x may share a name, even in one organization. The module refuses to guess.
seealso:
  - module: vcpp.vcloud.cse_cluster_info
  - module: vcpp.vcloud.cse_kubeconfig
"""

EXAMPLES = r"""
- name: Tyrell has a cluster for its volumes
  vcpp.vcloud.cse_cluster:
    vcd_url: https://vcd.example.com
    vcd_user: admin@Tyrell
    vcd_password: "{{ vault_vcd_password }}"
    name: k8sceph
    vdc: Tyrell A03 Allocated
    network: Tyrell Servers A03
    template: ubuntu-16.04_k8-1.20_weave-2.8.1
    template_revision: 1
    workers: 2
    ssh_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFCoOMRJUmlvPGMUNdeeV5cYClgDWNIVMCJ8/vYLDt7y roy@tyrell
  register: made

- name: It has three workers and the next release of Kubernetes
  vcpp.vcloud.cse_cluster:
    vcd_url: https://vcd.example.com
    vcd_user: admin@Tyrell
    vcd_password: "{{ vault_vcd_password }}"
    name: k8sceph
    vdc: Tyrell A03 Allocated
    template: ubuntu-16.04_k8-1.21_weave-2.8.1
    template_revision: 2
    workers: 3

- name: It is gone
  vcpp.vcloud.cse_cluster:
    vcd_url: https://vcd.example.com
    vcd_user: admin@Tyrell
    vcd_password: "{{ vault_vcd_password }}"
    name: k8sceph
    state: absent
"""

RETURN = r"""
cse_cluster:
  description: The cluster as it is now, or would be in check mode. Empty when it is absent. What the release does not tell is missing.
  returned: success
  type: dict
  contains:
    name: {description: Name of the cluster., type: str, sample: k8sceph}
    org: {description: Organization that it belongs to., type: str, sample: Tyrell}
    vdc: {description: Organization VDC that it is in., type: str, sample: Tyrell A03 Allocated}
    kind: {description: "What it is made of, in 3.x.", type: str, sample: native}
    network: {description: "Network of its nodes, from 3.x on.", type: str, sample: Tyrell Servers A03}
    control_planes: {description: "Number of nodes of its control plane, in 4.x.", type: int, sample: 1}
    workers: {description: Number of its worker nodes., type: int, sample: 2}
    nfs_nodes: {description: "Number of its NFS nodes, up to 3.1.", type: int, sample: 0}
    pools: {description: "Its worker pools by name, in 4.x.", type: list, elements: dict, sample: []}
    template: {description: Its template., type: str, sample: ubuntu-16.04_k8-1.20_weave-2.8.1}
    template_revision: {description: "Revision of its template, from 2.5 to 3.1.", type: int, sample: 1}
    catalog: {description: "Catalog of its template, in 4.x.", type: str, sample: tkg}
    cpus: {description: "CPUs that were asked for a node, in 3.1.", type: int, sample: 2}
    memory_mb: {description: "Memory that was asked for a node in megabytes, in 3.1.", type: int, sample: 4096}
    sizing_policy: {description: "VM sizing policy of its workers, from 3.x on.", type: str, sample: TKG small}
    control_plane_sizing_policy: {description: "That of its control plane.", type: str, sample: TKG small}
    storage_profile: {description: "Storage profile of its workers, from 3.x on.", type: str, sample: Gold}
    disk_gb: {description: "Disk size of its workers, in 4.x.", type: int, sample: 20}
    ssh_key: {description: "Public key of root, from 3.x on.", type: str, sample: ssh-ed25519 AAAAC3Nza... roy@tyrell}
    pod_cidr: {description: Network of its pods., type: str, sample: 100.96.0.0/11}
    service_cidr: {description: Network of its services., type: str, sample: 100.64.0.0/13}
    expose: {description: "Whether it is reached from outside, in 3.x.", type: bool, sample: false}
    access: {description: "Whom it is shared with, where the task says O(access).", type: list, elements: dict, sample: []}
nodes:
  description:
    - Its nodes in the end, in check mode as they were found. Ceph and its like want to be prepared on each of them, on the C(new) ones
      of this run too.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: "Name of the VM, of the guest and of the node in Kubernetes.", type: str, sample: node-va8f}
    role: {description: "Part in the cluster: control_plane, worker or nfs.", type: str, sample: worker}
    address: {description: "IP address, null while it is not known.", type: str, sample: 192.168.207.103}
    new: {description: Whether this run has made it., type: bool, sample: true}
details:
  description: What only the server decides, in the end, in check mode as it was found. Empty when there is no cluster.
  returned: success
  type: dict
  contains:
    id: {description: "Identifier, the URN of an entity from 3.x on.", type: str, sample: 6b1c2a52-6a5e-4c0b-9d0a-0d2f7e4e3c11}
    endpoint: {description: Address of the API server., type: str, sample: 192.168.207.102}
    status: {description: "Power state of its vApp, up to 2.6.", type: str, sample: POWERED_ON}
    state: {description: "State of its entity, from 3.x on.", type: str, sample: RESOLVED}
    phase: {description: "What was done last and how it ended, from 3.x on.", type: str, sample: "CREATE:SUCCEEDED"}
    kubernetes: {description: Distribution and version of Kubernetes., type: str, sample: upstream 1.20.6}
    last_error: {description: "What went wrong last, in 4.x.", type: str, sample: ScriptExecutionFailed}
"""

from ..module_utils._cse import cluster_fields, clusters, waiting
from ..module_utils._cse.client import connect
from ..module_utils._cse.named_clusters import NamedWay
from ..module_utils._http import HttpError
from ..module_utils._plan import DELETE, UPDATE
from ..module_utils._resource import Resource, run


class Cluster(Resource):
    """A cluster, found by its name in an organization."""

    noun, product, waits = "cse_cluster", "vcd", 3600
    connect = staticmethod(connect)
    way = planned = None

    def spec(self):
        return {**cluster_fields.SPEC, **waiting.interval_spec()}

    def secrets(self, params):
        return cluster_fields.secrets(params)

    def validate(self, params):
        cluster_fields.check(params)

    def find(self, context):
        if self.way is None:
            self.way = clusters.way_of(clusters.job_of(context))
        return self.way.find()

    def read(self, context, wire):
        self.way.present = self.way.values(wire)
        return self.way.present

    def wanted(self, context):
        return self.way.wanted(self.way.found)

    def managed(self, context):
        return self.way.fields

    def advise(self, context, step):
        if self.way.found is not None and step.action != DELETE:
            self.way.refuse_broken(self.way.found)
        if step.action == UPDATE:
            self.way.refuse(self.way.found, step.values)
        elif step.values:
            self.way.check_new(step.values)

    def before_delete(self, context, wire):
        self.way.refuse_removal(self.way.found)

    def create(self, context, values):
        try:
            self.way.create(values)
        except HttpError as problem:
            if not self.way.was_second(problem.server_message or ""):
                raise

    def update(self, context, wire, values):
        self.way.update(wire, values)

    def delete(self, context, wire):
        self.way.remove(wire)

    def _verify(self, context, step):
        super()._verify(context, step)
        if self.way.found is not None:
            self.way.refuse_broken(self.way.found)

    def _plan(self, context):
        # The first plan is looked at before it is carried out, and made anew only where something was waited for.
        planned, self.planned = self.planned, None
        return planned or super()._plan(context)

    def execute(self, context):
        step, found = self._plan(context)
        unsure = step.is_change or (found is not None and self.way.trouble(found))
        named = isinstance(self.way, NamedWay) and not context.check_mode
        if not (named and unsure and self.way.wait_for_others()):
            self.planned = step, found
        before = {node["name"] for node in clusters.nodes(self.way, found)} if step.is_change else None
        result = super().execute(context)
        found = self.way.found
        return {
            **result,
            "nodes": clusters.nodes(self.way, found, before),
            "details": self.way.details(found) if found is not None else {},
        }


def main():
    run(Cluster())


if __name__ == "__main__":
    main()
