# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The options that say how the portal of vCloud Director looks; the argument specs to them are in
# module_utils/_vcd/branding.py.

from __future__ import annotations

_LOOK = r"""
      portal_name:
        description: Title of the login page and of the header. Left as it is when omitted.
        type: str
      portal_color:
        description:
          - Colour of the banner, six hexadecimal digits such as V("#1A2A3A"), in quotes. The C(#) can be missing, and
            upper and lower case are the same.
          - An empty text leaves the colour of the system to the theme, that of an organization to the system or the
            theme. Left as it is when omitted.
        type: str
      theme:
        description:
          - Name of the theme, V(Default), V(Dark) or one that M(vcpp.vcloud.vcd_theme) made.
          - Left as it is when omitted.
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
          - Path of a PNG, JPEG or SVG file of at most 512 KB on the host that runs the task. It is compared by its
            bytes.
          - An empty text brings the system's image back to an organization, and the product's own to the system, which
            is a change each time, because the product does not tell which image it shows. Left as it is when omitted.
        type: path
      icon:
        description:
          - Path of a PNG or ICO file on the host that runs the task, which browsers show beside the title.
          - An empty text brings the system's image back to an organization, and the product's own to the system, which
            is a change each time, because the product does not tell which image it shows. Left as it is when omitted.
        type: path
"""


class ModuleDocFragment:
    # With their types, because yamllint of ansible-test takes every plain assignment for one of a literal.
    DOCUMENTATION: str = (
        r"""
options:
  system:
    description:
      - Branding of the system, which all organizations without their own show. Left as it is when omitted.
    type: dict
    suboptions:
"""
        + _LOOK
        + r"""
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
          - V(inherited) takes away all that it has of its own, images too, and allows no field beside it.
        type: str
        choices: [present, inherited]
        default: present
"""
        + _LOOK
        + r"""
  common:
    description:
      - Fields that all organizations in O(tenants) have, but those that inherit. What an entry names itself comes
        first.
      - The short and fast way to give hundreds of them the same menu. No field is common when omitted.
    type: dict
    suboptions:
"""
        + _LOOK
    )
