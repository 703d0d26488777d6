#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_traffic_info
short_description: Read how much data replications transferred
version_added: "0.1.0"
description:
  - Reads the bytes that were transferred for an organization, or for single VM replications, over time. Release 3.5 and
    newer.
author: The vcpp.vcloud authors (@vcpp)
options:
  org:
    description:
      - Organization whose whole traffic is read. With O(vapps), O(vms) or O(ids) it only narrows these.
      - When omitted, O(vapps), O(vms) or O(ids) must be given.
    type: str
  vapps:
    description: VMs of these vApps, by name or id, each by itself. The organization as a whole when omitted.
    type: list
    elements: str
  vms:
    description: These VMs, by name or id, each by itself. The organization as a whole when omitted.
    type: list
    elements: str
  ids:
    description: These VM replications, by their own id, each by itself. The organization as a whole when omitted.
    type: list
    elements: str
  start:
    description: First moment, in UTC, for example V(2026-03-01T00:00:00Z). Left to the product when omitted, a day ago from 4.0 on.
    type: str
  end:
    description: Last moment, in UTC. Left to the product when omitted.
    type: str
  resolution:
    description: Seconds between two samples. Release 3.5 only; 300 when omitted.
    type: int
  interval:
    description: What each sample is about. Release 4.0 and newer; left to the product when omitted.
    type: str
    choices: [hour, day]
  site:
    description:
      - Name of a paired site that is asked. The session must be extended to it with O(vcav_remote_site).
      - The service's own site when omitted.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcav_replication_info
"""

EXAMPLES = r"""
- name: What Tyrell transferred in the first week of March
  vcpp.vcloud.vcav_traffic_info:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    org: Tyrell
    start: "2026-03-01T00:00:00Z"
    end: "2026-03-08T00:00:00Z"
  register: traffic

- name: In bytes
  ansible.builtin.debug:
    msg: "{{ traffic.vcav_traffic | map(attribute='total_bytes') | sum }}"
"""

RETURN = r"""
vcav_traffic:
  description: One entry for the organization, or one for each VM replication.
  returned: success
  type: list
  elements: dict
  contains:
    org: {description: Organization., type: str, sample: Tyrell}
    id: {description: Id of the VM replication., type: str, returned: for single VMs, sample: C4-7c0a1c52-0d0c-4f57-8c3b-1f8f3d1e2a22}
    vapp: {description: Name of the source vApp., type: str, returned: for single VMs, sample: tyrell-web-c00}
    vm: {description: Name of the VM., type: str, returned: for single VMs, sample: tyrell-web-c00-01}
    start: {description: "First moment, in UTC.", type: str, sample: "2026-03-01T00:00:00Z"}
    end: {description: "Last moment, in UTC.", type: str, sample: "2026-03-08T00:00:00Z"}
    resolution: {description: Seconds between two samples as the product tells it., type: int, sample: 300}
    samples:
      description: The samples in the order of time.
      type: list
      elements: dict
      contains:
        timestamp: {description: "Its moment, in UTC.", type: str, sample: "2026-03-01T00:00:00Z"}
        bytes: {description: Bytes transferred., type: int, sample: 524288}
    total_bytes: {description: Sum of the samples., type: int, sample: 1048576}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vcav import traffic
from ..module_utils._vcav.client import connect


class Traffic(Info):
    """What replications transferred."""

    noun = "vcav_traffic"
    connect = staticmethod(connect)

    def spec(self):
        spec = {name: {"type": "list", "elements": "str"} for name in ("vapps", "vms", "ids")}
        spec.update({name: {"type": "str"} for name in ("org", "start", "end", "site")})
        return {**spec, "resolution": {"type": "int"}, "interval": {"type": "str", "choices": ["hour", "day"]}}

    def validate(self, params):
        traffic.check_traffic(params)

    def fetch(self, context):
        return traffic.read_traffic(context.api, context.params)


def main():
    run(Traffic())


if __name__ == "__main__":
    main()
