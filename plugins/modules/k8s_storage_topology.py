#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: k8s_storage_topology
short_description: Draw a Kubernetes cluster, its claims, and the Ceph storage below them
version_added: "0.1.0"
description:
  - Makes one self-contained HTML page with a picture of the cluster and its nodes, the storage classes, the claims, the
    image that backs each claim, the pool, and the OSDs. Totals come first, then the picture, then tables of every part.
  - It speaks to no service. What it draws are facts that other modules have read; what is left out is not drawn.
  - How each part does is told by a mark, a word and a colour. A claim is in order when it is bound B(and) its volume and,
    where O(images) says so, its image are there and as large as the claim.
  - The page runs no script, needs no network, and can be printed. On a phone the picture is another one that is tall.
  - It is written only when it would tell something else than the file does. The moment on it is when it was written.
author: The vcpp.vcloud authors (@vcpp)
options:
  dest:
    description: The HTML file, on the host that runs the task. Its directory is created when it is missing.
    type: path
    required: true
  mode:
    description:
      - Permissions of the file, as four octal digits in quotes such as V('0640'). Left out, a new file has what the
        user's umask gives, and one that is there keeps its own.
    type: str
  title:
    description: What stands above the page.
    type: str
    default: Storage
  cluster:
    description:
      - The cluster, as M(vcpp.vcloud.cse_cluster_info) tells it, with its entry of C(details) in it, and its C(nodes) as
        C(nodes). Left out, it is what O(nodes) tell.
    type: dict
  machines:
    description:
      - The VMs of the cluster's nodes, as M(vcpp.vcloud.vcd_vm_info) tells them. Their power state says how a node does that
        Kubernetes does not know. Left out, such nodes are told without.
    type: list
    elements: dict
    default: []
  nodes:
    description:
      - Objects of the kind Node, as M(kubernetes.core.k8s_info) returns them in C(resources). A node of the same name in
        O(cluster) is then told by its condition Ready.
    type: list
    elements: dict
    default: []
  ceph:
    description: How the Ceph cluster does, as M(vcpp.vcloud.ceph_status_info) tells it. Left out, it is not drawn.
    type: dict
  pools:
    description:
      - The pools of the Ceph cluster, as M(vcpp.vcloud.ceph_pool_info) tells them. When there are any, a pool that a
        storage class names and that is none of them is missing.
    type: list
    elements: dict
    default: []
  storage_classes:
    description: Objects of the kind StorageClass. A class that a claim names and that is none of them is missing.
    type: list
    elements: dict
    default: []
  claims:
    description: Objects of the kind PersistentVolumeClaim.
    type: list
    elements: dict
    default: []
  volumes:
    description:
      - Objects of the kind PersistentVolume, of ceph-csi or of the external provisioner C(ceph.com/rbd).
    type: list
    elements: dict
    default: []
  images:
    description:
      - The images of the pools, as M(vcpp.vcloud.ceph_image_info) tells them. Left out, nobody has looked, and no image
        is called missing.
    type: list
    elements: dict
extends_documentation_fragment:
  - vcpp.vcloud.attributes.page
seealso:
  - module: vcpp.vcloud.cse_cluster_info
  - module: vcpp.vcloud.ceph_status_info
  - module: kubernetes.core.k8s_info
"""

EXAMPLES = r"""
- name: A picture of the claim of the reference estate, bound to an image of the pool kube
  vcpp.vcloud.k8s_storage_topology:
    dest: /tmp/storage/k8sceph.html
    title: Kiwi Cloud, Tyrell
    cluster:
      name: k8sceph
      org: Tyrell
      nodes:
        - {name: mstr-x4nb, role: control_plane, address: 192.168.207.102}
        - {name: node-va8f, role: worker, address: 192.168.207.103}
    machines:
      - {name: mstr-x4nb, power_state: powered_on}
      - {name: node-va8f, power_state: powered_on}
    storage_classes:
      - metadata: {name: rbd}
        provisioner: rbd.csi.ceph.com
        reclaimPolicy: Delete
        parameters: {pool: kube}
    claims:
      - metadata: {name: testclaim, namespace: default}
        spec: {storageClassName: rbd, volumeName: pvc-57c2b94e, accessModes: [ReadWriteOnce]}
        status: {phase: Bound, capacity: {storage: 1Gi}}
    volumes:
      - metadata: {name: pvc-57c2b94e}
        spec:
          capacity: {storage: 1Gi}
          csi: {driver: rbd.csi.ceph.com, volumeAttributes: {pool: kube, imageName: csi-vol-0c9a4f10}}
        status: {phase: Bound}
    images:
      - {pool: kube, name: csi-vol-0c9a4f10, size: 1Gi}
"""

RETURN = r"""
k8s_storage_topology:
  description: What the page tells.
  returned: success
  type: dict
  contains:
    dest: {description: The file., type: str, sample: /tmp/storage/k8sceph.html}
    health: {description: "V(good), V(unknown), V(warn) or V(bad): the worst of all parts.", type: str, sample: good}
    headline: {description: What stands on top., type: str, sample: The one claim is bound to its image}
    claims: {description: Number of claims., type: int, sample: 1}
    bound: {description: "Claims that are bound, with volume and image.", type: int, sample: 1}
"""

from contextlib import nullcontext

from ..module_utils._moments import now, written
from ..module_utils._plan import refuse_empty
from ..module_utils._resource import Definition, run
from ..module_utils._topology import facts, keeping, model, page


class Topology(Definition):
    """A page about facts."""

    noun = "k8s_storage_topology"

    @staticmethod
    def connect(params):
        return nullcontext()

    def full_spec(self):
        objects = {"type": "list", "elements": "dict", "default": []}
        return {
            "dest": {"type": "path", "required": True},
            "mode": {"type": "str"},
            "title": {"type": "str", "default": "Storage"},
            "cluster": {"type": "dict"},
            "machines": objects,
            "ceph": {"type": "dict"},
            "pools": objects,
            **dict.fromkeys(facts.KINDS, objects),
            "images": {"type": "list", "elements": "dict"},
        }

    def validate(self, params):
        refuse_empty("dest", params["dest"], "name the file to write")
        for kind in facts.KINDS:
            facts.refuse_others(kind, params[kind])
        facts.refuse_nameless(params)
        self._mode = keeping.mode_of("mode", params["mode"])

    def execute(self, context):
        params = context.params
        drawn = facts.topology(**{name: params[name] for name in facts.NAMES})
        text = page.to_html(drawn, title=params["title"], generated=written(now()))
        was = keeping.present("dest", params["dest"])
        fresh = was is None or not page.same(was[0], text)
        changed = fresh or self._mode not in (None, was[1])
        if changed and not context.check_mode:
            keeping.keep("dest", params["dest"], text if fresh else None, self._mode)
        result = {"changed": changed, "k8s_storage_topology": {"dest": params["dest"], **model.summary(drawn)}}
        if changed and context.want_diff:
            result["diff"] = [page.difference(params["dest"], was, drawn, self._mode)]
        return result


def main():
    run(Topology())


if __name__ == "__main__":
    main()
