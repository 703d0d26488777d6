#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_replication_operation
short_description: Test, fail over, migrate, reverse and synchronize replications
version_added: "0.1.0"
description:
  - Carries out one operation on many replications, side by side, waits for each, and looks at every VM afterwards.
  - Each operation has an end state, so it is safe to run twice. What is there already is left alone; what is under way
    is joined. Only V(operation=sync) is an action that does something each time.
  - What the product does not permit in the present state is refused before anything is sent, with the state and the next
    step. VMs of one vApp that are not equally far are handled one by one.
  - Ask the site that the replications go to. To fail over, nothing but that site is needed, so it works when the source
    is gone.
author: The vcpp.vcloud authors (@vcpp)
options:
  operation:
    description:
      - V(sync) makes a new instance. Not while paused, and not after a failover.
      - V(pause) and V(resume) end with paused or running replications.
      - V(failover_test) ends with a test vApp at the destination, V(cleanup) without it.
      - V(failover) ends with the recovered vApp at the destination. It is refused while a test is there.
      - V(migrate) is a failover that synchronizes first and powers off the source.
      - V(reverse) ends with a replication in the opposite direction. It needs a failover or migration before it, and
        both sites.
    type: str
    required: true
    choices: [sync, pause, resume, failover_test, cleanup, failover, migrate, reverse]
  vapps:
    description: Names or ids of the source vApps. See O(org) when omitted.
    type: list
    elements: str
  vms:
    description: Names or ids of single VMs at the source. Whole vApps, or see O(org), when omitted.
    type: list
    elements: str
  ids:
    description: Ids of vApp or VM replications. Chosen by name, or see O(org), when omitted.
    type: list
    elements: str
  org:
    description:
      - Organization at the destination. With no O(vapps), O(vms) and O(ids) all of its replications are chosen, with
        them only names in it count. Those of all organizations when omitted.
    type: str
  source_org:
    description: Organization at the source, in the same way. Any when omitted.
    type: str
  source_site:
    description: Only replications from this site. From any when omitted.
    type: str
  destination_site:
    description:
      - Only replications to this site; the service's own when omitted. A replication that has been reversed goes to
        the other site, so running a failover once more does not fail it back.
    type: str
  kind:
    description: Only protections or only migrations. Both when omitted.
    type: str
    choices: [protection, migration]
  power_on:
    description: Whether recovered VMs are powered on, for a test, a failover or a migration.
    type: bool
    default: true
  consolidate:
    description: Whether disks of recovered VMs are consolidated, for a failover or migration. Not when omitted.
    type: bool
  instance:
    description:
      - Which instance a test or failover recovers from. V(latest), the key of one, or a moment in UTC such as
        V(2026-03-01T22:00:00Z) for the newest that is not younger, VM by VM.
    type: str
    default: latest
  synchronize:
    description:
      - Whether to synchronize before a test, failover or migration, which needs the source.
      - When omitted, only V(operation=migrate) does.
    type: bool
  network_settings:
    description:
      - Networks of the recovered VMs, for a test, failover or migration. When omitted, those that are stored with the
        replication are used.
    type: dict
    suboptions:
      network:
        description: Name or id of one network for all NICs; empty for none, before release 4.0. Not set when omitted.
        type: str
      mappings:
        description: Networks by the source's. Release 3.5 and newer. Not set when omitted.
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
        description: Whether the source vApp's networks are copied. Release 3.5 and newer. Not set when omitted.
        type: bool
      vms:
        description: Settings of single VMs. Not set when omitted.
        type: list
        elements: dict
        suboptions:
          vm:
            description: Name or id of the VM at the source.
            type: str
            required: true
          computer_name:
            description: Name that the guest gets. Not set when omitted.
            type: str
          guest_customization:
            description: Whether the guest is customized. Not set when omitted.
            type: bool
          primary_nic:
            description: Index of the primary NIC. Not set when omitted.
            type: int
          nics:
            description: Settings of single NICs. Not set when omitted.
            type: list
            elements: dict
            suboptions:
              index:
                description: Index of the NIC, the first is 0.
                type: int
                required: true
              network:
                description: Name of the network. Not set when omitted.
                type: str
              connected:
                description: Whether the NIC is connected. Not set when omitted.
                type: bool
              ip_mode:
                description: Where the address comes from. Not set when omitted.
                type: str
                choices: [dhcp, pool, manual, none]
              ip_address:
                description: Address for C(ip_mode=manual). Not set when omitted.
                type: str
              reset_mac:
                description: Whether the NIC gets a new MAC address. Not set when omitted.
                type: bool
  batch:
    description: How many requests are carried out at a time. The next begins when one has ended.
    type: int
    default: 8
  on_refused:
    description:
      - What happens when the operation is not permitted for some of the replications. V(fail) sends nothing at all,
        V(continue) carries it out for the others and fails in the end.
    type: str
    choices: [fail, continue]
    default: fail
  fail_fast:
    description: Whether no further request is begun after the first that fails.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.wait
  - vcpp.vcloud.attributes
attributes:
  idempotent:
    support: partial
    description: A second run changes nothing, but V(operation=sync) makes an instance each time.
seealso:
  - module: vcpp.vcloud.vcav_replication
  - module: vcpp.vcloud.vcav_replication_info
"""

EXAMPLES = r"""
- name: The shop can be recovered
  vcpp.vcloud.vcav_replication_operation:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    operation: failover_test
    org: Tyrell
    vapps: [tyrell-web-c00]

- name: The test is cleaned up
  vcpp.vcloud.vcav_replication_operation:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    operation: cleanup
    org: Tyrell
    vapps: [tyrell-web-c00]

- name: Christchurch is gone, so Auckland takes over from the latest instances
  vcpp.vcloud.vcav_replication_operation:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    operation: failover
    org: Tyrell
"""

RETURN = r"""
vcav_replication_operation:
  description: Every VM that was chosen, as it is now, or would be in check mode.
  returned: success
  type: list
  elements: dict
  contains:
    vapp: {description: Name of the source vApp., type: str, sample: tyrell-web-c00}
    vm: {description: Name of the VM., type: str, sample: tyrell-web-c00-01}
    id: {description: Id of the VM replication., type: str, sample: C4-7c0a1c52-0d0c-4f57-8c3b-1f8f3d1e2a22}
    vapp_replication_id: {description: Id of the vApp replication., type: str, sample: C4VAPP-2f5c2d0e-6a53-4c0a-9b8e-5d9f5a0d1c11}
    org: {description: Organization., type: str, sample: Tyrell}
    recovery_state: {description: "One of not_started, in_progress, test and complete.", type: str, sample: complete}
    paused: {description: Whether it is paused., type: bool, sample: false}
    source_site: {description: Site that it is replicated from., type: str, sample: C00-Christchurch}
    destination_site: {description: Site that it is replicated to., type: str, sample: A03-Auckland}
    changed: {description: Whether the operation was carried out., type: bool, sample: true}
    error: {description: Why it could not be carried out., type: str, returned: on failure, sample: "is test and failover is not permitted"}
summary:
  description: How many VMs were changed, were there already, failed, were refused, and were not begun.
  returned: success
  type: dict
  contains:
    changed: {description: VMs for which the operation was carried out., type: int, sample: 3}
    already: {description: VMs that were in the end state already., type: int, sample: 0}
    failed: {description: VMs for which it failed., type: int, sample: 0}
    refused: {description: VMs for which it is not permitted., type: int, sample: 0}
    not_begun: {description: "VMs that were not begun, because of O(fail_fast).", type: int, sample: 0}
"""

from ..module_utils._resource import Definition, Failure, run
from ..module_utils._vcav import recovery_networks, replication_states, replication_work
from ..module_utils._vcav.client import connect


class Operation(Definition):
    """One operation on many replications."""

    noun = "vcav_replication_operation"
    waits = 300
    connect = staticmethod(connect)

    def spec(self):
        spec = {name: {"type": "list", "elements": "str"} for name in ("vapps", "vms", "ids")}
        spec.update({name: {"type": "str"} for name in ("org", "source_org", "source_site", "destination_site")})
        spec.update({name: {"type": "bool"} for name in ("consolidate", "synchronize")})
        return {
            **spec,
            "operation": {"type": "str", "required": True, "choices": list(replication_states.CALLS)},
            "kind": {"type": "str", "choices": ["protection", "migration"]},
            "power_on": {"type": "bool", "default": True},
            "instance": {"type": "str", "default": replication_work.LATEST},
            "network_settings": {"type": "dict", "options": recovery_networks.SPEC},
            "batch": {"type": "int", "default": 8},
            "on_refused": {"type": "str", "choices": ["fail", "continue"], "default": "fail"},
            "fail_fast": {"type": "bool", "default": False},
        }

    def validate(self, params):
        replication_work.check(params)

    def execute(self, context):
        work = replication_work.Work(context.params)
        work.prepare(context.api)
        if not context.check_mode:
            work.carry_out(context.api, context.wait)
        steps, rows = work.steps(), work.rows()
        result = {"changed": bool(steps), self.noun: rows, "summary": work.summary()}
        if context.want_diff and steps:
            result["diff"] = [context.diff_entry(step, "vcav_replication", name, org) for name, org, step in steps]
        failed = [row for row in rows if "error" in row]
        if failed:
            raise Failure(work.failure(failed), **result)
        return result


def main():
    run(Operation())


if __name__ == "__main__":
    main()
