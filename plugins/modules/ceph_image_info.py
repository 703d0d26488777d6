#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ceph_image_info
short_description: Read images of RADOS block devices
version_added: "0.1.0"
description:
  - Reads the images of a pool, with their sizes and what they use of them.
author: The vcpp.vcloud authors (@vcpp)
options:
  pool:
    description: Pool of the images.
    type: str
    required: true
  name:
    description: Name of the only image to read. All images of the pool when omitted.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.ceph
  - vcpp.vcloud.attributes.info
notes:
  - One command is run per image, eight at a time.
seealso:
  - module: vcpp.vcloud.ceph_image
"""

EXAMPLES = r"""
- name: The pool exists
  vcpp.vcloud.ceph_pool:
    name: kube
    applications: [rbd]

- name: Read the images of the Kubernetes volumes
  vcpp.vcloud.ceph_image_info:
    pool: kube
  register: images

- name: What they use together
  ansible.builtin.debug:
    msg: "{{ images.details | map(attribute='used_bytes') | sum | human_readable }}"
"""

RETURN = r"""
ceph_image:
  description: The images, sorted by name. Each can be given to M(vcpp.vcloud.ceph_image) and then changes nothing.
  returned: success
  type: list
  elements: dict
  contains:
    pool: {description: Its pool., type: str, sample: kube}
    name: {description: Its name., type: str, sample: test}
    size: {description: Its size., type: str, sample: 1GiB}
    features: {description: Its features., type: list, elements: str, sample: [layering, exclusive-lock]}
    data_pool: {description: "Pool that holds its data, empty when that is its own.", type: str, sample: ""}
details:
  description: What nobody sets, in the same order.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the image., type: str, sample: test}
    id: {description: Its identifier., type: str, sample: 1061ae47f6bc}
    size_bytes: {description: Its size., type: int, sample: 1073741824}
    used_bytes: {description: "Data that was written to it, its snapshots included.", type: int, sample: 12582912}
    snapshots: {description: Number of its snapshots., type: int, sample: 0}
"""

from ..module_utils._ceph import images, sizes
from ..module_utils._ceph.client import connect
from ..module_utils._resource import Info, run


class Images(Info):
    """The images of a pool."""

    noun, product = "ceph_image", "ceph"
    connect = staticmethod(connect)

    def spec(self):
        return {"pool": {"type": "str", "required": True}, "name": {"type": "str"}}

    def fetch(self, context):
        self._found = images.every(context.api, context.params["pool"], context.params["name"])
        return [{field: image[field] for field in images.FIELDS} for image in self._found]

    def more(self, context):
        told = ("name", "id", "used_bytes", "snapshots")
        rows = [{**{key: image[key] for key in told}, "size_bytes": image["size"]} for image in self._found]
        return {"details": [{**row, "size_bytes": sizes.read("size", row["size_bytes"])} for row in rows]}


def main():
    run(Images())


if __name__ == "__main__":
    main()
