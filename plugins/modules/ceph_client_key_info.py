#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ceph_client_key_info
short_description: Read users of a Ceph cluster
version_added: "0.1.0"
description:
  - Reads users (clients) and their capabilities. Keys are not in the result.
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description: Name of the only user to read, such as V(client.kube) or V(kube). All clients when omitted.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.ceph
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.ceph_client_key
"""

EXAMPLES = r"""
- name: Read all users
  vcpp.vcloud.ceph_client_key_info:
  register: users

- name: Who may write to every pool
  ansible.builtin.debug:
    msg: "{{ users.ceph_client_key | selectattr('caps.osd', 'defined') | selectattr('caps.osd', 'search', 'allow [*]')
      | map(attribute='name') | list }}"
"""

RETURN = r"""
ceph_client_key:
  description: The users, sorted by name. Each can be given to M(vcpp.vcloud.ceph_client_key) and then changes nothing.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the user., type: str, sample: client.kube}
    caps:
      description: Its capabilities, by kind of daemon.
      type: dict
      sample: {mon: profile rbd, osd: profile rbd pool=kube}
"""

from ..module_utils._ceph import keys
from ..module_utils._ceph.client import connect
from ..module_utils._resource import Info, run


class ClientKeys(Info):
    """The users of a cluster."""

    noun, product = "ceph_client_key", "ceph"
    connect = staticmethod(connect)

    def spec(self):
        return {"name": {"type": "str"}}

    def validate(self, params):
        self.user = keys.full_name(params["name"]) if params["name"] else None

    def fetch(self, context):
        return [user for user in keys.every(context.api) if self.user in (None, user["name"])]


def main():
    run(ClientKeys())


if __name__ == "__main__":
    main()
