#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_replication_info
short_description: Read the replications of a site
version_added: "0.1.0"
description:
  - Reads what is replicated, with the state of every VM, recovery point violations and errors.
  - The list can be given to O(vcpp.vcloud.vcav_replication#module:replications) as it is.
author: The vcpp.vcloud authors (@vcpp)
options:
  vapps:
    description: Only these vApps, by name or id. All when omitted.
    type: list
    elements: str
  vms:
    description: Only these VMs, by name or id. All when omitted.
    type: list
    elements: str
  ids:
    description: Only these vApp or VM replications, by their own id. All when omitted.
    type: list
    elements: str
  org:
    description: Only replications to this organization. To all when omitted.
    type: str
  source_org:
    description: Only replications from this organization. From all when omitted.
    type: str
  source_site:
    description: Only replications from this site. From all when omitted.
    type: str
  destination_site:
    description: Only replications to this site. To all when omitted.
    type: str
  kind:
    description: Only protections or only migrations. Both when omitted.
    type: str
    choices: [protection, migration]
  site:
    description:
      - Name of a paired site that is asked. The session must be extended to it with O(vcav_remote_site).
      - The service's own site when omitted.
    type: str
  network_settings:
    description: Whether the stored network settings are read too, which takes a request for each vApp.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcav_replication
  - module: vcpp.vcloud.vcav_instance_info
"""

EXAMPLES = r"""
- name: What is replicated to Tyrell
  vcpp.vcloud.vcav_replication_info:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    org: Tyrell
  register: tyrell

- name: What is not healthy
  ansible.builtin.debug:
    msg: "{{ tyrell.replications | rejectattr('health', 'equalto', 'green') | map(attribute='vapp') | list }}"
"""

RETURN = r"""
vcav_replication:
  description:
    - The replications in the form of O(vcpp.vcloud.vcav_replication#module:replications), by name. A setting in which
      the VMs of a vApp differ is left out.
  returned: success
  type: list
  elements: dict
  contains:
    vapp: {description: Name of the source vApp. Its id where the name is not unique., type: str, sample: tyrell-web-c00}
    vm: {description: Name of the VM., type: str, returned: if only some VMs of the vApp are listed, sample: tyrell-web-c00-01}
    destination_vdc: {description: Organization VDC at the destination., type: str, sample: Tyrell A03 Allocated}
    storage_policy: {description: Storage policy at the destination., type: str, sample: A03 VSAN Performance}
    rpo: {description: Recovery point objective in minutes., type: int, sample: 240}
    retention: {description: "Instances kept: how many, and how many minutes apart.", type: list, elements: dict, sample: []}
    quiesced: {description: Whether the guest is quiesced., type: bool, sample: false}
    data_connection: {description: How the data travel., type: str, sample: encrypted_compressed}
    description: {description: Description., type: str, sample: ""}
    paused: {description: Whether it is paused., type: bool, sample: false}
    failover_network: {description: Networks after a failover., type: dict, returned: with O(network_settings)}
    test_network: {description: Networks in a test., type: dict, returned: with O(network_settings)}
replications:
  description: The same replications with all that is known of them.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Id of the vApp replication., type: str, sample: C4VAPP-2f5c2d0e-6a53-4c0a-9b8e-5d9f5a0d1c11}
    kind: {description: protection or migration., type: str, sample: protection}
    owner: {description: Who owns it., type: str, sample: TyrellA03-Auckland@}
    vapp: {description: Name of the source vApp., type: str, sample: tyrell-web-c00}
    vapp_id: {description: Its id., type: str, sample: 9d2f0c6a-0f7e-4a55-8f3e-6a0d5b1c2e3f}
    source_site: {description: Site that it is replicated from., type: str, sample: C00-Christchurch}
    source_org: {description: Organization there., type: str, sample: Tyrell}
    source_vdc: {description: Organization VDC there., type: str, sample: Tyrell C00 Allocated}
    destination_site: {description: Site that it is replicated to., type: str, sample: A03-Auckland}
    destination_org: {description: Organization there., type: str, sample: Tyrell}
    destination_vdc: {description: Organization VDC there., type: str, sample: Tyrell A03 Allocated}
    recovered_vapp_id: {description: Id of the recovered vApp., type: str, sample: null}
    recovery_state: {description: "One of not_started, in_progress, test and complete; mixed where the VMs differ.", type: str, sample: not_started}
    health: {description: "green, yellow or red.", type: str, sample: green}
    vms:
      description: Its VMs.
      type: list
      elements: dict
      contains:
        id: {description: Id of the VM replication., type: str, sample: C4-7c0a1c52-0d0c-4f57-8c3b-1f8f3d1e2a22}
        vm: {description: Name of the VM., type: str, sample: tyrell-web-c00-01}
        vm_id: {description: Id of the VM at the source., type: str, sample: 5a11c8de-1b1c-4f1a-9a53-0a4f8c3f7e21}
        recovery_state: {description: "One of not_started, in_progress, test and complete.", type: str, sample: not_started}
        paused: {description: Whether it is paused., type: bool, sample: false}
        reversed: {description: Whether its direction was reversed., type: bool, sample: false}
        health: {description: "green, yellow or red.", type: str, sample: green}
        data_connection_state: {description: State of the connection., type: str, sample: ok}
        source_state: {description: State at the source., type: str, sample: idle}
        destination_state: {description: State at the destination., type: str, sample: opened}
        rpo_violation: {description: Minutes beyond the recovery point objective., type: int, sample: 0}
        last_error: {description: The last error. Null without one., type: str, sample: null}
        space_required: {description: Space at the destination in bytes., type: int, sample: 4294967296}
        storage_policy: {description: Storage policy at the destination., type: str, sample: A03 VSAN Performance}
        recovered_vm_id: {description: Id of the recovered VM., type: str, sample: null}
        latest_instance: {description: The latest instance; see M(vcpp.vcloud.vcav_instance_info). Null without one., type: dict}
        description: {description: Description., type: str, sample: ""}
        rpo: {description: Recovery point objective in minutes., type: int, sample: 240}
        data_connection: {description: How the data travel., type: str, sample: encrypted_compressed}
        quiesced: {description: Whether the guest is quiesced., type: bool, sample: false}
        retention: {description: Instances kept., type: list, elements: dict, sample: []}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vcav import replications, traffic
from ..module_utils._vcav.client import connect


class ReplicationInfo(Info):
    """The replications of a site."""

    noun = "vcav_replication"
    connect = staticmethod(connect)

    def spec(self):
        spec = {name: {"type": "list", "elements": "str"} for name in ("vapps", "vms", "ids")}
        spec.update({name: {"type": "str"} for name in ("org", "source_org", "source_site", "destination_site", "site")})
        spec["kind"] = {"type": "str", "choices": ["protection", "migration"]}
        return {**spec, "network_settings": {"type": "bool", "default": False}}

    def validate(self, params):
        traffic.check_chosen(params, "vapps", "vms", "ids")

    def fetch(self, context):
        self.found = traffic.matching(context.api, context.params)
        settings = traffic.network_settings(context.api, self.found) if context.params["network_settings"] else {}
        return traffic.rows(self.found, settings)

    def more(self, context):
        return {"replications": [replications.describe(one) for one in self.found]}


def main():
    run(ReplicationInfo())


if __name__ == "__main__":
    main()
