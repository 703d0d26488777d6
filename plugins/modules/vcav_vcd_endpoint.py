#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_vcd_endpoint
short_description: Connect a vCloud Availability site with its vCloud Director
version_added: "0.1.0"
description:
  - Sets the vCloud Director that a cloud service works with, the user that it logs in as, and the certificate that it
    trusts there.
  - vCloud Director is trusted by the thumbprint of its certificate, which you give or expressly accept. Never silently.
  - From release 4.0 on, check mode asks the product whether user and password would be taken.
  - The connection can be changed but not removed.
author: The vcpp.vcloud authors (@vcpp)
options:
  url:
    description:
      - Address of vCloud Director's API, C(https://<host>/api). The address without C(/api), or the host's name alone, is
        completed to that form. Another path is refused.
    type: str
    required: true
  user:
    description: System administrator as whom the service logs in, written C(<name>@System).
    type: str
    required: true
  password:
    description:
      - Password of O(user). The product wants it with every change of this configuration, and does not return it.
      - Left out, nothing can be changed, and a difference is an error.
    type: str
  peer_thumbprint:
    description:
      - SHA-256 thumbprint of the certificate at O(url), as its administrator tells it.
      - Left out, the thumbprint that is configured for the same O(url) is left as it is.
    type: str
  accept_certificate:
    description:
      - Whether to trust whatever certificate O(url) shows now. One that was replaced is then pinned anew, and is shown as
        a difference.
      - Without it and without O(peer_thumbprint) a new O(url) is refused, and the message names the thumbprint.
    type: bool
    default: false
  update_password:
    description:
      - When O(password) is written. V(on_create) writes it only with another change, V(always) each time, which is always
        a change. Use V(always) after the password has been changed in vCloud Director.
    type: str
    choices: [on_create, always]
    default: on_create
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.attributes
seealso:
  - module: vcpp.vcloud.vcav_vcd_endpoint_info
  - module: vcpp.vcloud.vcav_local_site
"""

EXAMPLES = r"""
- name: The site works with the vCloud Director of Auckland
  vcpp.vcloud.vcav_vcd_endpoint:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    url: https://vdev-a03-vcd.vdev.local/api
    user: administrator@system
    password: "{{ vault_vcd_password }}"
    accept_certificate: true
"""

RETURN = r"""
vcav_vcd_endpoint:
  description: The connection as it is now, or would be in check mode.
  returned: success
  type: dict
  contains:
    url: {description: Address of vCloud Director's API., type: str, sample: "https://vcd.example.net/api"}
    user: {description: User as whom the service logs in., type: str, sample: administrator@System}
    peer_thumbprint: {description: The thumbprint that is trusted., type: str, sample: "SHA-256:A1:B2:C3"}
    password_updated:
      description: Whether the password was written. Only with O(update_password=always).
      type: bool
      sample: true
"""

from ..module_utils._resource import Setting, run
from ..module_utils._vcav import sites, vcd_endpoint
from ..module_utils._vcav.client import connect


class VcdEndpoint(Setting):
    """The vCloud Director of a cloud service."""

    noun = "vcav_vcd_endpoint"
    fields = vcd_endpoint.FIELDS
    connect = staticmethod(connect)
    written = False

    def spec(self):
        return {
            "url": {"type": "str", "required": True},
            "user": {"type": "str", "required": True},
            "password": {"type": "str", "no_log": True},
            "peer_thumbprint": {"type": "str"},
            "accept_certificate": {"type": "bool", "default": False},
            "update_password": {
                "type": "str",
                "choices": ["on_create", "always"],
                "default": "on_create",
                "no_log": False,
            },
        }

    def rules(self):
        return {"required_if": [("update_password", "always", ("password",))]}

    def validate(self, params):
        vcd_endpoint.check(params)
        if params["peer_thumbprint"]:
            sites.normal_thumbprint(params["peer_thumbprint"])
        self.always = params["update_password"] == "always"

    def find(self, context):
        return vcd_endpoint.fetch(context.api)

    def read(self, context, wire):
        self.present = vcd_endpoint.read(wire)
        return {**self.present, "password_updated": self.written} if self.always else self.present

    def wanted(self, context):
        values = vcd_endpoint.wanted(context.api, context.params, self.present)
        return {**values, "password_updated": True} if self.always else values

    def advise(self, context, step):
        if step.is_change:
            vcd_endpoint.prove(context.api, step, context.check_mode)

    def update(self, context, wire, values):
        vcd_endpoint.write(context.api, {**self.present, **values})
        self.written = True


def main():
    run(VcdEndpoint())


if __name__ == "__main__":
    main()
