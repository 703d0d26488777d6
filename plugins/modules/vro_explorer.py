#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vro_explorer
short_description: Make a searchable page of what scripts of vRealize Orchestrator can use
version_added: "0.1.0"
description:
  - Makes one self-contained HTML page with the objects, methods, attributes, types and enumerations of a server's
    plug-ins, as they describe themselves. It needs no network, and it speaks to the orchestrator only to read.
  - The page searches all names, leads from each type to what it can do, and has an address for everything, such as
    C(explorer.html#VclVM).
  - Release 8.0 and newer. There is one request for each plug-in, one at a time, because several exhaust a server; some
    plug-ins tell many megabytes, so the first page of a whole server may take minutes.
  - Every run makes the page anew, so every run is changed.
author: The vcpp.vcloud authors (@vcpp)
options:
  dest:
    description:
      - The HTML file to write, on the host that runs the task. Its directory is created when it is missing.
    type: path
    required: true
  title:
    description: What stands above the page.
    type: str
    default: API Explorer
  plugins:
    description: Names of the plug-ins that are wanted. All that describe themselves when omitted.
    type: list
    elements: str
extends_documentation_fragment:
  - vcpp.vcloud.vro
  - vcpp.vcloud.attributes.report
seealso:
  - module: vcpp.vcloud.vro_plugin_info
  - module: vcpp.vcloud.vro_script
"""

EXAMPLES = r"""
- name: An API Explorer of one's own server
  vcpp.vcloud.vro_explorer:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    dest: /tmp/explorer/auckland.html
    title: Kiwi Cloud, Auckland
    plugins: [Server, vCloud, REST]
    timeout: 300
"""

RETURN = r"""
vro_explorer:
  description: What the page holds.
  returned: success
  type: dict
  contains:
    dest: {description: The file., type: str, sample: /tmp/explorer/auckland.html}
    plugins: {description: The plug-ins by name., type: list, elements: str, sample: [REST, Server, vCloud]}
    totals:
      description: How many plug-ins, objects, methods, attributes and types are in it.
      type: dict
      sample: {plugins: 3, objects: 30, methods: 180, attributes: 90, types: 12}
"""

from ..module_utils._explorer.page import to_html, totals
from ..module_utils._files import written
from ..module_utils._moments import now
from ..module_utils._moments import written as moment
from ..module_utils._plan import refuse_empty
from ..module_utils._resource import Definition, run
from ..module_utils._vro import explorer, versions
from ..module_utils._vro.client import connect


class Explorer(Definition):
    """What scripts can use, as a page."""

    noun, product = "vro_explorer", "vro"
    connect = staticmethod(connect)

    def spec(self):
        return {
            "dest": {"type": "path", "required": True},
            "title": {"type": "str", "default": "API Explorer"},
            "plugins": {"type": "list", "elements": "str"},
        }

    def validate(self, params):
        refuse_empty("dest", params["dest"], "name the file to write")

    def execute(self, context):
        params, api = context.params, context.api
        explorer.refuse_old(api, "vro_explorer")
        found = explorer.read(api, params["plugins"], context.tell)
        about = {"title": params["title"], "endpoint": api.endpoint, "generated": moment(now())}
        page = to_html(found, release=versions.text(api.version), **about)
        if not context.check_mode:
            written({params["dest"]: page})
        names = [each["name"] for each in found]
        return {"changed": True, "vro_explorer": {"dest": params["dest"], "plugins": names, "totals": totals(found)}}


def main():
    run(Explorer())


if __name__ == "__main__":
    main()
