#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ceph_status_info
short_description: Read the state of a Ceph cluster
version_added: "0.1.0"
description:
  - Reads health with a remedy for each warning, monitors and their quorum, manager, OSDs, pools, releases and room.
  - It never waits for longer than O(ceph_timeout) for a monitor. Where none answers it fails, and says what to do.
author: The vcpp.vcloud authors (@vcpp)
extends_documentation_fragment:
  - vcpp.vcloud.ceph
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.ceph_pool_info
"""

EXAMPLES = r"""
- name: Read the state of the cluster
  vcpp.vcloud.ceph_status_info:
    ceph_timeout: 10
  register: ceph

- name: Go on when it is healthy, or else say what to do
  ansible.builtin.assert:
    that: ceph.ceph_status.health.status == 'HEALTH_OK'
    fail_msg: "{{ ceph.ceph_status.health.checks | map(attribute='remedy') | join(' ') }}"
"""

RETURN = r"""
ceph_status:
  description: The state of the cluster.
  returned: success
  type: dict
  contains:
    fsid: {description: Identity of the cluster., type: str, sample: 6f7c1f5e-9d43-4c6b-9f11-3f6f3e6f1c55}
    health:
      description: How it does.
      type: dict
      contains:
        status: {description: "V(HEALTH_OK), V(HEALTH_WARN) or V(HEALTH_ERR).", type: str, sample: HEALTH_WARN}
        checks:
          description: What it complains of, errors first.
          type: list
          elements: dict
          contains:
            check: {description: Ceph's name for it., type: str, sample: OSD_DOWN}
            severity: {description: "V(HEALTH_WARN) or V(HEALTH_ERR).", type: str, sample: HEALTH_WARN}
            summary: {description: What is the matter., type: str, sample: 1 osds down}
            details: {description: "Where, one by one.", type: list, elements: str, sample: ["osd.2 (root=default,host=ceph03) is down"]}
            muted: {description: Whether somebody muted it., type: bool, sample: false}
            remedy: {description: What to do., type: str, sample: Start the OSDs that the detail names.}
    quorum: {description: Monitors that are in the quorum., type: list, elements: str, sample: [ceph01, ceph02, ceph03]}
    monitors:
      description: Every monitor.
      type: list
      elements: dict
      contains:
        name: {description: Its name., type: str, sample: ceph01}
        addresses: {description: "Where it listens, by messenger.", type: list, elements: str, sample: ["v2:192.0.2.11:3300", "v1:192.0.2.11:6789"]}
        in_quorum: {description: Whether it is in the quorum., type: bool, sample: true}
    manager:
      description: The manager.
      type: dict
      contains:
        available: {description: Whether one is active., type: bool, sample: true}
        active: {description: "Which one, empty where none is.", type: str, sample: ceph01}
        standbys: {description: How many would take over., type: int, sample: 2}
    osds:
      description: The OSDs.
      type: dict
      contains:
        total: {description: How many there are., type: int, sample: 3}
        up: {description: How many of them run., type: int, sample: 3}
        in: {description: How many of them are given data., type: int, sample: 3}
        each:
          description: Every OSD, by number.
          type: list
          elements: dict
          contains:
            id: {description: Its number., type: int, sample: 0}
            host: {description: Its host., type: str, sample: ceph01}
            up: {description: Whether it runs., type: bool, sample: true}
            in: {description: Whether it is given data., type: bool, sample: true}
            device_class: {description: Kind of its disk., type: str, sample: hdd}
    pools:
      description: Every pool, by name.
      type: list
      elements: dict
      contains:
        name: {description: Its name., type: str, sample: kube}
        applications: {description: What it is for., type: list, elements: str, sample: [rbd]}
        size: {description: Number of copies., type: int, sample: 3}
        pg_num: {description: Number of placement groups., type: int, sample: 32}
        stored_bytes: {description: Data that was written to it., type: int, sample: 1073741824}
        available_bytes: {description: Data that it could take more., type: int, sample: 1288490188}
        objects: {description: Number of its objects., type: int, sample: 260}
        full: {description: Whether it takes no more writes., type: bool, sample: false}
    releases: {description: "How many daemons run each release; more than one means an update that is not over.", type: dict, sample: {"16.2.15": 9}}
    capacity:
      description: Room on all disks together, copies not taken into account.
      type: dict
      contains:
        total_bytes: {description: All of it., type: int, sample: 12884901888}
        used_bytes: {description: What is used., type: int, sample: 913145856}
        available_bytes: {description: What is left., type: int, sample: 11971756032}
    placement_groups:
      description: The placement groups of all pools.
      type: dict
      contains:
        total: {description: How many there are., type: int, sample: 33}
        states: {description: How many are in each state., type: dict, sample: {"active+clean": 33}}
"""

from ..module_utils._ceph import status
from ..module_utils._ceph.client import connect
from ..module_utils._resource import Definition, run


class Status(Definition):
    """The state of a cluster."""

    noun, product = "ceph_status", "ceph"
    connect = staticmethod(connect)

    def execute(self, context):
        return {"changed": False, self.noun: status.read(context.api)}


def main():
    run(Status())


if __name__ == "__main__":
    main()
