#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_policy
short_description: Manage replication policies
version_added: "0.1.0"
description:
  - Creates, changes and removes the policies of vCloud Availability that limit what an organization may replicate.
  - Every organization has exactly one policy per site; assign it with M(vcpp.vcloud.vcav_policy_assignments).
  - Policies are not copied between paired sites. Define them in both.
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description:
      - Name of the policy. Upper and lower case differ. V(default) is another word for the default policy.
    type: str
    required: true
  min_rpo:
    description:
      - Shortest recovery point objective that a replication may have, in minutes, 5 to 1440.
      - Left as it is when omitted; V(5) for a new policy.
    type: int
  max_instances:
    description:
      - Most instances (points in time) that are kept per VM, 1 to 24. Left as it is when omitted; V(24) for a new policy.
    type: int
  max_incoming:
    description:
      - Most VMs that may be replicated to the organization, V(0) for none, V(unlimited) (or V(-1)) for any number.
      - Left as it is when omitted; V(10) for a new policy.
    type: str
  allow_incoming:
    description:
      - Whether replications to the organization are allowed. Left as it is when omitted; V(true) for a new policy.
      - From release 4.1 on it sets both O(allow_incoming_migrations) and O(allow_incoming_protections).
    type: bool
  allow_outgoing:
    description:
      - Whether replications from the organization are allowed. Left as it is when omitted; V(true) for a new policy.
      - From release 4.1 on it sets both O(allow_outgoing_migrations) and O(allow_outgoing_protections).
    type: bool
  allow_incoming_migrations:
    description:
      - Whether migrations to the organization are allowed. Release 4.1 and newer.
      - Left as it is when omitted; V(true) for a new policy.
    type: bool
  allow_incoming_protections:
    description:
      - Whether protections to the organization are allowed. Release 4.1 and newer.
      - Left as it is when omitted; V(true) for a new policy.
    type: bool
  allow_outgoing_migrations:
    description:
      - Whether migrations from the organization are allowed. Release 4.1 and newer.
      - Left as it is when omitted; V(true) for a new policy.
    type: bool
  allow_outgoing_protections:
    description:
      - Whether protections from the organization are allowed. Release 4.1 and newer.
      - Left as it is when omitted; V(true) for a new policy.
    type: bool
  allow_custom_sla_settings:
    description:
      - Whether tenants may set recovery point objective and retention themselves instead of choosing an SLA profile.
        Release 4.0 and newer.
      - Left as it is when omitted; V(true) for a new policy.
    type: bool
  max_pinned_instances:
    description:
      - Most pinned instances per VM, 0 to 24. Release 4.0 and newer. Left as it is when omitted; V(0) for a new policy.
    type: int
  onprem_data_cap:
    description:
      - Limit of the data sent to on-premises sites, in the unit of the product. Release 4.0 and newer.
      - The product never returns it, so it cannot be compared. It makes no change by itself, and is sent along when
        something else is written. Give it with every task that writes the policy, because a write replaces all.
      - Left out, it is not sent, so a task that writes something else takes the limit away.
    type: int
  allow_notification_configuration:
    description:
      - Whether a tenant may set up notifications. Release 4.1 and newer.
      - Left as it is when omitted; V(false) for a new policy.
    type: bool
  allow_advanced_retention_rules:
    description:
      - Whether a tenant may use more than one retention rule. Release 4.5 and newer.
      - Left as it is when omitted; V(false) for a new policy.
    type: bool
  allow_outgoing_onprem_migrations:
    description:
      - Whether migrations from the organization to on-premises sites are allowed. Release 4.5 and newer.
      - Left as it is when omitted; V(true) for a new policy.
    type: bool
  allow_outgoing_onprem_protections:
    description:
      - Whether protections from the organization to on-premises sites are allowed. Release 4.6 and newer.
      - Left as it is when omitted; V(true) for a new policy.
    type: bool
  replace_with:
    description:
      - Name of the policy that takes over the organizations of a policy that is removed with O(state=absent).
      - Without it, a policy that is still assigned is not removed.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.state
  - vcpp.vcloud.attributes
seealso:
  - module: vcpp.vcloud.vcav_policy_info
  - module: vcpp.vcloud.vcav_policy_assignments
"""

EXAMPLES = r"""
- name: The basic policy exists
  vcpp.vcloud.vcav_policy:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    name: DRaaS - Basic Policy
    allow_incoming: true
    allow_outgoing: true
    max_incoming: 10
    max_instances: 4
    min_rpo: 240

- name: Any number of VMs from now on, everything else as it is
  vcpp.vcloud.vcav_policy:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    name: DRaaS - Basic Policy
    max_incoming: unlimited

- name: The policy is gone, its organizations have the default policy
  vcpp.vcloud.vcav_policy:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    name: DRaaS - Basic Policy
    replace_with: default
    state: absent
"""

RETURN = r"""
vcav_policy:
  description:
    - The policy as it is now, or would be in check mode. Empty when it is absent.
    - It holds the fields that the site's release has.
  returned: success
  type: dict
  contains:
    name: {description: Name of the policy., type: str, sample: DRaaS - Basic Policy}
    min_rpo: {description: Shortest recovery point objective in minutes., type: int, sample: 240}
    max_instances: {description: Most instances kept per VM., type: int, sample: 4}
    max_incoming: {description: Most incoming VMs; a number or V(unlimited)., type: raw, sample: 10}
    allow_incoming: {description: Whether incoming replications are allowed. Before 4.1., type: bool, sample: true}
    allow_outgoing: {description: Whether outgoing replications are allowed. Before 4.1., type: bool, sample: true}
    allow_incoming_migrations: {description: Whether incoming migrations are allowed. From 4.1 on., type: bool, sample: true}
    allow_incoming_protections: {description: Whether incoming protections are allowed. From 4.1 on., type: bool, sample: true}
    allow_outgoing_migrations: {description: Whether outgoing migrations are allowed. From 4.1 on., type: bool, sample: true}
    allow_outgoing_protections: {description: Whether outgoing protections are allowed. From 4.1 on., type: bool, sample: true}
    allow_custom_sla_settings: {description: Whether tenants set SLA values themselves. From 4.0 on., type: bool, sample: true}
    max_pinned_instances: {description: Most pinned instances per VM. From 4.0 on., type: int, sample: 0}
    allow_notification_configuration: {description: Whether tenants set up notifications. From 4.1 on., type: bool, sample: false}
    allow_advanced_retention_rules: {description: Whether several retention rules are allowed. From 4.5 on., type: bool, sample: false}
    allow_outgoing_onprem_migrations: {description: Whether migrations to on-premises are allowed. From 4.5 on., type: bool, sample: true}
    allow_outgoing_onprem_protections: {description: Whether protections to on-premises are allowed. From 4.6 on., type: bool, sample: true}
"""

from ..module_utils._names import nearest
from ..module_utils._plan import UPDATE, refuse_empty
from ..module_utils._resource import Failure, InputError, Resource, run
from ..module_utils._vcav import policies
from ..module_utils._vcav.client import connect, segment

NUMBERS = ("min_rpo", "max_instances", "max_pinned_instances", "onprem_data_cap")
TEXTS = ("name", "max_incoming")


class Policy(Resource):
    """A policy of the site, found by its name."""

    noun = "vcav_policy"
    fields = policies.FIELDS
    connect = staticmethod(connect)

    def spec(self):
        types = {name: "int" if name in NUMBERS else "str" if name in TEXTS else "bool" for name in self.fields}
        spec = {name: {"type": kind, "required": name == "name"} for name, kind in types.items()}
        return {**spec, "replace_with": {"type": "str"}}

    def validate(self, params):
        refuse_empty("name", params["name"], "name the policy")
        policies.check_ranges(params)
        if params["replace_with"] and params["state"] != "absent":
            raise InputError(f"replace_with is {params['replace_with']!r}: it goes with state absent only")

    def advise(self, context, step):
        cap = context.params["onprem_data_cap"]
        if step.action == UPDATE and cap is None and "onprem_data_cap" in self.managed(context):
            context.warn(
                "onprem_data_cap is not given: changing the policy drops the cap that it may have, because a write "
                "replaces all and the product does not show the cap."
            )

    def managed(self, context):
        return policies.available(context.api.version)

    def find(self, context):
        self.all = policies.every(context.api)
        return policies.pick(self.all, context.params["name"])

    def read(self, context, wire):
        return policies.read(wire)

    def wanted(self, context):
        found = policies.pick(self.all, context.params["name"])
        named = {} if found is None else {"name": found["displayName"]}
        return {**policies.wanted(context.params, context.api.version), **named}

    def create(self, context, values):
        document = policies.body(None, values, context.api.version)
        context.api.request("POST", "policies", document=document)

    def update(self, context, wire, values):
        document = policies.body(wire, values, context.api.version)
        context.api.request("PUT", f"policies/{segment(wire['id'])}", document=document)

    def before_delete(self, context, wire):
        name, heir = wire["displayName"], context.params["replace_with"]
        if wire["id"] == policies.DEFAULT_ID:
            raise InputError(f"name is {name!r}: the default policy cannot be removed, only changed")
        if heir and policies.pick(self.all, heir) in (None, wire):
            others = [each["displayName"] for each in self.all if each is not wire]
            hint = nearest(heir, others)
            raise InputError(f"replace_with is {heir!r}: there is no other policy of that name at this site{hint}")
        if wire.get("orgs") and not heir:
            raise InputError(
                f"policy {name!r} is assigned to {wire['orgs']} organization{'s' * (wire['orgs'] != 1)}: set "
                f"replace_with to the policy that takes {'them' if wire['orgs'] != 1 else 'it'} over, for example "
                "default. Nothing was changed."
            )

    def delete(self, context, wire):
        if wire.get("orgs"):
            self.move(context, wire, policies.pick(self.all, context.params["replace_with"]))
        context.api.request("DELETE", f"policies/{segment(wire['id'])}")

    def move(self, context, wire, heir):
        number, faults = policies.move_all(context.api, wire["id"], heir["id"])
        if faults:
            org, fault = next(iter(faults.items()))
            raise Failure(
                f"policy {wire['displayName']!r} was not removed: {number - len(faults)} of its {number} organizations "
                f"were moved to {heir['displayName']!r}, {len(faults)} were not. First: {org}: {str(fault).rstrip('.')}. "
                "Running the task again moves the rest."
            )


def main():
    run(Policy())


if __name__ == "__main__":
    main()
