#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcd_ui_plugin_info
short_description: Read the plug-ins of the portal of vCloud Director
version_added: "0.1.0"
description:
  - Reads the plug-ins of the portal and the organizations that they are published to. vCloud Director 9.1 and newer.
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description: Name of the plug-ins to read. Upper and lower case differ. Left out, all are read.
    type: str
  vendor:
    description: Vendor of the plug-ins to read. Left out, those of all vendors are read.
    type: str
  version:
    description: Version of the plug-ins to read. Left out, all versions are read.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.attributes.info
notes:
  - A System administrator sees all plug-ins. The organizations cost a request for each plug-in.
seealso:
  - module: vcpp.vcloud.vcd_ui_plugin
"""

EXAMPLES = r"""
- name: Read the plug-ins of a vendor
  vcpp.vcloud.vcd_ui_plugin_info:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    vendor: Kiwi Cloud
  register: plugins
"""

RETURN = r"""
vcd_ui_plugin:
  description: The plug-ins by name, vendor and version. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
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
    orgs:
      description: Organizations that it is published to. Left out for users of a tenant, who may not know.
      type: list
      elements: str
      sample: [Tyrell]
details:
  description: What the server knows beside, one entry for each of RV(vcd_ui_plugin), in the same order.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: URN of the plug-in., type: str, sample: "urn:vcloud:uiPlugin:6f1c3a0e-4b5d-4c8e-9f9a-1b2c3d4e5f60"}
    status: {description: "V(ready), or V(unavailable) while its file is not there.", type: str, sample: ready}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vcd import ui_plugins
from ..module_utils._vcd.client import connect


class UiPlugins(Info):
    """The plug-ins of the portal."""

    noun, product = "vcd_ui_plugin", "vcd"
    connect = staticmethod(connect)

    def spec(self):
        return {name: {"type": "str"} for name in ("name", "vendor", "version")}

    def fetch(self, context):
        self._found = ui_plugins.chosen(context.api, context.params)
        orgs = ui_plugins.published_each(context.api, self._found) if context.api.is_provider else {}
        told = [(one, {"orgs": orgs[one["id"]]} if one["id"] in orgs else {}) for one in self._found]
        return [{**ui_plugins.metadata(one), **more} for one, more in told]

    def more(self, context):
        return {"details": [{"id": one["id"], "status": one.get("plugin_status")} for one in self._found]}


def main():
    run(UiPlugins())


if __name__ == "__main__":
    main()
