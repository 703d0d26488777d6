#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcd_theme
short_description: Manage themes of the portal of vCloud Director
version_added: "0.1.0"
description:
  - Creates, changes and removes custom themes. Only a System administrator can.
  - A theme is shown where M(vcpp.vcloud.vcd_branding) selects it. A theme without a style sheet looks like the product's
    own.
  - Themes need API version 30.0 (vCloud Director 9.1), style sheets 31.0 (vCloud Director 9.5).
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description: Name of the theme. Upper and lower case differ. The built-in themes V(Default) and V(Dark) are refused.
    type: str
    required: true
  css:
    description:
      - The style sheet as a text, for example of P(vcpp.vcloud.vcd_theme_css#filter). An empty text removes it.
      - Give this or O(css_file). The style sheet is left as it is when both are omitted.
    type: str
  css_file:
    description:
      - Path of the style sheet on the host that runs the task. Line ends do not count when it is compared.
      - Give this or O(css).
    type: path
  force:
    description:
      - With O(state=absent), gives whatever uses the theme V(Default) before the theme is removed, and warns of that.
      - Without it, a theme that is used is not removed, and the message names who uses it.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.state
  - vcpp.vcloud.attributes
notes:
  - The removal of a theme reads the branding of all organizations, 8 at a time, to find out who uses it.
  - To rename a theme, create one of the new name, select it, and remove the old one.
seealso:
  - module: vcpp.vcloud.vcd_theme_info
  - module: vcpp.vcloud.vcd_branding
  - plugin: vcpp.vcloud.vcd_theme_css
    plugin_type: filter
"""

EXAMPLES = r"""
- name: The theme is what the file says
  vcpp.vcloud.vcd_theme:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    name: Kiwi
    css_file: files/kiwi-theme.css

- name: A few rules are enough
  vcpp.vcloud.vcd_theme:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    name: Tyrell
    css: |
      :root { --clr-header-bg-color: #7E1414; }

- name: The theme is gone, and whoever used it has the default one
  vcpp.vcloud.vcd_theme:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    name: Tyrell
    force: true
    state: absent
"""

RETURN = r"""
vcd_theme:
  description: The theme as it is now, or would be in check mode. Empty when it is absent.
  returned: success
  type: dict
  contains:
    name: {description: Name of the theme., type: str, sample: Kiwi}
    css:
      description: Its style sheet, or C(sha256:) and the digest of one of more than 16 KB. Empty for none.
      returned: with O(css) or O(css_file)
      type: str
      sample: ":root { --clr-header-bg-color: #7E1414; }"
switched:
  description: The organizations that were given V(Default), V(System) for the system.
  returned: success
  type: list
  elements: str
  sample: [System, Tyrell]
"""

from ..module_utils._resource import InputError, Resource, run
from ..module_utils._vcd import themes
from ..module_utils._vcd.client import connect


class Theme(Resource):
    """A custom theme, found by its name."""

    noun, product = "vcd_theme", "vcd"
    fields = themes.FIELDS
    connect = staticmethod(connect)
    users = ()

    def spec(self):
        return {
            "name": {"type": "str", "required": True},
            "css": {"type": "str"},
            "css_file": {"type": "path"},
            "force": {"type": "bool", "default": False},
        }

    def rules(self):
        return {"mutually_exclusive": [("css", "css_file")]}

    def validate(self, params):
        self.css = themes.load(params)

    def find(self, context):
        name = context.params["name"]
        kind = themes.every(context.api).get(name)
        if kind == themes.BUILT_IN:
            raise InputError(f"name is {name!r}: this theme is built in and stays as it is; choose another name")
        if self.css is not None:
            themes.refuse_css(context.api.version)
        return kind and {"name": name}

    def read(self, context, wire):
        css = {} if self.css is None else {"css": themes.shown(themes.read_css(context.api, wire["name"]))}
        return {**wire, **css}

    def wanted(self, context):
        css = {} if self.css is None else {"css": themes.shown(self.css)}
        return {"name": context.params["name"], **css}

    def before_delete(self, context, wire):
        self.users = themes.users(context.api, wire["name"])
        if self.users and not context.params["force"]:
            raise InputError(
                f"{themes.in_use(wire['name'], self.users)}: select another theme there first, with vcd_branding, or set "
                f"force to give them {themes.DEFAULT}. Nothing was changed."
            )

    def advise(self, context, step):
        if step.is_change:
            context.api.demand_provider(f"{step.action} theme {context.params['name']!r}")
        if self.users:
            told = themes.in_use(context.params["name"], self.users)
            context.warn(f"{told}, which show {themes.DEFAULT} from now on, because force is set.")

    def more(self, context, step):
        return {"switched": list(self.users)}

    def create(self, context, values):
        themes.create(context.api, values["name"])
        if self.css:
            self.update(context, values, values)

    def update(self, context, wire, values):
        themes.write_css(context.api, wire["name"], self.css, themes.file_name(context.params))

    def delete(self, context, wire):
        if self.users:
            themes.release(context.api, wire["name"])
        themes.delete(context.api, wire["name"])


def main():
    run(Theme())


if __name__ == "__main__":
    main()
