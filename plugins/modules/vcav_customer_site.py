#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_customer_site
short_description: Wait for an on-premises site, or remove it
version_added: "0.1.0"
description:
  - Waits until the on-premises appliance of a customer has paired with a cloud site, and removes such a site.
  - The customer pairs it, in the wizard of the on-premises appliance. The product has no documented call for that, so
    V(present) changes nothing. Where the site does not come in time, the message lists what the customer enters.
  - Removing works on the cloud's side. The customer unpairs in the on-premises appliance too.
author: The vcpp.vcloud authors (@vcpp)
options:
  site:
    description: Name of the on-premises site, as the customer enters it in the wizard.
    type: str
    required: true
  org:
    description:
      - Organization with whose login the site must have been paired; another one is an error. With O(state=absent) too,
        so that nobody else's site is removed.
      - Left out, the organization is not looked at.
    type: str
  state:
    description:
      - V(present) waits until the site has paired; it never changes anything. V(absent) makes sure that it is gone.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.wait
  - vcpp.vcloud.attributes
notes:
  - In check mode V(present) looks once and does not wait. A site that is not there is a warning then.
seealso:
  - module: vcpp.vcloud.vcav_customer_site_info
"""

EXAMPLES = r"""
- name: The on-premises site of Tyrell has paired
  vcpp.vcloud.vcav_customer_site:
    vcav_url: https://vcav-c00.vdev.local
    vcav_password: "{{ vault_christchurch_password }}"
    site: Tyrell-OnPrem
    org: Tyrell
    wait_timeout: 1800

- name: The on-premises site of Tyrell is gone
  vcpp.vcloud.vcav_customer_site:
    vcav_url: https://vcav-c00.vdev.local
    vcav_password: "{{ vault_christchurch_password }}"
    site: Tyrell-OnPrem
    state: absent
"""

RETURN = r"""
vcav_customer_site:
  description: The site as it is now, or would be in check mode. Empty when it is absent.
  returned: success
  type: dict
  contains:
    site: {description: Name of the site., type: str, sample: Tyrell-OnPrem}
    owner: {description: Organization that paired it., type: str, sample: Tyrell@C00-Christchurch}
    description: {description: Its description., type: str, sample: Head office}
"""

from ..module_utils._plan import refuse_empty
from ..module_utils._resource import Resource, run
from ..module_utils._vcav import customer_sites
from ..module_utils._vcav.client import connect


class CustomerSite(Resource):
    """An on-premises site, found by its name."""

    noun, key = "vcav_customer_site", "site"
    fields = customer_sites.FIELDS
    waits = 300
    connect = staticmethod(connect)

    def spec(self):
        return {"site": {"type": "str", "required": True}, "org": {"type": "str"}}

    def validate(self, params):
        refuse_empty("site", params["site"], "name the on-premises site as the customer calls it")

    def find(self, context):
        found = customer_sites.pick(customer_sites.every(context.api), context.params["site"])
        if found is not None:
            customer_sites.check_owner(found, context.params["org"])
        return found

    def read(self, context, wire):
        return customer_sites.read(wire)

    def delete(self, context, wire):
        customer_sites.remove(context.api, wire["site"], context.wait)

    def execute(self, context):
        if context.params["state"] == "absent":
            return super().execute(context)
        name, org = context.params["site"], context.params["org"]
        found = self.find(context)
        if found is None and context.check_mode:
            context.warn(f"The customer site {name!r} has not paired yet; a run waits for it. Check mode does not.")
        elif found is None:
            found = customer_sites.arrive(context.api, name, org, context.wait)
            customer_sites.check_owner(found, org)
        return {"changed": False, self.noun: {} if found is None else self.read(context, found)}


def main():
    run(CustomerSite())


if __name__ == "__main__":
    main()
