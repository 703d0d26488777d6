#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_policy_assignments
short_description: Assign replication policies to many organizations
version_added: "0.1.0"
description:
  - Gives organizations their policies, thousands in one task. The present assignments are read once, only what differs
    is changed, and every change is read back.
  - Every organization has exactly one policy per site, so an assignment replaces the previous one.
  - Assignments are not copied between paired sites. Make them in both.
author: The vcpp.vcloud authors (@vcpp)
options:
  assignments:
    description: The organizations and their policies. Organizations that are not named keep what they have.
    type: list
    elements: dict
    required: true
    suboptions:
      org:
        description: Name of one vCloud Director organization, not its full name. Give this or O(assignments[].orgs).
        type: str
      orgs:
        description:
          - Names of all the organizations that have the policy. The short and fast way to write thousands of them.
            Give this or O(assignments[].org).
        type: list
        elements: str
      policy:
        description: Name of the policy. V(default) is the default policy, whatever it is called.
        type: str
        required: true
  prune:
    description: Whether organizations that are not named in O(assignments) get the default policy.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.collection
  - vcpp.vcloud.attributes
seealso:
  - module: vcpp.vcloud.vcav_policy_assignments_info
  - module: vcpp.vcloud.vcav_policy
"""

EXAMPLES = r"""
- name: Policies of the tenants
  vcpp.vcloud.vcav_policy_assignments:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    assignments:
      - org: Tyrell
        policy: DRaaS - Basic Policy

- name: Many tenants of a few policies
  vcpp.vcloud.vcav_policy_assignments:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    assignments:
      - {policy: DRaaS - Basic Policy, orgs: [Tyrell]}
      - {policy: default, orgs: []}

- name: These tenants and no others may replicate
  vcpp.vcloud.vcav_policy_assignments:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    assignments:
      - {org: Tyrell, policy: DRaaS - Basic Policy}
    prune: true
"""

RETURN = r"""
vcav_policy_assignments:
  description:
    - The assignments as they are now, or would be in check mode, in the form of O(assignments).
    - One entry for each organization, or one for each policy where O(assignments[].orgs) was used.
  returned: success
  type: list
  elements: dict
  contains:
    org: {description: Name of the organization., type: str, returned: without orgs, sample: Tyrell}
    orgs: {description: Names of the organizations., type: list, elements: str, returned: with orgs, sample: [Tyrell]}
    policy: {description: Name of the policy., type: str, sample: DRaaS - Basic Policy}
outcomes:
  description: What became of each organization whose policy differed, in the order of O(assignments).
  returned: always, unless the task failed before the first change
  type: list
  elements: dict
  contains:
    org: {description: Name of the organization., type: str, sample: Tyrell}
    policy: {description: Its policy now., type: str, sample: DRaaS - Basic Policy}
    changed: {description: Whether it was changed., type: bool, sample: true}
    error: {description: Why it could not be changed., type: str, returned: on failure, sample: Permission denied.}
"""

from ..module_utils._names import nearest
from ..module_utils._plan import Field, refuse_empty
from ..module_utils._resource import Collection, InputError, run
from ..module_utils._vcav import policies
from ..module_utils._vcav.client import connect


class Assignments(Collection):
    """Which organization has which policy."""

    noun = "vcav_policy_assignments"
    item_key = "org"
    fields = {"policy": Field("policy")}
    waits = 30
    connect = staticmethod(connect)

    def spec(self):
        row = {
            "type": "list",
            "elements": "dict",
            "required": True,
            "options": {
                "org": {"type": "str"},
                "orgs": {"type": "list", "elements": "str"},
                "policy": {"type": "str", "required": True},
            },
            "mutually_exclusive": [("org", "orgs")],
            "required_one_of": [("org", "orgs")],
        }
        return {"assignments": row}

    def wanted(self, params):
        wanted = {}
        for number, row in enumerate(params["assignments"]):
            refuse_empty(f"assignments[{number}].policy", row["policy"], "name a policy, default for the default one")
            # Plain texts: ansible-core's tagged ones would triple the cost of a result with thousands of them.
            values = {"policy": str(row["policy"])}
            for org in map(str, row["orgs"] or () if row["org"] is None else (row["org"],)):
                refuse_empty(f"assignments[{number}]: organization", org, "name one, or leave the entry out")
                if org in wanted:
                    raise InputError(
                        f"assignments[{number}]: {org!r} is named twice; give each organization one policy"
                    )
                wanted[org] = values
        return wanted

    def present(self, context, wanted, everything):
        self.policies = policies.every(context.api)
        present = policies.assignments(context.api, self.policies, wanted, everything)
        # The user may call the default policy "default": compare with the name that it has.
        self.ids = {policy["displayName"]: policy["id"] for policy in self.policies}
        default = policies.pick(self.policies, policies.DEFAULT_ID)["displayName"]
        for values in wanted.values():
            if values["policy"] == policies.DEFAULT_ID and policies.DEFAULT_ID not in self.ids:
                values["policy"] = default
        return present

    def pruned(self, context):
        return {"policy": policies.pick(self.policies, policies.DEFAULT_ID)["displayName"]}

    def check(self, context, plans):
        policies_asked = {step.after["policy"] for step in plans.values()}
        self.refuse(context, "policy", policies_asked - self.ids.keys(), self.ids)
        strangers = {org for org, step in plans.items() if not step.before}
        if strangers:
            known = {found["name"] for found in context.api.pages("inventory/orgs")}
            self.refuse(context, "organization", strangers - known, known)

    def refuse(self, context, kind, missing, known):
        if not missing:
            return
        first = sorted(missing)[0]
        others = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
        where = context.api.site or context.api.endpoint
        context.missing(f"assignments: {kind} {first!r}{others} does not exist at {where}{nearest(first, known)}")

    def apply(self, context, key, step):
        policies.assign(context.api, self.ids[step.after["policy"]], key)

    def rows(self, context, final):
        if all(row["orgs"] is None for row in context.params["assignments"]):
            return super().rows(context, final)
        orgs = {}
        for org, values in final.items():
            orgs.setdefault(values["policy"], []).append(org)
        return [{"policy": policy, "orgs": orgs[policy]} for policy in sorted(orgs)]

    def tenant(self, key):
        return key


def main():
    run(Assignments())


if __name__ == "__main__":
    main()
