#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ceph_pool
short_description: Manage pools of a Ceph cluster
version_added: "0.1.0"
description:
  - Creates, changes and removes replicated pools. Ceph 16.2 and newer.
  - Placement groups are best left to the autoscaler, which is on for a new pool. O(pg_num) is looked at only where the
    autoscaler is V(off) or V(warn); changing both at once is one task.
  - A pool that is removed takes all its data along, so that has to be asked for twice, by O(state) and O(allow_delete),
    and a third time where it holds any, by O(delete_data).
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description: Name of the pool.
    type: str
    required: true
  size:
    description:
      - Number of copies of each object. Left as it is when omitted; for a new pool what the cluster is configured to,
        mostly V(3).
    type: int
  min_size:
    description:
      - Number of copies without which the pool takes no reads and writes. Left as it is when omitted, as far as a changed
        O(size) allows; for a new pool what the cluster is configured to, mostly V(2).
    type: int
  pg_autoscale_mode:
    description:
      - Whether the autoscaler chooses the number of placement groups (V(on)), only says what it would choose (V(warn)), or
        does nothing (V(off)). Left as it is when omitted; V(on) for a new pool, unless the cluster is configured otherwise.
    type: str
    choices: ["on", "off", "warn"]
  pg_num:
    description:
      - Number of placement groups, a power of two. Where the autoscaler is V(on) it is not looked at, neither for a new
        pool nor for one that exists.
      - Left as it is when omitted; for a new pool what the cluster is configured to.
    type: int
  bulk:
    description:
      - Whether the autoscaler gives the pool all its placement groups from the beginning, because much data will come.
        Left as it is when omitted; V(false) for a new pool.
    type: bool
  crush_rule:
    description: Name of the CRUSH rule that places the copies. Left as it is when omitted; for a new pool the cluster's own.
    type: str
  applications:
    description:
      - What the pool is for, such as V(rbd), V(cephfs) or V(rgw); with V(rbd) it is initialized for images too.
      - Their order means nothing, and an empty list takes all away. Left as they are when omitted; none for a new pool,
        of which health then warns once it holds data.
    type: list
    elements: str
  quota_size:
    description:
      - Most data that the pool takes, such as V(500GiB); V(0) for no limit. Left as it is when omitted; no limit for a new
        pool. Writers wait, without an error, when the limit is reached.
    type: str
  quota_objects:
    description:
      - Largest number of objects that the pool takes; V(0) for no limit. Left as it is when omitted; no limit for a new pool.
    type: int
  allow_delete:
    description:
      - Whether O(state=absent) may delete the pool. Where the monitors do not allow it (C(mon_allow_pool_delete)) they are
        told to for this moment, and the option is set back, also after a failure.
    type: bool
    default: false
  delete_data:
    description: Whether O(state=absent) may delete a pool that holds images or other objects. They are lost for good.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.ceph
  - vcpp.vcloud.state
  - vcpp.vcloud.attributes
seealso:
  - module: vcpp.vcloud.ceph_pool_info
  - module: vcpp.vcloud.ceph_image
  - module: vcpp.vcloud.ceph_client_key
"""

EXAMPLES = r"""
- name: The pool for the volumes of a Kubernetes cluster exists
  vcpp.vcloud.ceph_pool:
    name: kube
    size: 3
    min_size: 2
    applications: [rbd]
    quota_size: 500GiB

- name: A pool whose placement groups are counted by hand
  vcpp.vcloud.ceph_pool:
    name: archive
    pg_autoscale_mode: "off"
    pg_num: 32
    applications: [rbd]

- name: It is gone, whatever it holds
  vcpp.vcloud.ceph_pool:
    name: archive
    state: absent
    allow_delete: true
    delete_data: true
"""

RETURN = r"""
ceph_pool:
  description:
    - The pool as it is now, or would be in check mode. Empty when it is absent.
    - A new one is told with what the task gave; the cluster's own choices are read by M(vcpp.vcloud.ceph_pool_info).
  returned: success
  type: dict
  contains:
    name: {description: Name of the pool., type: str, sample: kube}
    size: {description: Number of copies., type: int, sample: 3}
    min_size: {description: Number of copies without which it takes no writes., type: int, sample: 2}
    pg_autoscale_mode: {description: What the autoscaler does., type: str, sample: "on"}
    pg_num: {description: Number of placement groups; missing where the autoscaler chooses it., type: int, sample: 32}
    bulk: {description: Whether it has all its placement groups from the beginning., type: bool, sample: false}
    crush_rule: {description: Name of its CRUSH rule., type: str, sample: replicated_rule}
    applications: {description: What it is for., type: list, elements: str, sample: [rbd]}
    quota_size: {description: "Most data that it takes, 0B for no limit.", type: str, sample: 500GiB}
    quota_objects: {description: "Largest number of objects, 0 for no limit.", type: int, sample: 0}
"""

from ..module_utils._ceph import pools
from ..module_utils._ceph.client import connect
from ..module_utils._resource import InputError, Resource, run


class Pool(Resource):
    """A pool."""

    noun, product, fields = "ceph_pool", "ceph", pools.FIELDS
    connect = staticmethod(connect)

    def spec(self):
        number, switch = {"type": "int"}, {"type": "bool", "default": False}
        return {
            "name": {"type": "str", "required": True},
            "pg_autoscale_mode": {"type": "str", "choices": ["on", "off", "warn"]},
            "pg_num": number, "size": number, "min_size": number, "quota_objects": number,
            "bulk": {"type": "bool"}, "crush_rule": {"type": "str"}, "quota_size": {"type": "str"},
            "applications": {"type": "list", "elements": "str"},
            "allow_delete": switch, "delete_data": switch,
        }  # fmt: skip

    def validate(self, params):
        pools.validate(params)

    def find(self, context):
        found = [pool for pool in pools.every(context.api) if pool["name"] == context.params["name"]]
        self.present = found[0] if found else None
        return self.present

    def read(self, context, wire):
        return pools.managed(wire, context.params["pg_autoscale_mode"])

    def wanted(self, context):
        return pools.wanted(context.params, self.present)

    def advise(self, context, step):
        if "size" in step.changed and step.after and step.after["size"] == 1:
            pools.refuse_one_copy()
        if "pg_num" in step.changed and step.after:
            pools.refuse_odd_number(step.after["pg_num"])
        if "crush_rule" in step.changed and step.after:
            pools.refuse_unknown_rule(context.api, step.after["crush_rule"])

    def before_delete(self, context, wire):
        if not context.params["allow_delete"]:
            raise InputError(
                f"allow_delete is false, so pool {wire['name']!r} stays: set it to true to delete the pool"
            )
        held = pools.contents(context.api, wire)
        if held and not context.params["delete_data"]:
            more = f" and {len(held) - 5} more" * (len(held) > 5)
            raise InputError(
                f"delete_data is false, and pool {wire['name']!r} holds {', '.join(held[:5])}{more}. Nothing was deleted: "
                "move or remove them, or set delete_data to true to lose them"
            )

    def create(self, context, values):
        pools.create(context.api, values)

    def update(self, context, wire, values):
        changed = {name: value for name, value in values.items() if value != wire.get(name)}
        if "size" in changed:
            changed["min_size"] = values["min_size"]  # which Ceph moves along
        pools.change(context.api, wire["name"], changed, wire["applications"])

    def delete(self, context, wire):
        pools.delete(context.api, wire["name"])


def main():
    run(Pool())


if __name__ == "__main__":
    main()
