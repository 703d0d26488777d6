#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcd_branding_theme_info
short_description: Read the branding themes of the second generation, and who has which
version_added: "0.1.0"
description:
  - Reads the branding themes that VMware Cloud Director has from 10.4.1 (API version 37.1) on, in the form of the options
    of M(vcpp.vcloud.vcd_branding_theme).
  - Where the feature flag C(Branding API) is off, the task fails and says so, unless O(optional) is set.
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description: Only the theme of this name. All when omitted.
    type: str
  optional:
    description: Whether a server without such themes is no failure; RV(available) then tells it.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcd_branding_theme
  - module: vcpp.vcloud.vcd_branding_info
"""

EXAMPLES = r"""
- name: The branding themes, if there are any
  vcpp.vcloud.vcd_branding_theme_info:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    optional: true
  register: themes

- name: Who has which
  ansible.builtin.debug:
    msg: "{{ themes.vcd_branding_theme | items2dict(key_name='name', value_name='orgs') }}"
"""

RETURN = r"""
vcd_branding_theme:
  description: The themes by name, those that come with the product too. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the theme., type: str, sample: Kiwi}
    base: {description: "V(light) or V(dark), null for unknown.", type: str, sample: dark}
    default: {description: Whether organizations without a theme of their own have it., type: bool, sample: false}
    orgs: {description: "The organizations that have it, by name.", type: list, elements: str, sample: [Tyrell]}
details:
  description: What else there is to know, one entry for each of RV(vcd_branding_theme), in the same order.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the theme., type: str, sample: Kiwi}
    id:
      description: URN of the theme.
      type: str
      sample: "urn:vcloud:entity:vmware:brandinguitheme:1.0.0:c196c6f0-5c31-4929-a626-b29b2c9ff5ab"
    built_in: {description: Whether it comes with the product., type: bool, sample: false}
    legacy: {description: Whether it was converted from the old branding and cannot be changed., type: bool, sample: false}
    version: {description: Version of the theme., type: str, sample: 1.0.0}
    logo_thumbprint: {description: "What the server makes of its logo, null without one.", type: str, sample: X3C/GKCGAHAW}
available:
  description: Whether the server has branding themes and shows them to this user.
  returned: success
  type: bool
  sample: true
"""

from ..module_utils._resource import Info, run
from ..module_utils._vcd import branding_themes
from ..module_utils._vcd.client import connect


class BrandingThemes(Info):
    """The branding themes of one vCloud Director."""

    noun, product = "vcd_branding_theme", "vcd"
    connect = staticmethod(connect)

    def spec(self):
        return {"name": {"type": "str"}, "optional": {"type": "bool", "default": False}}

    def fetch(self, context):
        params = context.params
        self.rows = branding_themes.collect(context.api, params["name"], optional=params["optional"])
        return [values for values, details in self.rows or ()]

    def more(self, context):
        return {"details": [details for values, details in self.rows or ()], "available": self.rows is not None}


def main():
    run(BrandingThemes())


if __name__ == "__main__":
    main()
