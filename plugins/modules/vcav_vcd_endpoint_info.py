#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_vcd_endpoint_info
short_description: Read which vCloud Director a vCloud Availability site works with
version_added: "0.1.0"
description:
  - Reads the vCloud Director of a cloud service, the user that it logs in as, and the certificate that it trusts there.
  - The answer can be given to M(vcpp.vcloud.vcav_vcd_endpoint) as it is. The password is never in it.
author: The vcpp.vcloud authors (@vcpp)
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcav_vcd_endpoint
"""

EXAMPLES = r"""
- name: Which vCloud Director does this site work with
  vcpp.vcloud.vcav_vcd_endpoint_info:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
  register: found

- name: Address and user
  ansible.builtin.debug:
    msg: "{{ found.vcav_vcd_endpoint.url }} as {{ found.vcav_vcd_endpoint.user }}"
"""

RETURN = r"""
vcav_vcd_endpoint:
  description: The connection. Values that are not configured are null.
  returned: success
  type: dict
  contains:
    url: {description: Address of vCloud Director's API., type: str, sample: "https://vcd.example.net/api"}
    user: {description: User as whom the service logs in., type: str, sample: administrator@System}
    peer_thumbprint: {description: The thumbprint that is trusted., type: str, sample: "SHA-256:A1:B2:C3"}
"""

from ..module_utils._resource import Definition, run
from ..module_utils._vcav import vcd_endpoint
from ..module_utils._vcav.client import connect


class VcdEndpointInfo(Definition):
    """The vCloud Director of a cloud service."""

    noun = "vcav_vcd_endpoint"
    connect = staticmethod(connect)

    def execute(self, context):
        return {"changed": False, "vcav_vcd_endpoint": vcd_endpoint.read(vcd_endpoint.fetch(context.api))}


def main():
    run(VcdEndpointInfo())


if __name__ == "__main__":
    main()
