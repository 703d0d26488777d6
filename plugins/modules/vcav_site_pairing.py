#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_site_pairing
short_description: Pair two vCloud Availability sites
version_added: "0.1.0"
description:
  - Pairs the site of a cloud service with another, repairs a pairing that is broken or only half made, and removes it.
  - The other site is trusted by the thumbprint of its certificate, which you give or expressly accept. Never silently.
  - Both sites must be configured and healthy, and must not show the same certificate.
author: The vcpp.vcloud authors (@vcpp)
options:
  site:
    description: The other site's own name.
    type: str
    required: true
  public_endpoint:
    description:
      - Public address of the other site, for example V(https://vcav-c00.example.net:443). Port 443 when left out.
      - Needed for O(state=present).
    type: str
  peer_thumbprint:
    description:
      - SHA-256 thumbprint of the certificate at O(public_endpoint), as the other site's administrator tells it.
      - Left out, the thumbprint of an existing pairing is left as it is.
    type: str
  accept_certificate:
    description:
      - Whether to trust whatever certificate O(public_endpoint) shows now, also when it has been replaced.
      - Without it and without O(peer_thumbprint) a new pairing is refused, and the message names the thumbprint.
    type: bool
    default: false
  description:
    description: Description of the other site, shown at this one. Left as it is when omitted; empty clears it.
    type: str
  remote_root_password:
    description:
      - Password of root at the other site's cloud appliance. Releases before 4.0 need it to pair both directions in
        one call; without it the other site must be paired from its own side too. Ignored from release 4.0 on.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.state
  - vcpp.vcloud.wait
  - vcpp.vcloud.attributes
seealso:
  - module: vcpp.vcloud.vcav_site_pairing_info
  - module: vcpp.vcloud.vcav_health
"""

EXAMPLES = r"""
- name: Auckland is paired with Christchurch
  vcpp.vcloud.vcav_site_pairing:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    site: C00-Christchurch
    public_endpoint: https://vcav-c00.example.net:443
    accept_certificate: true
    remote_root_password: "{{ vault_vcav_password }}"

- name: Auckland is not paired with Christchurch
  vcpp.vcloud.vcav_site_pairing:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    site: C00-Christchurch
    state: absent
"""

RETURN = r"""
vcav_site_pairing:
  description: The pairing as it is now, or would be in check mode. Empty when it is absent.
  returned: success
  type: dict
  contains:
    site: {description: Name of the other site., type: str, sample: C00-Christchurch}
    public_endpoint: {description: Its public address., type: str, sample: "https://vcav-c00.example.net:443"}
    peer_thumbprint: {description: The thumbprint that is trusted., type: str, sample: "SHA-256:A1:B2:C3"}
    description: {description: Its description., type: str, sample: Provider site Christchurch}
    connected: {description: Whether the connection works in both directions., type: bool, sample: true}
"""

from ..module_utils._http import HttpError
from ..module_utils._plan import refuse_empty
from ..module_utils._resource import Resource, run
from ..module_utils._vcav import sites, trust
from ..module_utils._vcav.client import connect


class Pairing(Resource):
    """The pairing with one other site, found by that site's name."""

    noun, key = "vcav_site_pairing", "site"
    fields = sites.FIELDS
    waits = 300
    connect = staticmethod(connect)

    def spec(self):
        return {
            "site": {"type": "str", "required": True},
            "public_endpoint": {"type": "str"},
            "peer_thumbprint": {"type": "str"},
            "accept_certificate": {"type": "bool", "default": False},
            "description": {"type": "str"},
            "remote_root_password": {"type": "str", "no_log": True},
        }

    def rules(self):
        return {"required_if": [("state", "present", ("public_endpoint",))]}

    def validate(self, params):
        refuse_empty("site", params["site"], "name the other site as it calls itself")
        if params["public_endpoint"]:
            sites.normal_url(params["public_endpoint"])
        if params["peer_thumbprint"]:
            sites.normal_thumbprint(params["peer_thumbprint"])

    def find(self, context):
        name = context.params["site"]
        self.found = next((site for site in sites.paired(context.api) if site["site"] == name), None)
        return self.found

    def read(self, context, wire):
        return sites.read(wire, *trust.directions(context.api, context.params))

    def wanted(self, context):
        present = None if self.found is None else self.read(context, self.found)
        wanted = trust.wanted(context.api, context.params, present)
        if present is not None:
            warning = trust.judge(context.api, context.params, self.found, present, wanted)
            if warning and not self.warned:
                context.warn(warning)
            self.warned = bool(warning)
        return wanted

    warned = False

    def create(self, context, values):
        try:
            sites.pair(context.api, values, context.params["remote_root_password"], context.wait)
        except HttpError:
            if self.find(context) is None:  # where the other site has paired both directions meanwhile, all is well
                raise

    def update(self, context, wire, values):
        merged = {**sites.read(wire), **values}
        sites.repair(context.api, merged, context.params["remote_root_password"], context.wait)

    def delete(self, context, wire):
        sites.unpair(context.api, wire["site"], context.wait)


def main():
    run(Pairing())


if __name__ == "__main__":
    main()
