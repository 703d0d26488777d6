#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_policy_assignments_info
short_description: Read which organization has which replication policy
version_added: "0.1.0"
description:
  - Reads the policy of every organization of a vCloud Availability site, and whether the organization keeps to it.
  - The list can be given to O(vcpp.vcloud.vcav_policy_assignments#module:assignments) as it is.
author: The vcpp.vcloud authors (@vcpp)
options:
  policy:
    description: Only organizations with this policy. All organizations when omitted.
    type: str
  site:
    description:
      - Name of a paired site that is read. The session must be extended to it with O(vcav_remote_site).
      - The service's own site when omitted.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcav_policy_assignments
"""

EXAMPLES = r"""
- name: Who may replicate
  vcpp.vcloud.vcav_policy_assignments_info:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
  register: assigned

- name: Who does not keep to the policy
  ansible.builtin.debug:
    msg: "{{ assigned.violations | map(attribute='org') | list }}"
"""

RETURN = r"""
vcav_policy_assignments:
  description: Every organization and its policy, by organization.
  returned: success
  type: list
  elements: dict
  contains:
    org: {description: Name of the organization., type: str, sample: Tyrell}
    policy: {description: Name of its policy., type: str, sample: DRaaS - Basic Policy}
violations:
  description: The organizations whose replications do not keep to their policy.
  returned: success
  type: list
  elements: dict
  contains:
    org: {description: Name of the organization., type: str, sample: Tyrell}
    policy: {description: Name of its policy., type: str, sample: DRaaS - Basic Policy}
    configured_replications: {description: Number of its VM replications., type: int, sample: 12}
    quota_violation: {description: Whether it replicates more VMs than allowed., type: bool, sample: true}
    rpo_violations: {description: Ids of VM replications with a shorter RPO than allowed., type: list, elements: str, sample: []}
    instance_violations: {description: Ids of VM replications that keep more instances than allowed., type: list, elements: str, sample: []}
"""

from ..module_utils._names import nearest
from ..module_utils._resource import Info, InputError, run
from ..module_utils._vcav import policies
from ..module_utils._vcav.client import connect


class AssignmentsInfo(Info):
    """The policy of every organization."""

    noun = "vcav_policy_assignments"
    connect = staticmethod(connect)

    def spec(self):
        return {"policy": {"type": "str"}, "site": {"type": "str"}}

    def fetch(self, context):
        site, name = context.params["site"], context.params["policy"]
        known = policies.every(context.api, site)
        if name is not None:
            named = policies.pick(known, name)
            if named is None:
                names = [policy["displayName"] for policy in known]
                raise InputError(f"policy is {name!r}: this site has no such policy{nearest(name, names)}")
            known = [named]
        self.rows = [
            {**row, "policy": policy["displayName"]}
            for policy in known
            for row in policies.assigned(context.api, policy["id"], site)
        ]
        self.rows.sort(key=lambda row: row["org"])
        return [{"org": row["org"], "policy": row["policy"]} for row in self.rows]

    def more(self, context):
        rows = [
            {
                "org": row["org"],
                "policy": row["policy"],
                "configured_replications": row.get("configuredReplications") or 0,
                "quota_violation": bool(row.get("quotaViolation")),
                "rpo_violations": row.get("nonRpoCompliant") or [],
                "instance_violations": row.get("nonInstancesCompliant") or [],
            }
            for row in self.rows
        ]
        keys = ("quota_violation", "rpo_violations", "instance_violations")
        return {"violations": [row for row in rows if any(row[key] for key in keys)]}


def main():
    run(AssignmentsInfo())


if __name__ == "__main__":
    main()
