#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcd_org
short_description: Manage the organizations of vCloud Director
version_added: "0.1.0"
description:
  - Creates, changes and removes organizations (tenants). Only a System administrator can.
  - What an organization has beside the options of this module (leases, limits, directories) is kept at every change.
  - The organization V(System) is the provider's own. It is refused.
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description:
      - Name of the organization, with which its users log in. Upper and lower case must be as they are.
      - "It has 1 to 128 characters: letters and digits of English and C(_), C(-), C(.), C(!), C('), parentheses, C(,),
        C($). It cannot be changed."
    type: str
    required: true
  full_name:
    description:
      - Name that people see, 1 to 128 characters. Spaces at its ends are taken off.
      - Left as it is when omitted; O(name) for a new organization.
    type: str
  description:
    description:
      - Description, at most 256 characters. An empty text removes it. Spaces at its ends are taken off.
      - Left as it is when omitted; empty for a new organization.
    type: str
  enabled:
    description:
      - Whether the users of the organization may log in.
      - Left as it is when omitted; V(true) for a new organization.
    type: bool
  can_publish:
    description:
      - Whether the organization may publish catalogs to other organizations.
      - Left as it is when omitted; V(false) for a new organization.
    type: bool
  deployed_vm_quota:
    description:
      - Most virtual machines of the organization that may run, V(0) for any number.
      - Left as it is when omitted, and then neither read nor told; the server's choice for a new organization.
    type: int
  stored_vm_quota:
    description:
      - Most virtual machines that the organization may have, running or not, V(0) for any number.
      - Left as it is when omitted, and then neither read nor told; the server's choice for a new organization.
    type: int
  recursive:
    description:
      - With O(state=absent), removes the VDCs, catalogs, vApps and named disks of the organization with it.
      - Without it, an organization that holds some is not removed, and the message counts them. Its users and roles
        always go with it.
    type: bool
    default: false
  force:
    description:
      - With O(state=absent) and O(recursive=true), removes also virtual machines that run.
      - Without it, an organization in which some run is not removed.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.state
  - vcpp.vcloud.wait
  - vcpp.vcloud.attributes
notes:
  - An organization that is enabled is disabled before it is removed. Where the removal fails, it stays disabled.
seealso:
  - module: vcpp.vcloud.vcd_org_info
  - module: vcpp.vcloud.vcav_policy_assignments
"""

EXAMPLES = r"""
- name: The organization exists
  vcpp.vcloud.vcd_org:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    name: Wallace
    full_name: Wallace Corporation
    description: Tenant since 2026
    deployed_vm_quota: 200

- name: Its users cannot log in for now, everything else stays as it is
  vcpp.vcloud.vcd_org:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    name: Wallace
    enabled: false

- name: The organization is gone, with all that it holds
  vcpp.vcloud.vcd_org:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    name: Wallace
    recursive: true
    force: true
    state: absent
"""

RETURN = r"""
vcd_org:
  description: The organization as it is now, or would be in check mode. Empty when it is absent.
  returned: success
  type: dict
  contains:
    name: {description: Name of the organization., type: str, sample: Wallace}
    full_name: {description: Name that people see., type: str, sample: Wallace Corporation}
    description: {description: "Its description, empty when there is none.", type: str, sample: Tenant since 2026}
    enabled: {description: Whether its users may log in., type: bool, sample: true}
    can_publish: {description: Whether it may publish catalogs to others., type: bool, sample: false}
    deployed_vm_quota: {description: "Most VMs that may run, V(0) for any number. When a quota was given.", type: int, sample: 200}
    stored_vm_quota: {description: "Most VMs that there may be, V(0) for any number. When a quota was given.", type: int, sample: 0}
"""

from ..module_utils._resource import Resource, run
from ..module_utils._vcd import admin_orgs, organizations
from ..module_utils._vcd.client import connect

TEXTS = ("name", "full_name", "description")


class Organization(Resource):
    """An organization, found by its name."""

    noun, product = "vcd_org", "vcd"
    waits = 300
    fields = {**organizations.FIELDS, **organizations.QUOTAS}
    connect = staticmethod(connect)

    def spec(self):
        types = dict.fromkeys(TEXTS, "str") | dict.fromkeys(organizations.QUOTAS, "int")
        spec = {name: {"type": types.get(name, "bool"), "required": name == "name"} for name in self.fields}
        return {**spec, **{name: {"type": "bool", "default": False} for name in ("recursive", "force")}}

    def validate(self, params):
        admin_orgs.check(params)

    def find(self, context):
        params = context.params
        quotas = params["state"] == "present" and any(params[name] is not None for name in organizations.QUOTAS)
        self.present = admin_orgs.find(context.api, params["name"], quotas=quotas)
        return self.present

    def read(self, context, wire):
        return wire.values

    def wanted(self, context):
        wanted = {
            name: value.strip() if isinstance(value, str) else value for name, value in super().wanted(context).items()
        }
        return wanted if self.present else {"full_name": wanted["name"], **wanted}

    def advise(self, context, step):
        if step.is_change:
            context.api.demand_provider(f"{step.action} organization {context.params['name']!r}")

    def create(self, context, values):
        admin_orgs.create(context.api, values)

    def update(self, context, wire, values):
        admin_orgs.update(context.api, wire, values)

    def before_delete(self, context, wire):
        admin_orgs.before_delete(
            context.api, wire, recursive=context.params["recursive"], force=context.params["force"]
        )

    def delete(self, context, wire):
        admin_orgs.delete(context.api, wire, **context.wait)


def main():
    run(Organization())


if __name__ == "__main__":
    main()
