#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_tunnel_info
short_description: Read the registered tunnel of a vCloud Availability site
version_added: "0.1.0"
description:
  - Reads the tunnels that a cloud service has registered, and whether they still show the certificate that is trusted.
author: The vcpp.vcloud authors (@vcpp)
options:
  url:
    description: Only the tunnel of this management address, port 8047 when left out of it. All when omitted.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcav_tunnel
"""

EXAMPLES = r"""
- name: Which tunnel is registered
  vcpp.vcloud.vcav_tunnel_info:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
  register: tunnels
"""

RETURN = r"""
vcav_tunnel:
  description: The registered tunnels, sorted by address. An entry holds options of M(vcpp.vcloud.vcav_tunnel).
  returned: success
  type: list
  elements: dict
  contains:
    url: {description: Management address of the tunnel., type: str, sample: "https://vdev-a03-vcat.vdev.local:8047"}
    peer_thumbprint: {description: The thumbprint that is trusted., type: str, sample: "SHA-256:A1:B2:C3"}
troubles:
  description:
    - What is wrong. A tunnel that shows another certificate than the trusted one or does not answer, and a management
      address of the cloud appliance that is the public name.
  returned: success
  type: list
  elements: dict
  contains:
    url: {description: Address of the tunnel., type: str, sample: "https://vdev-a03-vcat.vdev.local:8047"}
    message: {description: What is wrong with it., type: str, sample: it shows another certificate than the trusted one}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vcav import tunnels
from ..module_utils._vcav.client import connect


class TunnelInfo(Info):
    """The registered tunnels of a site."""

    noun = "vcav_tunnel"
    connect = staticmethod(connect)

    def spec(self):
        return {"url": {"type": "str"}}

    def validate(self, params):
        self.only = params["url"] and tunnels.normal_url(params["url"])

    def fetch(self, context):
        tunnels.need_cloud(context.api)
        found = {tunnels.normal_url(each["url"]): each for each in tunnels.registered(context.api)}
        self.found = {url: each for url, each in sorted(found.items()) if self.only in (None, url)}
        return [
            {"url": url, "peer_thumbprint": tunnels.thumbprint_of(each["certificate"])}
            for url, each in self.found.items()
        ]

    def more(self, context):
        endpoints = tunnels.endpoints(context.api)
        texts = {url: tunnels.troubles(context.api, url, each, endpoints) for url, each in self.found.items()}
        return {"troubles": [{"url": url, "message": text} for url, found in texts.items() for text in found]}


def main():
    run(TunnelInfo())


if __name__ == "__main__":
    main()
