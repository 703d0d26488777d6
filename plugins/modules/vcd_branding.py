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
  system:
    description:
      - Branding of the system, which all organizations without their own show. Left as it is when omitted.
    type: dict
    suboptions:
      portal_name:
        description: Title of the login page and of the header. Left as it is when omitted.
        type: str
      portal_color:
        description:
          - Colour of the banner, six hexadecimal digits such as V("#1A2A3A"), in quotes. The C(#) can be missing, and
            upper and lower case are the same.
          - An empty text leaves the colour to the theme. Left as it is when omitted.
        type: str
      theme:
        description:
          - Name of the theme, V(Default), V(Dark) or one that M(vcpp.vcloud.vcd_theme) made. Left as it is when omitted.
        type: str
      custom_links:
        description:
          - Entries of the menu, in this order, and other addresses for well-known links. They replace all that are
            there; an empty list removes all. Left as it is when omitted.
        type: list
        elements: dict
        suboptions:
          type:
            description:
              - V(section) is a heading in the user's menu, V(link) an entry below it, V(separator) a line.
              - V(override) gives a well-known link another address. Where it stands in the list means nothing.
            type: str
            required: true
            choices: [override, section, link, separator]
          name:
            description:
              - Text of a section or a link. Of an override, V(help), V(about) or V(vmrc), the download of the remote
                console.
              - Only a separator is without it, and has to be; left out, the others are refused.
            type: str
          url:
            description:
              - Address of a link or an override; C(mailto:) is one.
              - Left out, an override means the product's own link, and a link is refused.
            type: str
      logo:
        description:
          - Path of a PNG, JPEG or SVG file of at most 512 KB on the host that runs the task. It is compared by its bytes.
          - An empty text brings the product's own image back. That is a change each time, because the product does not tell
            which image it shows. Left as it is when omitted.
        type: path
      icon:
        description:
          - Path of a PNG or ICO file on the host that runs the task, which browsers show beside the title.
          - An empty text brings the product's own image back. That is a change each time, because the product does not tell
            which image it shows. Left as it is when omitted.
        type: path
  tenants:
    description:
      - Organizations and their branding. Those that are not named keep what they have, all when omitted.
    type: list
    elements: dict
    suboptions:
      org:
        description: Name of one organization, not its full name. Give this or O(tenants[].orgs).
        type: str
      orgs:
        description: Names of all organizations that have this branding. Give this or O(tenants[].org).
        type: list
        elements: str
      state:
        description:
          - V(present) gives the organization the fields that are named.
          - V(inherited) takes away all that it has of its own, images too, and allows no field beside it. To know whether
            there is something, its images are read as well, which are two requests more.
        type: str
        choices: [present, inherited]
        default: present
      portal_name:
        description: Title of the login page and of the header. Left as it is when omitted.
        type: str
      portal_color:
        description:
          - Colour of the banner, six hexadecimal digits such as V("#1A2A3A"), in quotes. The C(#) can be missing, and
            upper and lower case are the same.
          - An empty text leaves the colour to the system or the theme. Left as it is when omitted.
        type: str
      theme:
        description:
          - Name of the theme, V(Default), V(Dark) or one that M(vcpp.vcloud.vcd_theme) made. Left as it is when omitted.
        type: str
      custom_links:
        description:
          - Entries of the menu, in this order, and other addresses for well-known links. They replace all that are
            there; an empty list removes all. Left as it is when omitted.
        type: list
        elements: dict
        suboptions:
          type:
            description:
              - V(section) is a heading in the user's menu, V(link) an entry below it, V(separator) a line.
              - V(override) gives a well-known link another address. Where it stands in the list means nothing.
            type: str
            required: true
            choices: [override, section, link, separator]
          name:
            description:
              - Text of a section or a link. Of an override, V(help), V(about) or V(vmrc), the download of the remote
                console.
              - Only a separator is without it, and has to be; left out, the others are refused.
            type: str
          url:
            description:
              - Address of a link or an override; C(mailto:) is one.
              - Left out, an override means the product's own link, and a link is refused.
            type: str
      logo:
        description:
          - Path of a PNG, JPEG or SVG file of at most 512 KB on the host that runs the task. It is compared by its bytes.
          - An empty text brings the system's image back. Left as it is when omitted.
        type: path
      icon:
        description:
          - Path of a PNG or ICO file on the host that runs the task, which browsers show beside the title.
          - An empty text brings the system's image back. Left as it is when omitted.
        type: path
  common:
    description:
      - Fields that all organizations in O(tenants) have, but those that inherit. What an entry names itself comes first.
      - The short and fast way to give hundreds of them the same menu. No field is common when omitted.
    type: dict
    suboptions:
      portal_name:
        description: Title of the login page and of the header. Left as it is when omitted.
        type: str
      portal_color:
        description:
          - Colour of the banner, six hexadecimal digits such as V("#1A2A3A"), in quotes. The C(#) can be missing, and
            upper and lower case are the same.
          - An empty text leaves the colour to the system or the theme. Left as it is when omitted.
        type: str
      theme:
        description:
          - Name of the theme, V(Default), V(Dark) or one that M(vcpp.vcloud.vcd_theme) made. Left as it is when omitted.
        type: str
      custom_links:
        description:
          - Entries of the menu, in this order, and other addresses for well-known links. They replace all that are
            there; an empty list removes all. Left as it is when omitted.
        type: list
        elements: dict
        suboptions:
          type:
            description:
              - V(section) is a heading in the user's menu, V(link) an entry below it, V(separator) a line.
              - V(override) gives a well-known link another address. Where it stands in the list means nothing.
            type: str
            required: true
            choices: [override, section, link, separator]
          name:
            description:
              - Text of a section or a link. Of an override, V(help), V(about) or V(vmrc), the download of the remote
                console.
              - Only a separator is without it, and has to be; left out, the others are refused.
            type: str
          url:
            description:
              - Address of a link or an override; C(mailto:) is one.
              - Left out, an override means the product's own link, and a link is refused.
            type: str
      logo:
        description:
          - Path of a PNG, JPEG or SVG file of at most 512 KB on the host that runs the task. It is compared by its bytes.
          - An empty text brings the system's image back. Left as it is when omitted.
        type: path
      icon:
        description:
          - Path of a PNG or ICO file on the host that runs the task, which browsers show beside the title.
          - An empty text brings the system's image back. Left as it is when omitted.
        type: path
  prune:
    description: Whether organizations that O(tenants) does not name inherit everything from the system.
    type: bool
    default: false
  fail_fast:
    description: Whether no further change is begun after the first that fails. Otherwise all others are still made.
    type: bool
    default: false
  wait_timeout:
    description: Longest time to wait until the changes can be read back, in seconds.
    type: int
    default: 30
  wait_interval:
    description: Longest pause between two looks, in seconds. The first looks come sooner.
    type: int
    default: 2
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.attributes
notes:
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
        tenants = {
            "type": "list",
            "elements": "dict",
            "options": branding.TENANT_SPEC,
            "mutually_exclusive": [("org", "orgs")],
            "required_one_of": [("org", "orgs")],
        }
        look = {"type": "dict", "options": branding.ROW_SPEC}
        return {"system": look, "tenants": tenants, "common": look}

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
