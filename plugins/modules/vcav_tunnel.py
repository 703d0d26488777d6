#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_tunnel
short_description: Register the tunnel of a vCloud Availability site
version_added: "0.1.0"
description:
  - Registers the tunnel appliance at the cloud service of its site, and logs in to it anew when its certificate was
    replaced or when you ask for it. The cloud service needs that after a change of its own certificate too.
  - The tunnel is trusted by the thumbprint of its certificate, which you give or expressly accept. Never silently.
  - It also mends a known trap. The management address of the cloud appliance, called Network in its page, may have turned
    into the public name; then the tunnel sends management traffic back to itself and no site can be paired.
  - Services are never restarted by this module. RV(restart_required) says when that is needed.
author: The vcpp.vcloud authors (@vcpp)
options:
  url:
    description:
      - Management address of the tunnel appliance as the cloud appliance reaches it, C(https://host[:port]). Port 8047
        when left out of it.
      - Before release 4.0 a site has one tunnel, so another address takes the place of the registered one.
    type: str
    required: true
  peer_thumbprint:
    description:
      - SHA-256 thumbprint of the certificate at O(url). Left out, the thumbprint of a registered tunnel is left as it is.
    type: str
  accept_certificate:
    description:
      - Whether to trust whatever certificate O(url) shows now, also when it has been replaced.
      - Without it and without O(peer_thumbprint) a new registration is refused, and the message names the thumbprint.
    type: bool
    default: false
  tunnel_root_password:
    description:
      - Password of root at the tunnel appliance. Needed where something is written; left out, nothing can be.
      - It must not be the initial one, which has expired.
    type: str
  management_address:
    description:
      - Host name or address under which the tunnel reaches the cloud appliance inside the site.
      - Left out, it is left as it is, unless it is the public name. Then the appliance's own name is set, which the product
        writes as an empty value.
    type: str
  repair:
    description:
      - Whether to log in to a registered tunnel anew, whatever its state. Such a task changes something every time.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.attributes
attributes:
  idempotent:
    support: partial
    details: With O(repair=true) every run changes something.
notes:
  - There is no O(ignore:state). The product has no known call that forgets a tunnel.
seealso:
  - module: vcpp.vcloud.vcav_tunnel_info
  - module: vcpp.vcloud.vcav_certificate
"""

EXAMPLES = r"""
- name: The tunnel is registered
  vcpp.vcloud.vcav_tunnel:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    url: https://vdev-a03-vcat.vdev.local:8047
    accept_certificate: true
    tunnel_root_password: "{{ vault_vcav_password }}"
  register: tunnel

- name: It is logged in to anew, because the portal has another certificate
  vcpp.vcloud.vcav_tunnel:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    url: https://vdev-a03-vcat.vdev.local:8047
    tunnel_root_password: "{{ vault_vcav_password }}"
    repair: true
"""

RETURN = r"""
vcav_tunnel:
  description: The tunnel as it is registered now, or would be in check mode.
  returned: success
  type: dict
  contains:
    url: {description: Its management address., type: str, sample: "https://vdev-a03-vcat.vdev.local:8047"}
    peer_thumbprint: {description: The thumbprint that is trusted., type: str, sample: "SHA-256:A1:B2:C3"}
    management_address: {description: What is set as the cloud appliance's management address; empty for its own name., type: str, sample: ""}
    repair_due: {description: "Whether it is to be logged in to anew, so V(false).", type: bool, sample: false}
restart_required:
  description:
    - Whether the services of the cloud appliance and of every replicator of the site must be restarted, because the
      registration or the management address was changed, or a changed management address is not in effect yet.
      Logging in to the same tunnel anew needs no restart.
  returned: success
  type: bool
  sample: true
"""

from ..module_utils._plan import refuse_empty
from ..module_utils._resource import Definition, InputError, Resource, run
from ..module_utils._vcav import certificates, sites, trust, tunnels
from ..module_utils._vcav.client import connect


class Tunnel(Resource):
    """The registration of a tunnel, found by its address."""

    noun, key = "vcav_tunnel", "url"
    fields = tunnels.FIELDS
    connect = staticmethod(connect)
    seen = done = False

    def full_spec(self):
        return Definition.full_spec(self)  # there is no call that would make it absent

    def spec(self):
        return {
            "url": {"type": "str", "required": True},
            "peer_thumbprint": {"type": "str"},
            "accept_certificate": {"type": "bool", "default": False},
            "tunnel_root_password": {"type": "str", "no_log": True},
            "management_address": {"type": "str"},
            "repair": {"type": "bool", "default": False},
        }

    def validate(self, params):
        tunnels.normal_url(params["url"])
        refuse_empty("management_address", params["management_address"], "leave it out for the appliance's own name")
        if params["peer_thumbprint"]:
            sites.normal_thumbprint(params["peer_thumbprint"])

    def find(self, context):
        tunnels.need_cloud(context.api)
        self.url = tunnels.normal_url(context.params["url"])
        self.all = tunnels.registered(context.api)
        self.endpoints = tunnels.endpoints(context.api)
        self.present = tunnels.pick(self.all, self.url, context.api)
        return self.present

    def read(self, context, wire):
        return tunnels.read(wire, self.endpoints, context.params["repair"] and not self.done)

    def look(self, context):
        self.seen = self.seen or certificates.remote(context.api, self.url)
        return self.seen

    def wanted(self, context):
        params, present = context.params, self.present and self.read(context, self.present)
        same = present and present["url"] == self.url
        known = present["peer_thumbprint"] if same else None
        wanted = {"url": self.url, "repair_due": False}
        wanted["peer_thumbprint"] = trust.pinned(self.url, params, known, lambda: self.look(context).thumbprint)
        if params["management_address"] or tunnels.trapped(self.endpoints):
            wanted["management_address"] = params["management_address"] or ""
        return wanted

    def advise(self, context, step):
        if step.is_change and not context.params["tunnel_root_password"]:
            raise InputError(
                f"registering the tunnel {self.url} needs tunnel_root_password: the cloud service logs in there. "
                f"What differs: {', '.join(step.changed)}. Nothing was changed."
            )
        for text in tunnels.warnings(self.all, self.present, self.endpoints, self.url):
            context.warn(text)

    def more(self, context, step):
        return {"restart_required": tunnels.needs_restart(step.changed) or tunnels.pending(self.endpoints)}

    def create(self, context, values):
        self.update(context, None, values)

    def update(self, context, wire, values):
        address = values.get("management_address", self.endpoints["configured"].get("mgmtAddress") or "")
        if address != (self.endpoints["configured"].get("mgmtAddress") or ""):
            tunnels.set_management_address(context.api, self.endpoints, address)
        encoded = tunnels.trusted(wire, values["peer_thumbprint"], lambda: self.look(context))
        tunnels.register(context.api, wire, self.url, encoded, context.params["tunnel_root_password"])
        self.done = True


def main():
    run(Tunnel())


if __name__ == "__main__":
    main()
