#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vro_plugin
short_description: Install plug-ins of vRealize Orchestrator
version_added: "0.1.0"
description:
  - Installs a plug-in from a C(.vmoapp) or C(.dar) file, replaces it by a newer one, switches it on and off, and removes
    it.
  - Version and build are compared as numbers, so a second run changes nothing. A file that is older than what the server
    has is refused unless O(downgrade) is set.
  - Before release 8.0 the server has to be restarted by its control centre, and the task waits for it. An installation
    whose restart never came is made up for by the next run, where the control centre tells of it.
  - What broke off or lost its answer is looked for before anything is done again.
author: The vcpp.vcloud authors (@vcpp)
options:
  path:
    description:
      - The C(.vmoapp) or C(.dar) file, on the host where the task runs. It tells name, version and build.
      - Left out, the plug-in has to be there already.
    type: path
  name:
    description:
      - Name of the plug-in as its file has it (the module name), for example V(vCloud). It tells which one the task is
        about where a file brings several; they are installed together.
      - Left out, the only one of the file.
    type: str
  enabled:
    description:
      - Whether it is in use. It can be changed before release 8.0 only.
      - Left as it is when omitted.
    type: bool
  accept_eula:
    description: Whether the licence agreement that a file brings is accepted. Without it, such a file is refused.
    type: bool
    default: false
  downgrade:
    description: Whether a file may replace a newer plug-in.
    type: bool
    default: false
  restart:
    description:
      - Whether the server is restarted where the release needs it, which is before 8.0. With V(false), what was changed
        is in use once somebody restarts it.
    type: bool
    default: true
  through:
    description: Which API takes the file before release 8.0. Not used here from 8.0 on.
    type: str
    choices: [api, control_center]
    default: api
  control_url:
    description:
      - Address of the control centre. Left out, it is on port 8283 of O(vro_url)'s host before release 8.0.
    type: str
  control_user:
    description: User of the control centre, most often V(root). Left out, O(vro_user).
    type: str
  control_password:
    description: Password of O(control_user). Left out, O(vro_password).
    type: str
  wait_timeout:
    description:
      - Longest time to wait for the server to show the plug-in, in seconds, and again as long for a restart.
    type: int
    default: 600
extends_documentation_fragment:
  - vcpp.vcloud.vro
  - vcpp.vcloud.state
  - vcpp.vcloud.wait
  - vcpp.vcloud.attributes
notes:
  - Release 9 tells neither builds nor whether a plug-in is enabled, so only versions are compared there.
  - O(state=absent) needs release 8.0.
seealso:
  - module: vcpp.vcloud.vro_plugin_info
"""

EXAMPLES = r"""
- name: The plug-in is installed
  vcpp.vcloud.vro_plugin:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    control_user: root
    control_password: "{{ vault_vro_root_password }}"
    path: files/o11nplugin-redis-1.0.0.vmoapp
    accept_eula: true
    wait_timeout: 900
"""

RETURN = r"""
vro_plugin:
  description:
    - The plug-in as it is now, or would be in check mode; what its release does not tell is left out. Empty when it is
      absent.
  returned: success
  type: dict
  contains:
    name: {description: Its name., type: str, sample: Redis}
    version: {description: Its version., type: str, sample: 1.0.0}
    build: {description: Its build., type: str, sample: "4711"}
    enabled: {description: Whether it is in use., type: bool, sample: true}
    bundled:
      description: Version and build of the others that the same file brings, where there are any.
      type: dict
      sample: {RedisCluster: 1.0.0 (4711)}
    restart_pending:
      description: Whether a restart is owed, before release 8.0, where the control centre tells.
      type: bool
      sample: false
"""

from ..module_utils._resource import Resource, run
from ..module_utils._vro import plugin_files, plugins
from ..module_utils._vro.client import connect


class Plugin(Resource):
    """A plug-in, found by its name."""

    noun, product = "vro_plugin", "vro"
    waits = 600
    fields = plugins.FIELDS
    connect = staticmethod(connect)

    def spec(self):
        return {
            **{name: {"type": "str"} for name in ("name", "control_url", "control_user")},
            **{name: {"type": "bool", "default": False} for name in ("accept_eula", "downgrade")},
            "path": {"type": "path"},
            "enabled": {"type": "bool"},
            "restart": {"type": "bool", "default": True},
            "through": {"type": "str", "choices": ["api", "control_center"], "default": "api"},
            "control_password": {"type": "str", "no_log": True},
        }

    def validate(self, params):
        self.package = plugin_files.read(params["path"]) if params["path"] else None
        self.named, self.unseen = plugins.check(params, self.package), {}

    def label(self, context):
        return self.named

    def find(self, context):
        self.found = plugins.find(context.api, self.named, context.params)
        return self.found if self.found.plugin or self.unseen else None

    def read(self, context, wire):
        return {**plugins.read(wire, self.package), **self.unseen}

    def wanted(self, context):
        return plugins.wanted(context.api, self.found, self.named, self.package, context.params)

    def before_delete(self, context, wire):
        plugins.refuse_removal(context.api, self.named)

    def advise(self, context, step):
        if step.after and plugins.INSTALLED & set(step.changed):
            plugins.refuse_agreement(self.package, context.params["accept_eula"])
        plugins.prepare_restart(context.api, context.params, step.is_change, context.warn)

    def create(self, context, values):
        shown = plugins.apply(context.api, self.found, self.package, values, context.params, context.wait)
        self.unseen = {} if shown else values

    def update(self, context, wire, values):
        self.create(context, values)

    def delete(self, context, wire):
        plugins.remove(context.api, self.named, context.wait)


def main():
    run(Plugin())


if __name__ == "__main__":
    main()
