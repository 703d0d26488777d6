#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_lookup_service_info
short_description: Read the lookup service of a vCloud Availability service
version_added: "0.1.0"
description:
  - Reads which vCenter lookup service a vCloud Availability service works with, and the certificate that it trusts there.
  - Every service has its own setting. The answer can be given to M(vcpp.vcloud.vcav_lookup_service) as it is.
author: The vcpp.vcloud authors (@vcpp)
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcav_lookup_service
"""

EXAMPLES = r"""
- name: Which vCenter does this service work with
  vcpp.vcloud.vcav_lookup_service_info:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
  register: found

- name: It has one
  ansible.builtin.assert:
    that: found.vcav_lookup_service.url is not none
    fail_msg: No lookup service is set.
"""

RETURN = r"""
vcav_lookup_service:
  description: The lookup service of this service. Values that are not configured are null.
  returned: success
  type: dict
  contains:
    url: {description: Its address., type: str, sample: "https://vc01.example.net/lookupservice/sdk"}
    peer_thumbprint: {description: The thumbprint that is trusted., type: str, sample: "SHA-256:A1:B2:C3"}
service:
  description: Which service that is, V(cloud), V(manager), V(replicator) or V(tunnel).
  returned: success
  type: str
  sample: manager
"""

from ..module_utils._resource import Definition, run
from ..module_utils._vcav import lookup_service
from ..module_utils._vcav.client import connect


class LookupServiceInfo(Definition):
    """The lookup service of one service."""

    noun = "vcav_lookup_service"
    connect = staticmethod(connect)

    def execute(self, context):
        found = lookup_service.read(context.api.get("config") or {})
        service = str(context.api.facts.get("service")).lower()
        return {"changed": False, "vcav_lookup_service": found, "service": service}


def main():
    run(LookupServiceInfo())


if __name__ == "__main__":
    main()
