#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcd_branding
short_description: Brand the portal of vCloud Director, for all and for each organization
version_added: "0.1.0"
description:
  - Gives the portal its name, colour, theme, menu, logo and icon, for the whole system and for each organization that
    shall have its own, hundreds in one task. Everything is read once, only what differs is changed, and every change is
    read back.
  - An organization without a branding of its own shows the system's, and the product does not tell which of them have
    one. So an organization I(inherits) here when it shows what the system shows.
  - The server replaces a branding as a whole, so fields that are not named are read and sent again. An organization that
    inherits everything and is given one field of its own keeps the system's other fields, those that the same task gives
    to the system included, and no longer follows later changes of them.
  - Organizations, menu entries and icons need API version 32.0 (vCloud Director 9.7), the rest 30.0 (vCloud Director 9.1).
author: The vcpp.vcloud authors (@vcpp)
options:
  prune:
    description: Whether organizations that O(tenants) does not name inherit everything from the system.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.branding
  - vcpp.vcloud.collection
  - vcpp.vcloud.attributes
notes:
  - To know whether there is something to take away from an organization with O(tenants[].state=inherited), its images
    are read as well, which are two requests more.
  - From VMware Cloud Director 10.4.1 on, this branding is deprecated in favour of M(vcpp.vcloud.vcd_branding_theme), but
    still there. Where such themes are switched on, the task warns, because an organization with one shows it instead.
seealso:
  - module: vcpp.vcloud.vcd_branding_info
  - module: vcpp.vcloud.vcd_theme
  - module: vcpp.vcloud.vcd_branding_theme
"""

EXAMPLES = r"""
- name: The theme exists
  vcpp.vcloud.vcd_theme:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    name: Kiwi
    css_file: files/kiwi-theme.css

- name: The portal of all organizations
  vcpp.vcloud.vcd_branding:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    system:
      portal_name: Kiwi Cloud
      portal_color: "#323843"
      theme: Kiwi
      logo: files/kiwi-logo.png
      custom_links:
        - {type: override, name: about, url: "https://my.company.com/about/"}
        - {type: section, name: Support}
        - {type: link, name: Help Desk, url: "https://my.company.com/helpdesk/"}
        - {type: link, name: Contact Us, url: "mailto:contact@my.company.com?subject=Web Support"}
        - {type: separator}
        - {type: section, name: Services}
        - {type: link, name: Other services, url: "https://my.company.com/services/"}
        - {type: separator}
        - {type: link, name: Terms & Conditions, url: "https://my.company.com/tsandcs/"}

- name: Tenants with a name, a colour and a logo of their own
  vcpp.vcloud.vcd_branding:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    tenants:
      - org: Tyrell
        portal_name: Tyrell Corporation
        portal_color: "#7E1414"
        theme: Dark
        logo: files/tyrell-logo.png

- name: One task for a table of tenants that have one menu
  vcpp.vcloud.vcd_branding:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    tenants: "{{ portals }}"
    common:
      theme: Kiwi
      custom_links:
        - {type: section, name: Support}
        - {type: link, name: Help Desk, url: "https://my.company.com/helpdesk/"}
  vars:
    portals:
      - {org: Tyrell, portal_name: Tyrell Corporation, portal_color: "#0C0C01"}

- name: Everybody else shows what the system shows
  vcpp.vcloud.vcd_branding:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    tenants:
      - {org: Tyrell, state: inherited}
    prune: true
"""

RETURN = r"""
vcd_branding:
  description:
    - What was asked for, as it is now or would be in check mode, in the form of the options. Images are C(sha256:) and
      the digest of their bytes, an empty text for the product's own; without them only where they were not asked for.
  returned: success
  type: dict
  contains:
    system:
      description: The branding of the system.
      returned: with O(system)
      type: dict
      sample: {portal_name: Kiwi Cloud, portal_color: "#323843", theme: Kiwi, custom_links: []}
    tenants:
      description: The organizations by name, those that inherit too, with what they show.
      type: list
      elements: dict
      contains:
        org: {description: Name of the organization., type: str, sample: Tyrell}
        portal_name: {description: "Title, null where the own branding has none.", type: str, sample: Tyrell Corporation}
        portal_color: {description: "Colour of the banner, empty where none is set.", type: str, sample: "#7E1414"}
        theme: {description: "Name of the theme, null where the own branding has none.", type: str, sample: Dark}
        custom_links:
          description: Overrides first, then the menu in its order.
          type: list
          elements: dict
          sample: [{type: section, name: Support}, {type: link, name: Help Desk, url: "https://my.company.com/helpdesk/"}]
        logo: {description: The logo., type: str, returned: when it was asked for, sample: "sha256:5f70bf18a086"}
        icon: {description: The icon., type: str, returned: when it was asked for, sample: "sha256:8d969eef6eca"}
outcomes:
  description: What became of each organization that differed, and of the system, which comes first.
  returned: always, unless the task failed before the first change
  type: list
  elements: dict
  contains:
    org: {description: "Name of the organization, V(System) for the system.", type: str, sample: Tyrell}
    portal_name: {description: "Its title now, where that differed; so for every field.", type: str, sample: Tyrell}
    changed: {description: Whether it was changed., type: bool, sample: true}
    error: {description: Why it could not be changed., type: str, returned: on failure, sample: Permission denied.}
"""

from ..module_utils._resource import Collection, InputError, run
from ..module_utils._vcd import branding
from ..module_utils._vcd.branding_work import Work
from ..module_utils._vcd.client import connect


class Branding(Collection):
    """The branding of the system and of organizations, which are all changed after the system."""

    noun, product, item_key = "vcd_branding", "vcd", "org"
    fields = branding.FIELDS
    waits = 30
    connect = staticmethod(connect)
    work = None

    def spec(self):
        return dict(branding.SPEC)

    def rules(self):
        return {"required_one_of": [("system", "tenants")], "required_by": {"common": "tenants"}}

    def wanted(self, params):
        if params["prune"] and params["tenants"] is None:
            raise InputError("prune needs tenants: without them every organization would lose its branding")
        self.wishes = branding.read_wishes(params["system"], params["tenants"] or [], params["common"])
        return dict(self.wishes.looks)

    def present(self, context, wanted, everything):
        if self.work:
            return self.work.reread(wanted)
        self.work = Work(context.api, self.wishes)
        present, targets = self.work.look(everything, context.missing)
        wanted.update({org: values for org, values in targets.items() if org in wanted})
        return present

    def pruned(self, context):
        return self.work.inherited()

    def check(self, context, plans):
        self.work.check(plans, context.missing, context.warn)

    def turns(self, changes):
        first = {org: step for org, step in changes.items() if org == branding.SYSTEM}
        return [turn for turn in (first, {org: changes[org] for org in changes if org not in first}) if turn]

    def apply(self, context, key, step):
        self.work.apply(key, step)

    def rows(self, context, final):
        return branding.options(final)

    def tenant(self, key):
        return None if key == branding.SYSTEM else key


def main():
    run(Branding())


if __name__ == "__main__":
    main()
