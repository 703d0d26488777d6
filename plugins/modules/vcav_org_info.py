#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_org_info
short_description: Read the organizations that a vCloud Availability site sees
version_added: "0.1.0"
description:
  - Reads the names of the vCloud Director organizations of a site, all pages.
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description: Name of one organization, exactly as it is written. All organizations when omitted.
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
  - module: vcpp.vcloud.vcav_policy_assignments_info
  - module: vcpp.vcloud.vcd_org_info
"""

EXAMPLES = r"""
- name: The tenants of the site
  vcpp.vcloud.vcav_org_info:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
  register: tenants

- name: How many they are
  ansible.builtin.debug:
    msg: "{{ tenants.vcav_org | length }} organizations"
"""

RETURN = r"""
vcav_org:
  description: The organizations by name. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the organization., type: str, sample: Tyrell}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vcav.client import connect


class Organizations(Info):
    """The organizations of a site."""

    noun = "vcav_org"
    connect = staticmethod(connect)

    def spec(self):
        return {"name": {"type": "str"}, "site": {"type": "str"}}

    def fetch(self, context):
        name, site = context.params["name"], context.params["site"]
        query = {"site": site} if site else {}
        names = sorted(row["name"] for row in context.api.pages("inventory/orgs", **query))
        return [{"name": each} for each in names if name in (None, each)]


def main():
    run(Organizations())


if __name__ == "__main__":
    main()
