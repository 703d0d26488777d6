#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcd_ui_plugin
short_description: Manage plug-ins of the portal of vCloud Director
version_added: "0.1.0"
description:
  - Uploads plug-ins of the portal, publishes them to organizations, enables, replaces and removes them. vCloud Director
    9.1 and newer.
  - Name, vendor and version together are a plug-in's identity. The product does not give the file back, so a new content
    needs a new version. An upload that was interrupted is made up for by the next run.
author: The vcpp.vcloud authors (@vcpp)
options:
  path:
    description:
      - Package of the plug-in, a zip with C(manifest.json) at its top, on the host where the task runs. What the manifest
        says is used for a new plug-in where an option is left out.
      - Left out, the plug-in has to exist.
    type: path
  name:
    description: Name of the plug-in. Left out, the manifest says it.
    type: str
  vendor:
    description: Vendor of the plug-in. Left out, the manifest says it.
    type: str
  version:
    description:
      - Version of the plug-in. Left out, the manifest says it; with O(state=absent) and without O(path), all versions
        are removed.
    type: str
  license:
    description: Licence of the plug-in. Left as it is when omitted; that of the manifest for a new plug-in.
    type: str
  link:
    description: Address of a page about it. Left as it is when omitted; that of the manifest for a new plug-in.
    type: str
  description:
    description: Its description. Left as it is when omitted; that of the manifest for a new plug-in.
    type: str
  tenant_scoped:
    description:
      - Whether it appears in the tenants' portal. Left as it is when omitted; as the manifest says for a new plug-in.
    type: bool
  provider_scoped:
    description:
      - Whether it appears in the provider's portal. Left as it is when omitted; as the manifest says for a new plug-in.
    type: bool
  enabled:
    description: Whether it is in use. Left as it is when omitted; V(true) for a new plug-in.
    type: bool
  publish_to:
    description:
      - V(all) publishes it to all organizations that there are now, V(list) to those of O(orgs) and to no other.
      - Left out, it is V(list) where O(orgs) is set; else the publication is left as it is, and a new plug-in is
        published to nobody.
    type: str
    choices: [all, list]
  orgs:
    description:
      - Names of all organizations that the plug-in is published to. Their order means nothing; an empty list is nobody.
        Not used here with O(publish_to=all).
    type: list
    elements: str
  remove_other_versions:
    description:
      - Whether other versions of the plug-in are removed once this one is ready. Then a new version is for those
        organizations that the others were for, and enabled if they were, unless options say otherwise.
    type: bool
    default: false
  force_upload:
    description: Whether the file is uploaded though a plug-in of this version has one. It is a change in every run.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.state
  - vcpp.vcloud.wait
  - vcpp.vcloud.attributes
seealso:
  - module: vcpp.vcloud.vcd_ui_plugin_info
  - module: vcpp.vcloud.vcd_api_extension
"""

EXAMPLES = r"""
- name: The availability plug-in is in the portal of one tenant
  vcpp.vcloud.vcd_ui_plugin:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    path: files/availability.zip
    orgs: [Tyrell]

- name: All tenants have it now
  vcpp.vcloud.vcd_ui_plugin:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    path: files/availability.zip
    publish_to: all
    remove_other_versions: true

- name: It is gone, in all its versions
  vcpp.vcloud.vcd_ui_plugin:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    name: availability
    vendor: Kiwi Cloud
    state: absent
"""

RETURN = r"""
vcd_ui_plugin:
  description: The plug-in as it is now, or would be in check mode. Empty when it is absent.
  returned: success
  type: dict
  contains:
    name: {description: Name of the plug-in., type: str, sample: availability}
    vendor: {description: Its vendor., type: str, sample: Kiwi Cloud}
    version: {description: Its version., type: str, sample: 1.0.0}
    license: {description: Its licence., type: str, sample: GPL-3.0-or-later}
    link: {description: Address of a page about it., type: str, sample: "https://kiwi.example.com"}
    description: {description: Its description., type: str, sample: Recovery for tenants}
    tenant_scoped: {description: Whether it appears in the tenants' portal., type: bool, sample: true}
    provider_scoped: {description: Whether it appears in the provider's portal., type: bool, sample: false}
    enabled: {description: Whether it is in use., type: bool, sample: true}
    orgs: {description: Organizations that it is published to., type: list, elements: str, sample: [Tyrell]}
    ready: {description: Whether its file is there., type: bool, sample: true}
    other_versions: {description: Versions beside this one., type: list, elements: str, sample: []}
"""

from ..module_utils._resource import Resource, run
from ..module_utils._vcd import plugin_packages, ui_plugins
from ..module_utils._vcd.client import connect

FLAGS = ("tenant_scoped", "provider_scoped", "enabled")


class UiPlugin(Resource):
    """A plug-in of the portal, found by name, vendor and version."""

    noun, product = "vcd_ui_plugin", "vcd"
    waits = 300
    fields = ui_plugins.FIELDS
    connect = staticmethod(connect)

    def spec(self):
        metadata = {name: {"type": "bool" if name in FLAGS else "str"} for name in ui_plugins.METADATA}
        return {
            **metadata,
            "path": {"type": "path"},
            "publish_to": {"type": "str", "choices": ["all", "list"]},
            "orgs": {"type": "list", "elements": "str"},
            **{name: {"type": "bool", "default": False} for name in ("remove_other_versions", "force_upload")},
        }

    def validate(self, params):
        self.package = plugin_packages.read(params["path"]) if params["path"] else None
        self.forced = params["force_upload"]
        ui_plugins.check(params, self.package)
        self.named = ui_plugins.identity(params, self.package)

    def label(self, context):
        return ui_plugins.title(self.named)

    def find(self, context):
        context.api.demand_provider(f"plug-in {self.label(context)}")
        self.found = ui_plugins.find(context.api, self.named)
        return self.found if self.found.plugin else None

    def read(self, context, wire):
        return ui_plugins.read(wire, self.forced)

    def wanted(self, context):
        return ui_plugins.wanted(context.api, context.params, self.package, self.found)

    def create(self, context, values):
        self._apply(context, values)

    def update(self, context, wire, values):
        self._apply(context, values)

    def _apply(self, context, values):
        missing = self.forced or not ui_plugins.read(self.found)["ready"]
        package = self.package if missing else None
        ui_plugins.apply(context.api, self.found, values, package, context.params, **context.wait)
        self.forced = False

    def delete(self, context, wire):
        others = [] if self.named["version"] else wire.others
        ui_plugins.remove(context.api, [wire.plugin, *others])


def main():
    run(UiPlugin())


if __name__ == "__main__":
    main()
