#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_update_info
short_description: Read which update a vCloud Availability appliance can have
version_added: "0.1.0"
description:
  - Reads where the appliance gets its updates, asks there for one, and reads its licence agreement.
author: The vcpp.vcloud authors (@vcpp)
options:
  eula:
    description: Whether to read the licence agreement of the available update too.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.wait
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcav_update
"""

EXAMPLES = r"""
- name: Is there an update?
  vcpp.vcloud.vcav_update_info:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    eula: true
  register: update

- name: What it is
  ansible.builtin.debug:
    var: update.vcav_update.available
"""

RETURN = r"""
vcav_update:
  description: The repository and what it has.
  returned: success
  type: dict
  contains:
    repository: {description: Where updates come from., type: str, sample: default}
    repository_user: {description: User at the repository., type: str, sample: updater}
    build: {description: The release that runs., type: str, sample: 4.7.0.1234-0a1b2c3d4}
    available: {description: The release that can be installed. Null if there is none., type: str, sample: 4.7.1.2345}
    eula: {description: The licence agreement. Only with O(eula) and where there is an update., type: str, sample: You agree.}
"""

from ..module_utils._resource import Definition, run
from ..module_utils._vcav import updates
from ..module_utils._vcav.client import connect


class UpdateInfo(Definition):
    """The repository and what it has for this appliance."""

    noun = "vcav_update"
    waits = 300
    connect = staticmethod(connect)

    def spec(self):
        return {"eula": {"type": "bool", "default": False}}

    def execute(self, context):
        api = context.api
        found = {**updates.repository(api), "build": api.facts["build"]}
        found["available"] = updates.available(api, context.wait)
        if context.params["eula"] and found["available"]:
            found["eula"] = updates.eula(api, context.wait)
        return {"changed": False, self.noun: found}


def main():
    run(UpdateInfo())


if __name__ == "__main__":
    main()
