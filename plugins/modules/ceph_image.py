#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ceph_image
short_description: Manage images of RADOS block devices
version_added: "0.1.0"
description:
  - Creates, grows, shrinks and removes images in a pool of a Ceph cluster. Ceph 16.2 and newer.
  - It runs the program C(rbd), because Ceph's Python libraries belong to the system's Python alone, and are not on hosts
    where Ceph lives in containers.
author: The vcpp.vcloud authors (@vcpp)
options:
  pool:
    description: Pool of the image.
    type: str
    required: true
  name:
    description: Name of the image.
    type: str
    required: true
  size:
    description:
      - Size of the image with its unit, such as V(10GiB). A new image needs one. Left as it is when omitted.
      - A file system on the image does not grow along.
    type: str
  features:
    description:
      - All features of the image, such as V([layering, exclusive-lock]) for kernels before 5.3. Their order means nothing.
      - V(exclusive-lock), V(object-map), V(fast-diff) and V(journaling) can be switched on and off later, the others are
        for a new image only.
      - Left as they are when omitted; for a new image what the cluster is configured to.
    type: list
    elements: str
  data_pool:
    description:
      - Pool that holds the data of the image, when it is another one than O(pool), which then holds what describes it.
        For a new image only. Left as it is when omitted; O(pool) for a new image.
    type: str
  allow_shrink:
    description: Whether a smaller O(size) may cut the image. What lies beyond the new end is lost.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.ceph
  - vcpp.vcloud.state
  - vcpp.vcloud.attributes
notes:
  - An image that somebody has open is neither shrunk nor removed, one with snapshots is not removed. Volumes of
    Kubernetes are images too (C(csi-vol-...)); leave them to Kubernetes.
seealso:
  - module: vcpp.vcloud.ceph_image_info
  - module: vcpp.vcloud.ceph_pool
"""

EXAMPLES = r"""
- name: The pool exists
  vcpp.vcloud.ceph_pool:
    name: kube
    applications: [rbd]

- name: An image that every kernel can map
  vcpp.vcloud.ceph_image:
    pool: kube
    name: test
    size: 1GiB
    features: [layering, exclusive-lock]

- name: It grows
  vcpp.vcloud.ceph_image:
    pool: kube
    name: test
    size: 2GiB

- name: It is gone
  vcpp.vcloud.ceph_image:
    pool: kube
    name: test
    state: absent
"""

RETURN = r"""
ceph_image:
  description: The image as it is now, or would be in check mode. Empty when it is absent.
  returned: success
  type: dict
  contains:
    pool: {description: Its pool., type: str, sample: kube}
    name: {description: Its name., type: str, sample: test}
    size: {description: Its size., type: str, sample: 1GiB}
    features: {description: "Its features; of a new image those that the task gave.", type: list, elements: str, sample: [layering, exclusive-lock]}
    data_pool: {description: "Pool that holds its data, empty when that is its own.", type: str, sample: ""}
"""

from ..module_utils._ceph import images, sizes
from ..module_utils._ceph.client import connect
from ..module_utils._resource import InputError, Resource, run


class Image(Resource):
    """An image."""

    noun, product, fields = "ceph_image", "ceph", images.FIELDS
    connect = staticmethod(connect)

    def spec(self):
        return {
            "pool": {"type": "str", "required": True}, "name": {"type": "str", "required": True},
            "size": {"type": "str"}, "features": {"type": "list", "elements": "str"}, "data_pool": {"type": "str"},
            "allow_shrink": {"type": "bool", "default": False},
        }  # fmt: skip

    def validate(self, params):
        images.validate(params)

    def label(self, context):
        return images.spec(context.params["pool"], context.params["name"])

    def find(self, context):
        self.present = images.find(context.api, context.params["pool"], context.params["name"])
        return self.present

    def read(self, context, wire):
        return {name: wire[name] for name in images.FIELDS}

    def wanted(self, context):
        values = super().wanted(context)
        if "size" in values:
            values["size"] = sizes.same("size", values["size"])
        elif not self.present:
            raise InputError(f"size is not set, and {self.label(context)} does not exist: a new image needs one")
        if "features" in values:
            values["features"] = [feature for feature in images.FEATURES if feature in values["features"]]
        return values

    def advise(self, context, step):
        if step.after and step.is_change:
            if self.present:
                images.refuse_change(context.api, self.present, step.after, context.params["allow_shrink"])
            pools = [step.after["pool"], *filter(None, [step.after.get("data_pool")])]
            images.refuse_full(context, pools)

    def before_delete(self, context, wire):
        images.refuse_in_use(context.api, wire, "removed")
        images.refuse_snapshots(wire)
        # Its removal begins with an entry in the trash, which a full pool does not take.
        images.refuse_full(context, [wire["pool"]])

    def create(self, context, values):
        images.create(context.api, values)

    def update(self, context, wire, values):
        images.change(context.api, wire, {**wire, **values})

    def delete(self, context, wire):
        images.remove(context.api, wire["pool"], wire["name"])


def main():
    run(Image())


if __name__ == "__main__":
    main()
