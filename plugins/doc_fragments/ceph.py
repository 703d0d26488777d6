# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The options that say how a task reaches a Ceph cluster; compared with module_utils/_options.py by a test.

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  ceph_conf:
    description:
      - Path of the cluster's C(ceph.conf) on the host that runs the task.
      - Left out, the environment variable E(CEPH_CONF) is used, else Ceph's own place, C(/etc/ceph/ceph.conf).
    type: path
  ceph_keyring:
    description:
      - Path of the keyring with the key of O(ceph_user), on the same host.
      - Left out, the environment variable E(CEPH_KEYRING) is used, else what C(ceph.conf) says, else Ceph's own places,
        such as C(/etc/ceph/ceph.client.admin.keyring).
    type: path
  ceph_user:
    description:
      - Ceph user of the task; V(kube) is short for V(client.kube).
      - Left out, the environment variable E(CEPH_USER) is used, else V(client.admin).
    type: str
    default: client.admin
  ceph_via:
    description:
      - How the programs C(ceph), C(rbd) and C(rados) are run. V(host) runs those of the host, V(cephadm) those of a
        container, by C(cephadm shell). V(auto) takes the host's where it has them.
      - Left out, the environment variable E(CEPH_VIA) is used, else V(auto).
    type: str
    choices: [auto, host, cephadm]
    default: auto
  ceph_timeout:
    description:
      - Seconds in which a monitor has to answer; a task never waits for a lost quorum for longer. It bounds each single
        operation at an OSD too.
      - Left out, the environment variable E(CEPH_TIMEOUT) is used, else V(30).
    type: int
    default: 30
requirements:
  - C(ceph-common) on the host that runs the task, or C(cephadm)
notes:
  - The task runs where Ceph's programs and a keyring are, mostly a Ceph host with C(become), and needs nothing else
    there but Python.
"""
