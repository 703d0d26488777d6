#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_policy_info
short_description: Read replication policies
version_added: "0.1.0"
description:
  - Reads the policies of a vCloud Availability site. Each entry can be given to M(vcpp.vcloud.vcav_policy) as it is.
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description: Name of one policy, exactly as it is written. All policies when omitted.
    type: str
  site:
    description:
      - Name of a paired site whose policies are read. The session must be extended to it with O(vcav_remote_site).
      - The service's own site when omitted.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcav_policy
"""

EXAMPLES = r"""
- name: All policies of a site
  vcpp.vcloud.vcav_policy_info:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
  register: policies

- name: Which policies are in use
  ansible.builtin.debug:
    msg: "{{ policies.usage | selectattr('organizations', '>', 0) | map(attribute='name') | list }}"
"""

RETURN = r"""
vcav_policy:
  description: The policies by name, each with the options of M(vcpp.vcloud.vcav_policy) that the release has.
  returned: success
  type: list
  elements: dict
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
usage:
  description: How much each policy is used, in the same order.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the policy., type: str, sample: DRaaS - Basic Policy}
    organizations: {description: Number of organizations that have the policy., type: int, sample: 12}
    default: {description: Whether this is the default policy., type: bool, sample: false}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vcav import policies
from ..module_utils._vcav.client import connect


class Policies(Info):
    """The policies of a site."""

    noun = "vcav_policy"
    connect = staticmethod(connect)

    def spec(self):
        return {"name": {"type": "str"}, "site": {"type": "str"}}

    def fetch(self, context):
        name = context.params["name"]
        self.found = policies.every(context.api, context.params["site"])
        if name is not None:
            self.found = [policy for policy in self.found if policy is policies.pick(self.found, name)]
        return [policies.read(policy) for policy in self.found]

    def more(self, context):
        usage = [
            {
                "name": policy["displayName"],
                "organizations": policy.get("orgs") or 0,
                "default": policy["id"] == policies.DEFAULT_ID,
            }
            for policy in self.found
        ]
        return {"usage": usage}


def main():
    run(Policies())


if __name__ == "__main__":
    main()
