#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ceph_pool_info
short_description: Read pools of a Ceph cluster
version_added: "0.1.0"
description:
  - Reads pools, with the options of M(vcpp.vcloud.ceph_pool) and how full they are.
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description: Name of the only pool to read. All of them when omitted.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.ceph
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.ceph_pool
  - module: vcpp.vcloud.ceph_status_info
"""

EXAMPLES = r"""
- name: Read all pools
  vcpp.vcloud.ceph_pool_info:
  register: pools

- name: Those that take no more writes
  ansible.builtin.debug:
    msg: "{{ pools.details | selectattr('full') | map(attribute='name') | list }}"
"""

RETURN = r"""
ceph_pool:
  description: The pools, sorted by name. Each can be given to M(vcpp.vcloud.ceph_pool) and then changes nothing.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the pool., type: str, sample: kube}
    size: {description: Number of copies., type: int, sample: 3}
    min_size: {description: Number of copies without which it takes no writes., type: int, sample: 2}
    pg_autoscale_mode: {description: What the autoscaler does., type: str, sample: "on"}
    pg_num: {description: "Number of placement groups that it has, or is on the way to.", type: int, sample: 32}
    bulk: {description: Whether it has all its placement groups from the beginning., type: bool, sample: false}
    crush_rule: {description: Name of its CRUSH rule., type: str, sample: replicated_rule}
    applications: {description: What it is for., type: list, elements: str, sample: [rbd]}
    quota_size: {description: "Most data that it takes, 0B for no limit.", type: str, sample: 500GiB}
    quota_objects: {description: "Largest number of objects, 0 for no limit.", type: int, sample: 0}
details:
  description: What nobody sets, in the same order.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the pool., type: str, sample: kube}
    id: {description: Its number., type: int, sample: 2}
    full: {description: "Whether it takes no more writes, by its quota or because the OSDs are full.", type: bool, sample: false}
    stored_bytes: {description: Data that was written to it., type: int, sample: 1073741824}
    used_bytes: {description: Room that this takes with all copies., type: int, sample: 3221225472}
    available_bytes: {description: Data that it could take more., type: int, sample: 1288490188}
    objects: {description: Number of its objects., type: int, sample: 260}
"""

from ..module_utils._ceph import pools
from ..module_utils._ceph.client import connect
from ..module_utils._resource import Info, run


class Pools(Info):
    """The pools of a cluster."""

    noun, product = "ceph_pool", "ceph"
    connect = staticmethod(connect)

    def spec(self):
        return {"name": {"type": "str"}}

    def fetch(self, context):
        name = context.params["name"]
        self._found = [pool for pool in pools.every(context.api) if name in (None, pool["name"])]
        return [{field: pool[field] for field in pools.FIELDS} for pool in self._found]

    def more(self, context):
        return {"details": pools.details(context.api, self._found)}


def main():
    run(Pools())


if __name__ == "__main__":
    main()
