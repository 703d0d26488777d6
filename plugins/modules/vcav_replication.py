#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_replication
short_description: Protect or migrate many vApps and VMs
version_added: "0.1.0"
description:
  - Starts, changes, pauses and stops replications, many in one task. What is replicated already is read once, only what
    differs is changed, side by side, each task of the product is waited for, and every change is read back.
  - Replicates between two cloud sites, from an on-premises site to the cloud, and to an on-premises site. In the latter
    case the on-premises appliance's own placement is used, because how another one is written is not known.
  - An existing replication is recognized by the source vApp or VM, the two sites and the destination's organization VDC.
  - Ask the site that the replications go to. To start them, and to change their settings, the session must be extended
    to the other cloud site with O(vcav_remote_site).
  - Seeds are not supported, because the product's interface for cloud sites does not say how to name them. Replicated
    again in the opposite direction, a recovered vApp uses its old disks by itself.
author: The vcpp.vcloud authors (@vcpp)
options:
  source_site:
    description: Site that is replicated from, a cloud or an on-premises one. The service's own when omitted.
    type: str
  destination_site:
    description: Site that is replicated to, a cloud or an on-premises one. The service's own when omitted.
    type: str
  kind:
    description: Whether the replications are protections that last or migrations that are carried out once.
    type: str
    choices: [protection, migration]
    default: protection
  org:
    description:
      - Organization at the destination whose replications are looked at. Needed for O(prune).
      - When omitted, the replications of all organizations that the user may see are looked at, and no policy is read.
    type: str
  source_org:
    description:
      - Organization at the source. It is the same as O(org) when omitted. Give this alone for replications to an
        on-premises site, which has no organization.
    type: str
  replications:
    description: What is replicated. Replications that are not named stay as they are, unless O(prune) is set.
    type: list
    elements: dict
    required: true
    suboptions: &row
      vapp:
        description:
          - Name or id of the source vApp. From an on-premises site, the name of the vApp that the VM becomes.
          - When omitted, O(replications[].vm) is enough if its name is unique.
        type: str
      vm:
        description: Name or id of one VM. All VMs of the vApp when omitted. Needed for an on-premises source.
        type: str
      destination_vdc:
        description:
          - Name or id of the destination's organization VDC. Needed to start a replication to a cloud site.
          - When omitted, an existing replication into any VDC is meant.
        type: str
      storage_policy:
        description: Name or id of the storage policy at the destination. Left as it is when omitted, any for a new one.
        type: str
      rpo:
        description:
          - Recovery point objective in minutes, 5 to 1440. Left as it is when omitted. A new replication needs it,
            unless it has O(replications[].sla_profile).
        type: int
      retention:
        description:
          - Which instances are kept beside the latest. V([]) keeps the latest only.
          - Left as it is when omitted; a new replication keeps the latest only.
        type: list
        elements: dict
        suboptions:
          instances:
            description: Number of instances.
            type: int
            required: true
          distance:
            description: Minutes between two of them.
            type: int
            required: true
      quiesced:
        description: Whether the guest is quiesced for each instance. Left as it is when omitted, V(false) for a new one.
        type: bool
      data_connection:
        description:
          - How the data travel. Left as it is when omitted, V(encrypted_compressed) for a new replication.
        type: str
        choices: [plain, encrypted, encrypted_compressed]
      description:
        description: Description of the replication. Left as it is when omitted; empty clears it.
        type: str
      paused:
        description: Whether the replication is paused. Left as it is when omitted, V(false) for a new one.
        type: bool
      target_disk_type:
        description:
          - How the disks are laid out at the destination. Only for a new replication, which gets V(thin) when omitted.
            It cannot be read back and is not changed later.
        type: str
        choices: [thin, preallocated, preallocated_zeros]
      initial_sync_time:
        description:
          - When the first synchronization begins, in UTC, for example V(2026-03-01T22:00:00Z). Only for a new
            replication, which begins at once when omitted.
        type: str
      sla_profile:
        description:
          - Id of an SLA profile, which decides RPO, retention and quiescing of a new replication. Release 4.0 and newer.
          - When omitted, O(replications[].rpo) and the others decide. It cannot be read back and is not changed later.
        type: str
      failover_network:
        description: Networks of the recovered VMs after a failover or migration. Left as they are when omitted.
        type: dict
        suboptions: &networks
          network:
            description: Name or id of one network for all NICs; empty for none. Left as it is when omitted.
            type: str
          mappings:
            description: Networks by the source's. Release 3.5 and newer. Left as they are when omitted.
            type: list
            elements: dict
            suboptions:
              source:
                description: Name of a network of the source.
                type: str
                required: true
              destination:
                description: Name or id of a network of the destination's VDC.
                type: str
                required: true
          copy_source_networks:
            description: Whether the source vApp's networks are copied. Release 3.5 and newer. Left as it is when omitted.
            type: bool
          vms:
            description: Settings of single VMs. Others are left as they are, all of them when omitted.
            type: list
            elements: dict
            suboptions:
              vm:
                description: Name or id of the VM at the source.
                type: str
                required: true
              computer_name:
                description: Name that the guest gets. Left as it is when omitted.
                type: str
              guest_customization:
                description: Whether the guest is customized. Left as it is when omitted.
                type: bool
              primary_nic:
                description: Index of the primary NIC. Left as it is when omitted.
                type: int
              nics:
                description: Settings of single NICs. Others are left as they are, all of them when omitted.
                type: list
                elements: dict
                suboptions:
                  index:
                    description: Index of the NIC, the first is 0.
                    type: int
                    required: true
                  network:
                    description: Name of the network. Left as it is when omitted.
                    type: str
                  connected:
                    description: Whether the NIC is connected. Left as it is when omitted.
                    type: bool
                  ip_mode:
                    description: Where the address comes from. Left as it is when omitted.
                    type: str
                    choices: [dhcp, pool, manual, none]
                  ip_address:
                    description: Address for C(ip_mode=manual). Left as it is when omitted.
                    type: str
                  reset_mac:
                    description: Whether the NIC gets a new MAC address. Left as it is when omitted.
                    type: bool
      test_network:
        description: Networks of the recovered VMs in a test. Left as they are when omitted.
        type: dict
        suboptions: *networks
      state:
        description:
          - V(present) makes sure that it is replicated as described, V(absent) that it is not. What has been recovered
            from it stays. V(present) when omitted.
        type: str
        choices: [present, absent]
  common:
    description: Values that all O(replications) share; a row's own win. None are shared when omitted.
    type: dict
    suboptions: *row
  prune:
    description:
      - Whether replications of O(org) that are not named are stopped. Only those between the two sites, and of O(kind).
    type: bool
    default: false
  fail_fast:
    description: Whether no further change is begun after the first that fails. Otherwise all others are still made.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.wait
  - vcpp.vcloud.attributes
seealso:
  - module: vcpp.vcloud.vcav_replication_info
  - module: vcpp.vcloud.vcav_replication_operation
"""

EXAMPLES = r"""
- name: The shop is protected in Auckland
  vcpp.vcloud.vcav_replication:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    vcav_remote_site: C00-Christchurch
    vcav_remote_user: administrator@system
    vcav_remote_password: "{{ vault_remote_password }}"
    source_site: C00-Christchurch
    org: Tyrell
    common:
      destination_vdc: Tyrell A03 Allocated
      rpo: 240
      retention: [{instances: 4, distance: 360}]
    replications:
      - vapp: tyrell-web-c00
      - {vapp: tyrell-db-c00, quiesced: true}

- name: One of them is paused while the other is not replicated any more
  vcpp.vcloud.vcav_replication:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    source_site: C00-Christchurch
    org: Tyrell
    replications:
      - {vapp: tyrell-web-c00, paused: true}
      - {vapp: tyrell-db-c00, state: absent}
"""

RETURN = r"""
vcav_replication:
  description:
    - The replications as they are now, or would be in check mode, in the form of O(replications). V(mixed) stands for a
      setting in which the VMs of a vApp differ.
  returned: success
  type: list
  elements: dict
  contains:
    vapp: {description: Name of the vApp., type: str, sample: tyrell-web-c00}
    vm: {description: Name of the VM., type: str, returned: for a single VM, sample: tyrell-web-c00-01}
    destination_vdc: {description: Organization VDC at the destination., type: str, sample: Tyrell A03 Allocated}
    storage_policy: {description: Storage policy at the destination., type: str, sample: A03 VSAN Performance}
    rpo: {description: Recovery point objective in minutes., type: int, sample: 240}
    retention: {description: "Instances kept: how many, and how many minutes apart.", type: list, elements: dict, sample: [{instances: 4, distance: 360}]}
    quiesced: {description: Whether the guest is quiesced., type: bool, sample: false}
    data_connection: {description: How the data travel., type: str, sample: encrypted_compressed}
    description: {description: Description., type: str, sample: ""}
    paused: {description: Whether it is paused., type: bool, sample: false}
    failover_network: {description: "What O(replications[].failover_network) set.", type: dict, returned: if given}
    test_network: {description: "What O(replications[].test_network) set.", type: dict, returned: if given}
outcomes:
  description: What became of each replication that differed.
  returned: always, unless the task failed before the first change
  type: list
  elements: dict
  contains:
    replication: {description: What it is called here., type: str, sample: tyrell-web-c00 to Tyrell A03 Allocated}
    changed: {description: Whether it was changed., type: bool, sample: true}
    error: {description: Why it could not be changed., type: str, returned: on failure, sample: Permission denied.}
"""

from ..module_utils._resource import Collection, run
from ..module_utils._vcav import recovery_networks, replication_rows, replications
from ..module_utils._vcav.client import connect


class Replications(Collection):
    """What is replicated from one site to another."""

    noun, item_key = "vcav_replication", "replication"
    fields = replications.FIELDS
    waits = 300
    connect = staticmethod(connect)

    def spec(self):
        rule = {name: {"type": "int", "required": True} for name in ("instances", "distance")}
        network = {"type": "dict", "options": recovery_networks.SPEC}
        row = {name: {"type": "str"} for name in ("vapp", "vm", "destination_vdc", "storage_policy", "description")}
        row.update({name: {"type": "str"} for name in ("initial_sync_time", "sla_profile")})
        row.update(
            rpo={"type": "int"},
            retention={"type": "list", "elements": "dict", "options": rule},
            quiesced={"type": "bool"},
            data_connection={"type": "str", "choices": ["plain", "encrypted", "encrypted_compressed"]},
            paused={"type": "bool"},
            target_disk_type={"type": "str", "choices": ["thin", "preallocated", "preallocated_zeros"]},
            failover_network=network,
            test_network=network,
            state={"type": "str", "choices": ["present", "absent"]},
        )
        spec = {name: {"type": "str"} for name in ("source_site", "destination_site", "org", "source_org")}
        spec["kind"] = {"type": "str", "choices": ["protection", "migration"], "default": "protection"}
        spec["replications"] = {"type": "list", "elements": "dict", "required": True, "options": row}
        return {**spec, "common": {"type": "dict", "options": row}}

    def wanted(self, params):
        self.book = replication_rows.Rows(params)
        return self.book.wanted

    def refuser(self, context):
        def refuse(problem):
            if not context.check_mode:
                raise type(problem)(f"{problem}. Nothing was changed.")
            context.warn(f"{problem}. Predicted as if an earlier task of this run mended it.")

        return refuse

    def present(self, context, wanted, everything):
        return self.book.present(context.api, wanted, everything, self.refuser(context))

    def check(self, context, plans):
        self.book.check(context.api, plans, self.refuser(context))

    def apply(self, context, key, step):
        self.book.apply(context.api, key, step, context.wait)

    def rows(self, context, final):
        return list(final.values())

    def tenant(self, key):
        return self.book.org


def main():
    run(Replications())


if __name__ == "__main__":
    main()
