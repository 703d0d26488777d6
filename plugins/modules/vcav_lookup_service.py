#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_lookup_service
short_description: Register a vCloud Availability service with a vCenter lookup service
version_added: "0.1.0"
description:
  - Sets the lookup service that a vCloud Availability service works with, and the certificate that it trusts there.
  - Every service has its own setting. Run it for the cloud service (port 443), the manager service (port 8441), each
    replicator and the tunnel, each by its own O(vcav_url).
  - The vCenter is trusted by the thumbprint of its certificate, which you give or expressly accept. Never silently.
  - A registration can be changed but not removed.
author: The vcpp.vcloud authors (@vcpp)
options:
  url:
    description:
      - Address of the lookup service, C(https://<vcenter>/lookupservice/sdk). The name of the vCenter (or of an external
        Platform Services Controller) alone is completed to that form.
      - A trailing slash and port 443 make no difference. Another path is refused.
    type: str
    required: true
  peer_thumbprint:
    description:
      - SHA-256 thumbprint of the certificate at O(url), as the vCenter's administrator tells it.
      - Left out, the thumbprint that is configured for the same O(url) is left as it is.
    type: str
  accept_certificate:
    description:
      - Whether to trust whatever certificate O(url) shows now. One that was replaced is then pinned anew, and is shown as
        a difference.
      - Without it and without O(peer_thumbprint) a new O(url) is refused, and the message names the thumbprint.
    type: bool
    default: false
  sso_user:
    description:
      - Single sign-on administrator, for the manager of a vCenter Replication Management Appliance alone
        (release 4.0 and newer). All other services refuse it.
      - The product does not return it, so it makes no change by itself; it is sent when something else is written.
        Not sent when omitted.
    type: str
  sso_password:
    description: Password of O(sso_user). Not sent when omitted.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.attributes
seealso:
  - module: vcpp.vcloud.vcav_lookup_service_info
  - module: vcpp.vcloud.vcav_health
"""

EXAMPLES = r"""
- name: The cloud service works with the vCenter of Auckland
  vcpp.vcloud.vcav_lookup_service:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    url: https://vdev-a03-vc01.vdev.local/lookupservice/sdk
    accept_certificate: true

- name: So does the manager service on the same appliance
  vcpp.vcloud.vcav_lookup_service:
    vcav_url: https://vcav.example.com:8441
    vcav_password: "{{ vault_vcav_password }}"
    url: vdev-a03-vc01.vdev.local
    accept_certificate: true
"""

RETURN = r"""
vcav_lookup_service:
  description: The lookup service of this service as it is now, or would be in check mode.
  returned: success
  type: dict
  contains:
    url: {description: Its address., type: str, sample: "https://vc01.example.net/lookupservice/sdk"}
    peer_thumbprint: {description: The thumbprint that is trusted., type: str, sample: "SHA-256:A1:B2:C3"}
"""

from ..module_utils._resource import Setting, run
from ..module_utils._vcav import lookup_service, settings, sites
from ..module_utils._vcav.client import connect


class LookupService(Setting):
    """The lookup service of one service."""

    noun = "vcav_lookup_service"
    fields = lookup_service.FIELDS
    connect = staticmethod(connect)

    def spec(self):
        return {
            "url": {"type": "str", "required": True},
            "peer_thumbprint": {"type": "str"},
            "accept_certificate": {"type": "bool", "default": False},
            "sso_user": {"type": "str"},
            "sso_password": {"type": "str", "no_log": True},
        }

    def rules(self):
        return {"required_together": [("sso_user", "sso_password")]}

    def validate(self, params):
        settings.normal_url("url", params["url"], lookup_service.PATH)
        if params["peer_thumbprint"]:
            sites.normal_thumbprint(params["peer_thumbprint"])

    def label(self, context):
        return f"{str(context.api.facts.get('service')).lower()} service {context.api.endpoint}"

    def find(self, context):
        return context.api.get("config") or {}

    def read(self, context, wire):
        self.present = lookup_service.read(wire)
        return self.present

    def wanted(self, context):
        return lookup_service.wanted(context.api, context.params, self.present)

    def update(self, context, wire, values):
        lookup_service.write(context.api, {**self.present, **values})


def main():
    run(LookupService())


if __name__ == "__main__":
    main()
