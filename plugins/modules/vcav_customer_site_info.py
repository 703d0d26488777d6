#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_customer_site_info
short_description: Read the on-premises sites that have paired with a cloud site
version_added: "0.1.0"
description:
  - Reads the on-premises sites of customers, who owns them, and their vCenters.
  - Site and organization of an entry are options of M(vcpp.vcloud.vcav_customer_site).
author: The vcpp.vcloud authors (@vcpp)
options:
  site:
    description: Name of one on-premises site. All of them when omitted.
    type: str
  vcenters:
    description:
      - Whether to ask each site for its vCenters, one request each. A site whose tunnel is down cannot tell; RV(vcav_customer_site[].error)
        then holds what was answered.
    type: bool
    default: true
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcav_customer_site
"""

EXAMPLES = r"""
- name: All customer sites
  vcpp.vcloud.vcav_customer_site_info:
    vcav_url: https://vcav-c00.vdev.local
    vcav_password: "{{ vault_christchurch_password }}"
  register: found

- name: Those that cannot be reached
  ansible.builtin.debug:
    msg: "{{ found.vcav_customer_site | selectattr('error') | map(attribute='site') }}"
"""

RETURN = r"""
vcav_customer_site:
  description: The on-premises sites, sorted by name.
  returned: success
  type: list
  elements: dict
  contains:
    site: {description: Name of the site., type: str, sample: Tyrell-OnPrem}
    owner: {description: Organization that paired it., type: str, sample: Tyrell@C00-Christchurch}
    description: {description: Its description., type: str, sample: Head office}
    vcenters: {description: Ids of its vCenters. Only with O(vcenters=true)., type: list, elements: str, sample: [b1f0c2d4-7f1e-4a55-9d0e-6f7f2f1f0a11]}
    error: {description: Why it cannot tell its vCenters; null when it can. Only with O(vcenters=true)., type: str, sample: null}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vcav import customer_sites
from ..module_utils._vcav.client import connect


class CustomerSiteInfo(Info):
    """The on-premises sites of a cloud site."""

    noun = "vcav_customer_site"
    connect = staticmethod(connect)

    def spec(self):
        return {"site": {"type": "str"}, "vcenters": {"type": "bool", "default": True}}

    def fetch(self, context):
        only = context.params["site"]
        found = [site for site in customer_sites.every(context.api) if only in (None, site["site"])]
        if context.params["vcenters"]:
            return customer_sites.with_vcenters(context.api, found)
        return [customer_sites.read(site) for site in found]


def main():
    run(CustomerSiteInfo())


if __name__ == "__main__":
    main()
