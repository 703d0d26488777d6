#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_replicator
short_description: Register the replicators of a vCloud Availability site
version_added: "0.1.0"
description:
  - Registers a replicator at the manager service of its site, repairs the registration, and removes it.
  - A registration is repaired when the trusted thumbprint is another one, when the manager reports that it cannot talk to
    the replicator, or when you ask for it.
  - The replicator is trusted by the thumbprint of its certificate, which you give or expressly accept. Never silently.
  - Its own lookup service must be set before, with M(vcpp.vcloud.vcav_lookup_service) at the replicator.
author: The vcpp.vcloud authors (@vcpp)
options:
  api_url:
    description:
      - Address of the replicator as the manager reaches it, C(https://host[:port]). Port 8043 when left out of it, which
        is right for an appliance of its own. A combined appliance, for laboratories only, has its replicator at port 8440.
      - The replicators of paired sites, shown under a synthetic C(tn-…) address, belong to their own manager.
    type: str
    required: true
  description:
    description:
      - Description of the replicator. Empty for a new one when omitted. The product cannot change it afterwards.
    type: str
  owner:
    description:
      - Tenant that the replicator is for, V(*) for every one, which a new one gets when this is omitted. The product
        cannot change it afterwards.
    type: str
  peer_thumbprint:
    description:
      - SHA-256 thumbprint of the certificate at O(api_url). Left out, the thumbprint of a registered replicator is left
        as it is.
    type: str
  accept_certificate:
    description:
      - Whether to trust whatever certificate O(api_url) shows now, also when it has been replaced.
      - Without it and without O(peer_thumbprint) a new registration is refused, and the message names the thumbprint.
    type: bool
    default: false
  replicator_root_password:
    description:
      - Password of root at the replicator. Needed where something is registered or repaired; left out, nothing can be.
      - It must not be the initial one, which has expired.
    type: str
  sso_user:
    description:
      - User of the vCenter's single sign-on, for example V(administrator@vsphere.local). Needed where something is
        registered or repaired; left out, nothing can be.
    type: str
  sso_password:
    description: Password of O(sso_user). Needed where something is registered or repaired; left out, nothing can be.
    type: str
  service_url:
    description:
      - Address of the replicator's own service as this task reaches it. With it a new replicator is asked first whether its
        lookup service is set, and is trusted by the thumbprint that it is registered with.
      - Left out, nobody asks before, and the manager's refusal is explained.
    type: str
  repair:
    description:
      - Whether to repair the registration, whatever its state. Such a task changes something every time.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.state
  - vcpp.vcloud.attributes
attributes:
  idempotent:
    support: partial
    details: With O(repair=true) every run changes something.
notes:
  - O(vcav_url) is that of the manager service, port 8441 of the cloud appliance.
  - Maintenance mode can be read, but no call is known that enters or leaves it. Do that in the manager's page.
seealso:
  - module: vcpp.vcloud.vcav_replicator_info
  - module: vcpp.vcloud.vcav_certificate
"""

EXAMPLES = r"""
- name: The replicators of the site are registered
  vcpp.vcloud.vcav_replicator:
    vcav_url: https://vcav.example.com:8441
    vcav_password: "{{ vault_vcav_password }}"
    api_url: "{{ item }}"
    accept_certificate: true
    replicator_root_password: "{{ vault_vcav_password }}"
    sso_user: administrator@vsphere.local
    sso_password: "{{ vault_sso_password }}"
  loop:
    - https://vdev-a03-vcar01.vdev.local

- name: A replicator is taken out of service, and registered no longer
  vcpp.vcloud.vcav_replicator:
    vcav_url: https://vcav.example.com:8441
    vcav_password: "{{ vault_vcav_password }}"
    api_url: https://vdev-a03-vcar01.vdev.local
    state: absent
"""

RETURN = r"""
vcav_replicator:
  description: The replicator as it is registered now, or would be in check mode. Empty when it is absent.
  returned: success
  type: dict
  contains:
    api_url: {description: Its address., type: str, sample: "https://vdev-a03-vcar01.vdev.local:8043"}
    description: {description: Its description., type: str, sample: Rack 7}
    owner: {description: "The tenant that it is for, V(*) for every one.", type: str, sample: "*"}
    peer_thumbprint: {description: The thumbprint that is trusted., type: str, sample: "SHA-256:A1:B2:C3"}
    connected: {description: Whether manager and replicator reach one another., type: bool, sample: true}
    in_maintenance: {description: Whether it is in maintenance mode. Not told of a new one., type: bool, sample: false}
    repair_due: {description: "Whether it is to be repaired, so V(false).", type: bool, sample: false}
"""

from ..module_utils._plan import CREATE, DELETE, given
from ..module_utils._resource import Resource, run
from ..module_utils._vcav import certificates, replicators, sites, trust
from ..module_utils._vcav.client import connect


class Replicator(Resource):
    """The registration of a replicator, found by its address."""

    noun, key = "vcav_replicator", "api_url"
    fields = replicators.FIELDS
    connect = staticmethod(connect)
    seen, done = None, False

    def spec(self):
        texts = ("description", "owner", "peer_thumbprint", "sso_user", "service_url")
        switches = ("accept_certificate", "repair")
        return {
            "api_url": {"type": "str", "required": True},
            **{name: {"type": "str"} for name in texts},
            **{name: {"type": "bool", "default": False} for name in switches},
            **{name: {"type": "str", "no_log": True} for name in ("replicator_root_password", "sso_password")},
        }

    def validate(self, params):
        replicators.normal_url(params["api_url"])
        if params["service_url"]:
            sites.normal_url(params["service_url"], "service_url")
        if params["peer_thumbprint"]:
            sites.normal_thumbprint(params["peer_thumbprint"])

    def find(self, context):
        replicators.need_manager(context.api)
        self.url = replicators.normal_url(context.params["api_url"])
        found = replicators.every(context.api)
        self.present = next((one for one in found if replicators.normal_url(one["apiUrl"]) == self.url), None)
        return self.present

    def read(self, context, wire):
        return {**replicators.read(wire), "repair_due": context.params["repair"] and not self.done}

    def look(self, context):
        self.seen = self.seen or certificates.remote(context.api, self.url).thumbprint
        return self.seen

    def wanted(self, context):
        params, known = context.params, self.present and self.present.get("certThumbprint")
        thumbprint = trust.pinned(self.url, params, known, lambda: self.look(context))
        return {
            **given(params, {"description": 0, "owner": 0}), "api_url": self.url, "peer_thumbprint": thumbprint,
            "connected": True, "repair_due": False,
        }  # fmt: skip

    def advise(self, context, step):
        params = context.params
        if not step.is_change or step.action == DELETE:
            return
        what = "registering" if step.action == CREATE else "repairing"
        replicators.need_credentials(params, f"{what} the replicator {self.url}")
        if step.action == CREATE and params["service_url"]:
            replicators.need_lookup_service(params, step.values["peer_thumbprint"])

    def create(self, context, values):
        replicators.register(context.api, values, context.params)
        self.done = True

    def update(self, context, wire, values):
        replicators.repair(context.api, wire, values, context.params)
        self.done = True

    def delete(self, context, wire):
        replicators.remove(context.api, wire)


def main():
    run(Replicator())


if __name__ == "__main__":
    main()
