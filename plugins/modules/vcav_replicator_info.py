#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_replicator_info
short_description: Read the replicators of a vCloud Availability site
version_added: "0.1.0"
description:
  - Reads the replicators that a manager service has registered, their state and their maintenance mode.
  - The replicators of paired sites belong to their own manager and are not among them.
author: The vcpp.vcloud authors (@vcpp)
options:
  api_url:
    description: Only the replicator of this address, port 8043 when left out of it. All when omitted.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.attributes.info
notes:
  - O(vcav_url) is that of the manager service, port 8441 of the cloud appliance.
seealso:
  - module: vcpp.vcloud.vcav_replicator
"""

EXAMPLES = r"""
- name: Which replicators are registered
  vcpp.vcloud.vcav_replicator_info:
    vcav_url: https://vcav.example.com:8441
    vcav_password: "{{ vault_vcav_password }}"
  register: replicators

- name: None is in maintenance mode
  ansible.builtin.assert:
    that: replicators.states | selectattr('in_maintenance') | length == 0
"""

RETURN = r"""
vcav_replicator:
  description: The registered replicators, sorted by address. An entry holds options of M(vcpp.vcloud.vcav_replicator).
  returned: success
  type: list
  elements: dict
  contains:
    api_url: {description: Its address., type: str, sample: "https://vdev-a03-vcar01.vdev.local:8043"}
    description: {description: Its description., type: str, sample: Rack 7}
    owner: {description: "The tenant that it is for, V(*) for every one.", type: str, sample: "*"}
    peer_thumbprint: {description: The thumbprint that is trusted., type: str, sample: "SHA-256:A1:B2:C3"}
states:
  description: How the replicators are, in the same order.
  returned: success
  type: list
  elements: dict
  contains:
    api_url: {description: Its address., type: str, sample: "https://vdev-a03-vcar01.vdev.local:8043"}
    in_maintenance: {description: Whether it is in maintenance mode., type: bool, sample: false}
    version: {description: Build of its service., type: str, sample: 3.0.0.13174385-9b7cd0b00}
    troubles: {description: What the manager says about the connection; empty when it is sound., type: list, elements: str, sample: []}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vcav import replicators
from ..module_utils._vcav.client import connect

OPTIONS = ("api_url", "description", "owner", "peer_thumbprint")


class ReplicatorInfo(Info):
    """The site's own replicators."""

    noun = "vcav_replicator"
    connect = staticmethod(connect)

    def spec(self):
        return {"api_url": {"type": "str"}}

    def validate(self, params):
        self.only = params["api_url"] and replicators.normal_url(params["api_url"])

    def fetch(self, context):
        replicators.need_manager(context.api)
        found = [(replicators.read(wire), wire) for wire in replicators.every(context.api)]
        self.found = [pair for pair in found if self.only in (None, pair[0]["api_url"])]
        return [{name: row[name] for name in OPTIONS} for row, _wire in self.found]

    def more(self, context):
        return {"states": [self.state(row, wire) for row, wire in self.found]}

    def state(self, row, wire):
        told = {"version": wire.get("buildVersion"), "troubles": replicators.trouble(wire)}
        return {"api_url": row["api_url"], "in_maintenance": row["in_maintenance"], **told}


def main():
    run(ReplicatorInfo())


if __name__ == "__main__":
    main()
