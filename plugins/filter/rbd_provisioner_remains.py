# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# What the filter does is in plugin_utils/_rbd_provisioner.py; here it is only told to Ansible.

from __future__ import annotations

DOCUMENTATION = r"""
name: rbd_provisioner_remains
short_description: Find what is left of the external rbd provisioner among the objects of a cluster
version_added: "0.1.0"
author: The vcpp.vcloud authors (@vcpp)
description:
  - Finds what made volumes in Ceph before ceph-csi did. These are the external provisioner C(ceph.com/rbd) and the
    plug-in C(kubernetes.io/rbd) that was inside of Kubernetes up to 1.30.
  - The role P(vcpp.vcloud.k8s_ceph_storage#role) uses it to list and to remove that.
  - The provisioner is found as whatever it was made, a C(Deployment) or a bare C(Pod). What another object keeps, as a
    C(ReplicaSet) keeps its pods, goes with that and is not told by itself.
  - An account that another workload runs under, a binding that serves somebody else as well, a role that something else
    refers to, and a Secret that another class, volume or workload names are not among what is found.
  - Where an old class leaves out the namespace of its administrator's Secret, that is C(default). Where it leaves out
    that of its user's Secret, it is looked for in every namespace, by its name and the type C(kubernetes.io/rbd).
options:
  _input:
    description:
      - Lists of objects by their kind, as M(kubernetes.core.k8s_info) reads them. C(StorageClass), C(PersistentVolume),
        C(ServiceAccount), C(ClusterRoleBinding), C(RoleBinding) and C(Secret) are looked at, and what runs pods.
      - That is C(CronJob), C(Deployment), C(StatefulSet), C(DaemonSet), C(Job), C(ReplicaSet), C(ReplicationController)
        and C(Pod).
      - A kind that is missing counts as having none.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Read the classes of the cluster
  kubernetes.core.k8s_info:
    api_version: storage.k8s.io/v1
    kind: StorageClass
  register: classes

- name: Say which of them are of the old way
  ansible.builtin.debug:
    msg: "{{ ({'StorageClass': classes.resources} | vcpp.vcloud.rbd_provisioner_remains).objects }}"
"""

RETURN = r"""
_value:
  description: What is left.
  type: dict
  contains:
    objects:
      description: The objects, in the order in which they can be removed.
      type: list
      elements: dict
      contains:
        of: {description: Its API version., type: str, sample: storage.k8s.io/v1}
        kind: {description: Its kind., type: str, sample: StorageClass}
        namespace: {description: Its namespace; empty for what belongs to none., type: str, sample: kube-system}
        name: {description: Its name., type: str, sample: rbd}
    volumes:
      description: The volumes that still need them, with their images and claims.
      type: list
      elements: str
      sample: ["pvc-7c1e (image kube/kubernetes-dynamic-pvc-7d02, claim shop/data)"]
    namespaces:
      description: The namespaces in which Secrets of it can be, beside those of the type C(kubernetes.io/rbd) in any.
      type: list
      elements: str
      sample: [kube-system]
"""

from ansible.errors import AnsibleFilterError

from ..plugin_utils._rbd_provisioner import remains


def rbd_provisioner_remains(lists):
    """The filter."""
    if not isinstance(lists, dict):
        raise AnsibleFilterError("rbd_provisioner_remains takes a dictionary with lists of objects by their kind.")
    return remains(lists)


class FilterModule:
    """The filters of this file, by name."""

    def filters(self):
        """What Ansible asks for."""
        return {"rbd_provisioner_remains": rbd_provisioner_remains}
