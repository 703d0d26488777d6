#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_local_site
short_description: Name a vCloud Availability site and set its endpoints
version_added: "0.1.0"
description:
  - Gives the site of a cloud service its name and description, and sets the addresses under which it is reached.
  - The name can be given once. The product cannot change it, so another name is an error and not a change.
  - Endpoints that are not named here keep their value, also those of release 3.0 that have no option. They hold once
    the services of the cloud appliance and of the tunnel have been restarted; RV(restart_required) says when that is due.
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description:
      - Name of the site. Letters, digits and hyphens.
      - Left out, the name stays as it is.
    type: str
  description:
    description: Description of the site. Left as it is when omitted; empty clears it.
    type: str
  api_public_address:
    description:
      - Host name under which tenants and other sites reach this one. It must not be the host of vCloud Director.
      - Left as it is when omitted; empty clears it.
    type: str
  api_public_port:
    description:
      - Port of O(api_public_address), usually 443, which a firewall leads to port 8048 of the tunnel.
      - Left as it is when omitted; V(0) clears it.
    type: int
  api_address:
    description: Host at which the cloud service answers inside the site. Left as it is when omitted; empty clears it.
    type: str
  api_port:
    description:
      - Port of O(api_address). Left as it is when omitted; V(0) clears it, which means the product's own, 8443.
    type: int
  mgmt_address:
    description:
      - Host at which the site's own services reach the cloud service. It must not be the public one, or the tunnel
        sends management traffic back to itself and sites cannot be paired.
      - Left as it is when omitted; empty clears it.
    type: str
  mgmt_port:
    description:
      - Port of O(mgmt_address). Left as it is when omitted; V(0) clears it, which means the product's own, 8046.
    type: int
  mgmt_public_address:
    description: Public address for management traffic. Left as it is when omitted; empty clears it.
    type: str
  mgmt_public_port:
    description: Port of O(mgmt_public_address). Left as it is when omitted; V(0) clears it.
    type: int
  manager_sso_user:
    description:
      - Single sign-on user with which the cloud service works at its manager, for example
        V(administrator@vsphere.local). Release 3.0 needs it; newer ones have no such setting, and ignore it.
      - The product does not return it, so it cannot be compared. Not written when omitted.
    type: str
  manager_sso_password:
    description: Password of O(manager_sso_user). Not written when omitted.
    type: str
  update_password:
    description:
      - When O(manager_sso_user) and O(manager_sso_password) are written. V(on_create) does so while the site has no name,
        V(always) each time, which is always a change.
    type: str
    choices: [on_create, always]
    default: on_create
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.attributes
seealso:
  - module: vcpp.vcloud.vcav_local_site_info
  - module: vcpp.vcloud.vcav_site_info
"""

EXAMPLES = r"""
- name: Auckland has its name and its public endpoint
  vcpp.vcloud.vcav_local_site:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    name: A03-Auckland
    description: North
    api_public_address: vcav-a03.example.net
    api_public_port: 443
  register: site

- name: Say what is left to do
  ansible.builtin.debug:
    msg: "Services to be restarted: {{ site.restart_required }}"
"""

RETURN = r"""
vcav_local_site:
  description:
    - The site as it is now, or would be in check mode. The endpoints are those that were configured, null for those that
      were not.
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
    manager_sso_updated:
      description: Whether the credentials of the manager were written. Only where they are.
      type: bool
      sample: true
restart_required:
  description: Whether endpoints are configured that hold only after the services have been restarted.
  returned: success
  type: bool
  sample: true
"""

from ..module_utils._resource import Setting, run
from ..module_utils._vcav import local_site
from ..module_utils._vcav.client import connect


class LocalSite(Setting):
    """The site of a cloud service."""

    noun = "vcav_local_site"
    fields = local_site.FIELDS
    connect = staticmethod(connect)
    written = False

    def spec(self):
        ports = {name: {"type": "int" if name.endswith("port") else "str"} for name in local_site.ENDPOINTS}
        return {
            "name": {"type": "str"},
            "description": {"type": "str"},
            **ports,
            "manager_sso_user": {"type": "str"},
            "manager_sso_password": {"type": "str", "no_log": True},
            "update_password": {
                "type": "str",
                "choices": ["on_create", "always"],
                "default": "on_create",
                "no_log": False,
            },
        }

    def rules(self):
        return {"required_together": [("manager_sso_user", "manager_sso_password")]}

    def validate(self, params):
        local_site.check(params)

    def label(self, context):
        return str(context.params["name"] or super().label(context))

    def find(self, context):
        self.found = local_site.fetch(context.api)
        return self.found

    def read(self, context, wire):
        present = local_site.read(wire)
        self.due = local_site.credentials_due(context.api, context.params, wire)
        return {**present, "manager_sso_updated": self.written} if self.due or self.written else present

    def wanted(self, context):
        values = local_site.wanted(context.api, context.params, self.found)
        return {**values, "manager_sso_updated": True} if self.due or self.written else values

    def more(self, context, step):
        moved = bool(set(step.changed) & set(local_site.ENDPOINTS))
        return {"restart_required": moved or local_site.restart_pending(self.found)}

    def update(self, context, wire, values):
        self.written = local_site.write(context.api, wire, values, send_credentials=self.due)


def main():
    run(LocalSite())


if __name__ == "__main__":
    main()
