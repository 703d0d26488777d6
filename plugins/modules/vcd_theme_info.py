#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcd_theme_info
short_description: Read the themes of the portal of vCloud Director
version_added: "0.1.0"
description:
  - Reads the custom themes with their style sheets, in the form of the options of M(vcpp.vcloud.vcd_theme), and names the
    built-in ones.
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description: Only the theme of this name. All when omitted.
    type: str
  with_css:
    description:
      - Whether style sheets are read, each with a request of its own; real ones have some 450 KB.
      - Below API version 31.0 (vCloud Director 9.5) there are none.
    type: bool
    default: true
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcd_theme
  - module: vcpp.vcloud.vcd_branding_info
"""

EXAMPLES = r"""
- name: The custom themes
  vcpp.vcloud.vcd_theme_info:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    with_css: false
  register: themes

- name: All names that vcd_branding can select
  ansible.builtin.debug:
    msg: "{{ themes.built_in + themes.vcd_theme | map(attribute='name') }}"
"""

RETURN = r"""
vcd_theme:
  description: The custom themes by name. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the theme., type: str, sample: Kiwi}
    css:
      description: Its whole style sheet, empty for none, null where it was not read.
      type: str
      sample: ":root { --clr-header-bg-color: #7E1414; }"
details:
  description: What else there is to know, one entry for each of RV(vcd_theme), in the same order.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the theme., type: str, sample: Kiwi}
    css_size: {description: "Bytes of the style sheet, null where it was not read or is none.", type: int, sample: 457316}
    css_sha256:
      description: SHA-256 of these bytes, null where there are none.
      type: str
      sample: 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824
built_in:
  description: Names of the built-in themes.
  returned: success
  type: list
  elements: str
  sample: [Dark, Default]
"""

from ..module_utils._resource import Info, run
from ..module_utils._vcd import themes
from ..module_utils._vcd.client import connect


class Themes(Info):
    """The themes of one vCloud Director."""

    noun, product = "vcd_theme", "vcd"
    connect = staticmethod(connect)

    def spec(self):
        return {"name": {"type": "str"}, "with_css": {"type": "bool", "default": True}}

    def fetch(self, context):
        self.found = themes.collect(context.api, context.params["name"], css=context.params["with_css"])
        return self.found.rows

    def more(self, context):
        return {"details": self.found.details, "built_in": self.found.built_in}


def main():
    run(Themes())


if __name__ == "__main__":
    main()
