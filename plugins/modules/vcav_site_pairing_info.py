#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_site_pairing_info
short_description: Read the sites that a vCloud Availability site is paired with
version_added: "0.1.0"
description:
  - Reads the pairings of a site. Each entry can be given to M(vcpp.vcloud.vcav_site_pairing) as it is.
author: The vcpp.vcloud authors (@vcpp)
options:
  site:
    description: Name of one paired site. All of them when omitted.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcav_site_pairing
"""

EXAMPLES = r"""
- name: The partners of this site
  vcpp.vcloud.vcav_site_pairing_info:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
  register: partners

- name: Every partner can be reached
  ansible.builtin.assert:
    that: partners.troubles | length == 0
    fail_msg: "{{ partners.troubles }}"
"""

RETURN = r"""
vcav_site_pairing:
  description: The pairings by site, each with the options of M(vcpp.vcloud.vcav_site_pairing).
  returned: success
  type: list
  elements: dict
  contains:
    site: {description: Name of the other site., type: str, sample: C00-Christchurch}
    public_endpoint: {description: Its public address., type: str, sample: "https://vcav-c00.example.net:443"}
    peer_thumbprint: {description: The thumbprint that is trusted., type: str, sample: "SHA-256:A1:B2:C3"}
    description: {description: Its description., type: str, sample: Provider site Christchurch}
troubles:
  description: What the service says about connections that do not work. Empty when all is well.
  returned: success
  type: list
  elements: dict
  contains:
    site: {description: Name of the other site., type: str, sample: C00-Christchurch}
    message: {description: Direction and error., type: str, sample: "incoming: Connection refused"}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vcav import sites
from ..module_utils._vcav.client import connect


class PairingInfo(Info):
    """The pairings of a site."""

    noun = "vcav_site_pairing"
    connect = staticmethod(connect)

    def spec(self):
        return {"site": {"type": "str"}}

    def fetch(self, context):
        only = context.params["site"]
        self.found = [site for site in sites.paired(context.api) if only in (None, site["site"])]
        rows = [sites.read(site) for site in self.found]
        return [{key: value for key, value in row.items() if key != "connected"} for row in rows]

    def more(self, context):
        troubles = [{"site": site["site"], "message": text} for site in self.found for text in sites.trouble(site)]
        return {"troubles": troubles}


def main():
    run(PairingInfo())


if __name__ == "__main__":
    main()
