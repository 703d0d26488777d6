#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcd_network_info
short_description: Read the networks of organization VDCs
version_added: "0.1.0"
description:
  - Reads the networks of organization VDCs with their addressing, all pages.
  - A System administrator reads those of all organizations, a user of a tenant those of the own one.
  - Networks inside vApps are not among them.
author: The vcpp.vcloud authors (@vcpp)
options:
  type:
    description: V(direct), V(routed) or V(isolated) reads the networks of this type only. All types when omitted.
    type: str
    choices: [direct, routed, isolated]
  with_ranges:
    description:
      - Whether the static ranges of each network are read, which costs a request for each network, eight at a time.
      - Left out, RV(vcd_network[].ip_ranges) is null.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.places
  - vcpp.vcloud.places.vdc
  - vcpp.vcloud.places.name
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcd_org_vdc_info
  - module: vcpp.vcloud.vcd_vm_info
"""

EXAMPLES = r"""
- name: The routed networks of an organization
  vcpp.vcloud.vcd_network_info:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    org: Tyrell
    type: routed
  register: networks

- name: The same with the ranges of their addresses
  vcpp.vcloud.vcd_network_info:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    org: Tyrell
    type: routed
    with_ranges: true
  register: networks

- name: Where addresses run out
  ansible.builtin.debug:
    msg: "{{ item.name }} in {{ item.vdc }}: {{ item.used_ip_count }} of {{ item.total_ip_count }} addresses are used"
  loop: "{{ networks.vcd_network }}"
  loop_control:
    label: "{{ item.name }}"
"""

RETURN = r"""
vcd_network:
  description: The networks, by organization, VDC and name. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the network., type: str, sample: Tyrell Servers A03}
    org: {description: "Organization that it belongs to. Names are unique in an organization only.", type: str, sample: Tyrell}
    vdc: {description: Its organization VDC., type: str, sample: Tyrell A03 Allocated}
    id: {description: URN of the network., type: str, sample: "urn:vcloud:network:5d1f0a51-3c2a-4b44-8e8f-2f3f0a3c9d10"}
    type: {description: "V(direct) to an external network, V(routed) by an edge gateway, or V(isolated).", type: str, sample: routed}
    gateway: {description: Its default gateway., type: str, sample: 10.3.1.1}
    netmask: {description: Its netmask., type: str, sample: 255.255.255.0}
    prefix_length: {description: The same as the length of its prefix., type: int, sample: 24}
    dns_servers: {description: Its name servers., type: list, elements: str, sample: [10.3.1.2]}
    dns_suffix: {description: Its DNS suffix. Null when it has none., type: str, sample: tyrell.example}
    connected_to: {description: What it is connected to. Null for an isolated one., type: str, sample: Tyrell Edge}
    shared: {description: Whether all VDCs of the organization have it., type: bool, sample: false}
    busy: {description: Whether something is being done to it., type: bool, sample: false}
    used_ip_count: {description: Number of addresses of its static ranges that are used., type: int, sample: 3}
    total_ip_count: {description: Number of addresses of its static ranges., type: int, sample: 100}
    ip_ranges:
      description: Its static ranges, from which VMs are given addresses. Null unless O(with_ranges=true).
      type: list
      elements: dict
      contains:
        start: {description: First address., type: str, sample: 10.3.1.10}
        end: {description: Last address., type: str, sample: 10.3.1.109}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vcd import places, vdc_contents
from ..module_utils._vcd.client import connect
from ..module_utils._vcd.details import of_each
from ..module_utils._vcd.filters import equals


class Networks(Info):
    """The networks of organization VDCs."""

    noun, product = "vcd_network", "vcd"
    connect = staticmethod(connect)

    def spec(self):
        types = {"type": "str", "choices": list(vdc_contents.NETWORK_TYPES)}
        return {**places.spec("org", "vdc", "name"), "type": types, "with_ranges": {"type": "bool", "default": False}}

    def validate(self, params):
        places.check(params)

    def fetch(self, context):
        params = context.params
        kind = params["type"]
        networks = vdc_contents.read(
            context.api,
            vdc_contents.NETWORKS,
            params,
            where=equals("linkType", vdc_contents.NETWORK_TYPES[kind]) if kind else None,
            test=lambda network: kind in (None, network["type"]),
        )
        ids = [network["id"] for network in networks] if params["with_ranges"] else []
        ranges = of_each(vdc_contents.ip_ranges, context.api, ids)
        return [{**network, "ip_ranges": ranges.get(network["id"])} for network in networks]


def main():
    run(Networks())


if __name__ == "__main__":
    main()
