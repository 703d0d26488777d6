#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_site_info
short_description: Read the configuration of a vCloud Availability site
version_added: "0.1.0"
description:
  - Reads what the cloud service of a site knows of itself. The sites that it is paired with are
    M(vcpp.vcloud.vcav_site_pairing_info).
author: The vcpp.vcloud authors (@vcpp)
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcav_site_pairing_info
  - module: vcpp.vcloud.vcav_health
"""

EXAMPLES = r"""
- name: What is this site
  vcpp.vcloud.vcav_site_info:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
  register: site

- name: Name, release and public address
  ansible.builtin.debug:
    msg: "{{ site.vcav_site.name }} runs {{ site.vcav_site.version }} behind {{ site.vcav_site.public_endpoint }}"
"""

RETURN = r"""
vcav_site:
  description: The site of the service. Values that are not configured are null.
  returned: success
  type: dict
  contains:
    name: {description: Name of the site., type: str, sample: A03-Auckland}
    description: {description: Its description., type: str, sample: Provider site Auckland}
    version: {description: Release of the service., type: str, sample: "3.0"}
    build: {description: Full build number., type: str, sample: 3.0.0.13174385-9b7cd0b00}
    is_configured: {description: Whether the first configuration is complete., type: bool, sample: true}
    public_endpoint: {description: Address at which other sites reach this one., type: str, sample: "https://vcav-a03.example.net:443"}
    thumbprint: {description: SHA-256 thumbprint of the service's certificate., type: str, sample: "SHA-256:A1:B2:C3"}
    lookup_service_url: {description: Address of the lookup service., type: str, sample: "https://vc01.example.net/lookupservice/sdk"}
    vcd_url: {description: Address of vCloud Director., type: str, sample: "https://vcd.example.net/api"}
    vcd_user: {description: User of vCloud Director that the service works with., type: str, sample: administrator@system}
    tunnel_url: {description: Management address of the tunnel., type: str, sample: "https://vcat.example.net:8047"}
"""

from ..module_utils._resource import Definition, run
from ..module_utils._vcav import sites
from ..module_utils._vcav.client import connect


class SiteInfo(Definition):
    """The site of one cloud service."""

    noun = "vcav_site"
    connect = staticmethod(connect)

    def execute(self, context):
        return {"changed": False, "vcav_site": sites.local(context.api)}


def main():
    run(SiteInfo())


if __name__ == "__main__":
    main()
