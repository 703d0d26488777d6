#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_local_site_info
short_description: Read name and endpoints of a vCloud Availability site
version_added: "0.1.0"
description:
  - Reads the name, the description and the endpoints of the site of a cloud service. The answer can be given to
    M(vcpp.vcloud.vcav_local_site) as it is.
author: The vcpp.vcloud authors (@vcpp)
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcav_local_site
  - module: vcpp.vcloud.vcav_site_info
"""

EXAMPLES = r"""
- name: Under which addresses is this site reached
  vcpp.vcloud.vcav_local_site_info:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
  register: site

- name: The public one
  ansible.builtin.debug:
    msg: "{{ site.vcav_local_site.name }}: {{ site.effective.api_public_address }}"
"""

RETURN = r"""
vcav_local_site:
  description: The site. The endpoints are those that were configured. Null for what was not.
  returned: success
  type: dict
  contains:
    name: {description: Name of the site., type: str, sample: A03-Auckland}
    description: {description: Its description., type: str, sample: North}
    api_public_address: {description: Public host., type: str, sample: vcav-a03.example.net}
    api_public_port: {description: Public port., type: int, sample: 443}
    api_address: {description: Host inside the site., type: str, sample: null}
    api_port: {description: Port inside the site., type: int, sample: null}
    mgmt_address: {description: Host for the site's own services., type: str, sample: null}
    mgmt_port: {description: Port for the site's own services., type: int, sample: null}
    mgmt_public_address: {description: Public host for management., type: str, sample: null}
    mgmt_public_port: {description: Public port for management., type: int, sample: null}
effective:
  description: The endpoints that hold now, after defaults; the same names as in RV(vcav_local_site).
  returned: success
  type: dict
  sample: {"mgmt_address": "vdev-a03-vcam.vdev.local", "mgmt_port": 8046}
restart_required:
  description: Whether endpoints are configured that hold only after the services have been restarted.
  returned: success
  type: bool
  sample: false
"""

from ..module_utils._resource import Definition, run
from ..module_utils._vcav import local_site
from ..module_utils._vcav.client import connect


class LocalSiteInfo(Definition):
    """The site of a cloud service."""

    noun = "vcav_local_site"
    connect = staticmethod(connect)

    def execute(self, context):
        found = local_site.fetch(context.api)
        return {
            "changed": False,
            "vcav_local_site": local_site.read(found),
            "effective": local_site.effective(found),
            "restart_required": local_site.restart_pending(found),
        }


def main():
    run(LocalSiteInfo())


if __name__ == "__main__":
    main()
