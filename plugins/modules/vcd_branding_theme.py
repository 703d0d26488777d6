#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcd_branding_theme
short_description: Manage branding themes of the second generation, and who has which
version_added: "0.1.0"
description:
  - Creates, changes and removes the branding themes that VMware Cloud Director has from 10.4.1 (API version 37.1) on, and
    gives them to organizations. Such a theme is one package of style sheet, logo, icon, background, name and menu.
  - They are behind the feature flag C(Branding API), which a System administrator has to switch on. Where it is off or
    missing, the task fails and says so; M(vcpp.vcloud.vcd_branding) and M(vcpp.vcloud.vcd_theme) work everywhere.
  - Only a System administrator can change them.
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description:
      - Name of the theme, at most 128 characters. Upper and lower case differ. It cannot be changed.
      - The themes that come with the product can be given to organizations and be the default, nothing else.
    type: str
    required: true
  base:
    description:
      - Whether its style sheet is made for the light or the dark style of the product. Left as it is when omitted, unknown
        for a new theme.
    type: str
    choices: [light, dark]
  package:
    description:
      - Path of the package on the host that runs the task, a ZIP archive or a folder. Left as it is when omitted.
      - Its C(manifest.json) names in C(Resources) the files C(FavIcon) (PNG or ICO), C(Logo) and C(Background) (PNG, JPEG
        or SVG), C(Styles) (CSS), the text C(PortalName), and if wanted the files C(CustomLinks) and C(Localizations)
        (JSON). All but the last two are required.
      - A folder needs no manifest when its files are called C(favicon), C(logo), C(background), C(styles),
        C(portal_name) (with the text in it), C(custom_links) and C(localizations), each with its suffix.
      - It is compared by the parts and their content.
    type: path
  default:
    description:
      - With V(true), organizations without a theme of their own have this one. To take it from the default theme, set it
        for another one; V(false) is refused for the default theme.
      - Left as it is when omitted.
    type: bool
  orgs:
    description:
      - Names of the organizations that have this theme, and no others. Those that are taken from it have the default one.
      - Left as they are when omitted.
    type: list
    elements: str
  force:
    description:
      - Replaces other branding themes that O(orgs) have, and with O(state=absent) removes a theme that organizations
        have, which then have the default one.
      - Without it, both are refused, and the message names the organizations.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.state
  - vcpp.vcloud.wait
  - vcpp.vcloud.attributes
seealso:
  - module: vcpp.vcloud.vcd_branding_theme_info
  - module: vcpp.vcloud.vcd_branding
  - module: vcpp.vcloud.vcd_theme
"""

EXAMPLES = r"""
- name: The theme is what the folder holds, and these organizations have it
  vcpp.vcloud.vcd_branding_theme:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    name: Kiwi
    base: dark
    package: files/kiwi-theme/
    orgs: [Tyrell]

- name: Everybody else has it too
  vcpp.vcloud.vcd_branding_theme:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    name: Kiwi
    default: true

- name: All have the theme that comes with the product
  vcpp.vcloud.vcd_branding_theme:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    name: Default
    default: true

- name: The theme is gone
  vcpp.vcloud.vcd_branding_theme:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    name: Kiwi
    force: true
    state: absent
"""

RETURN = r"""
vcd_branding_theme:
  description: The theme as it is now, or would be in check mode. Empty when it is absent.
  returned: success
  type: dict
  contains:
    name: {description: Name of the theme., type: str, sample: Kiwi}
    base: {description: "V(light) or V(dark), null for unknown.", type: str, sample: dark}
    default: {description: Whether organizations without a theme of their own have it., type: bool, sample: false}
    package:
      description: C(sha256:) and a digest of its parts, null for none.
      returned: with O(package)
      type: str
      sample: "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"
    orgs:
      description: The organizations that have it, by name.
      returned: with O(orgs), and of a theme that is removed
      type: list
      elements: str
      sample: [Tyrell]
"""

from ..module_utils._resource import Resource, run
from ..module_utils._vcd import branding_themes
from ..module_utils._vcd.client import connect


class BrandingTheme(Resource):
    """A branding theme, found by its name."""

    noun, product = "vcd_branding_theme", "vcd"
    waits = 300
    fields = branding_themes.FIELDS
    connect = staticmethod(connect)

    def spec(self):
        return {
            "name": {"type": "str", "required": True},
            "base": {"type": "str", "choices": list(branding_themes.BASES)},
            "package": {"type": "path"},
            "default": {"type": "bool"},
            "orgs": {"type": "list", "elements": "str"},
            "force": {"type": "bool", "default": False},
        }

    def validate(self, params):
        self.package = branding_themes.check(params)

    def find(self, context):
        params = context.params
        self.with_orgs = params["orgs"] is not None or params["state"] == "absent"
        self.present = branding_themes.find(context.api, params["name"], with_orgs=self.with_orgs)
        return self.present

    def read(self, context, wire):
        package = self.package is not None and context.params["state"] == "present"
        return branding_themes.read(context.api, wire, with_package=package, with_orgs=self.with_orgs)

    def wanted(self, context):
        wanted = super().wanted(context)
        if self.present is None:
            wanted = {"default": False, **wanted}
        if self.package:
            wanted["package"] = self.package.mark
        if "orgs" in wanted:
            wanted["orgs"] = sorted(set(wanted["orgs"]))
        return wanted

    def before_delete(self, context, wire):
        branding_themes.refuse_delete(wire, force=context.params["force"])

    def advise(self, context, step):
        if step.is_change:
            context.api.demand_provider(f"{step.action} branding theme {context.params['name']!r}")
        self.changed, self.orgs = step.changed, None
        if step.after:
            branding_themes.refuse_change(self.present, step.changed, step.after)
        if step.after and "orgs" in step.changed:
            self.orgs = branding_themes.references(
                context.api, step.after["orgs"], self.present, context.missing, force=context.params["force"]
            )

    def create(self, context, values):
        self.update(context, branding_themes.create(context.api, values["name"]), values)

    def update(self, context, wire, values):
        changes = {name: values[name] for name in self.changed if name in values}
        package = self.package if "package" in changes else None
        branding_themes.change(context.api, wire, changes, package, context.wait)
        if self.orgs is not None:
            branding_themes.assign(context.api, wire, self.orgs, force=context.params["force"])

    def delete(self, context, wire):
        branding_themes.delete(context.api, wire, force=context.params["force"])


def main():
    run(BrandingTheme())


if __name__ == "__main__":
    main()
