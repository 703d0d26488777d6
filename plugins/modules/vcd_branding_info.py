#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcd_branding_info
short_description: Read the branding of the portal of vCloud Director
version_added: "0.1.0"
description:
  - Reads what the portal shows for the system and for organizations, in the form of the options of
    M(vcpp.vcloud.vcd_branding), and in which fields organizations show what the system shows.
  - One request for each organization, 8 at a time.
author: The vcpp.vcloud authors (@vcpp)
options:
  orgs:
    description:
      - Names of the organizations to read. Those that do not exist are left out.
      - All when omitted, none when empty. Below API version 32.0 (vCloud Director 9.7) there is the system only.
    type: list
    elements: str
  with_images:
    description: Whether logos and icons are read too, which takes two more requests for each organization.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcd_branding
  - module: vcpp.vcloud.vcd_theme_info
"""

EXAMPLES = r"""
- name: What everybody shows
  vcpp.vcloud.vcd_branding_info:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
  register: portal

- name: The organizations that inherit everything
  ansible.builtin.debug:
    msg: "{{ portal.details | selectattr('inherits', 'contains', 'portal_name')
      | selectattr('inherits', 'contains', 'custom_links') | map(attribute='org') }}"

- name: One organization with its images
  vcpp.vcloud.vcd_branding_info:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    orgs: [Tyrell]
    with_images: true
"""

RETURN = r"""
vcd_branding:
  description: The branding, without images.
  returned: success
  type: dict
  contains:
    system:
      description: The branding of the system, with the fields of an organization.
      type: dict
      sample: {portal_name: Kiwi Cloud, portal_color: "#323843", theme: Kiwi, custom_links: []}
    tenants:
      description: The organizations by name, with what they show.
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
          contains:
            type: {description: "V(override), V(section), V(link) or V(separator).", type: str, sample: link}
            name: {description: Its text or the link that is replaced., type: str, returned: except separators, sample: Help Desk}
            url:
              description: Its address.
              type: str
              returned: links and overrides
              sample: https://my.company.com/helpdesk/
details:
  description: What else there is to know, of the system and then of each of RV(vcd_branding.tenants), in the same order.
  returned: success
  type: list
  elements: dict
  contains:
    org: {description: "Name of the organization, V(System) for the system.", type: str, sample: Tyrell}
    inherits:
      description: The fields in which it shows what the system shows; images only with O(with_images).
      type: list
      elements: str
      sample: [theme, custom_links]
    logo:
      description: The logo that is shown. Null without O(with_images).
      type: dict
      contains: &image
        media_type: {description: Its type., type: str, sample: image/png}
        size: {description: Number of bytes., type: int, sample: 4312}
        sha256: {description: SHA-256 of the bytes., type: str, sample: 5f70bf18a086007016e948b04aed3b82}
    icon:
      description: The icon that is shown. Null without O(with_images), and below API version 32.0.
      type: dict
      contains: *image
"""

from ..module_utils._resource import Info, run
from ..module_utils._vcd import branding
from ..module_utils._vcd.client import connect


class Brandings(Info):
    """The branding of the system and of organizations."""

    noun, product = "vcd_branding", "vcd"
    connect = staticmethod(connect)

    def spec(self):
        return {"orgs": {"type": "list", "elements": "str"}, "with_images": {"type": "bool", "default": False}}

    def fetch(self, context):
        orgs, with_images = context.params["orgs"], context.params["with_images"]
        portal, self.details = branding.read_every(context.api, orgs, with_images=with_images)
        rows = {branding.SYSTEM: portal.system, **portal.tenants}
        return branding.options({org: branding.look(row) for org, row in rows.items()})

    def more(self, context):
        return {"details": self.details}


def main():
    run(Brandings())


if __name__ == "__main__":
    main()
