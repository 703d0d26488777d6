#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_update
short_description: Set where a vCloud Availability appliance gets its updates, and install them
version_added: "0.1.0"
description:
  - Sets the repository of updates, or installs what it has for this appliance.
  - An appliance restarts when it is updated; the task waits until the service answers with the new release. Update the
    appliances of a site one after another.
author: The vcpp.vcloud authors (@vcpp)
options:
  repository:
    description:
      - Where updates come from, V(default) for the vendor's own place, V(cdrom) for a disc in the virtual machine's drive,
        or an address. Left as it is when omitted.
    type: str
  repository_user:
    description: User at the repository, together with its address. None when omitted.
    type: str
  repository_password:
    description:
      - Password of O(repository_user). It cannot be read, so it makes no change by itself. When omitted, none is sent.
    type: str
  apply:
    description: Whether to install the update that the repository has. Nothing happens where it has none.
    type: bool
    default: false
  version:
    description:
      - The only release that may be installed, as far as it is written, for example V(4.7.1). Any when omitted.
    type: str
  accept_eula:
    description: Whether you accept the licence agreement, which M(vcpp.vcloud.vcav_update_info) shows. It is needed to install.
    type: bool
    default: false
  wait_timeout:
    description: Longest time to wait until the appliance has its repository or its update, in seconds.
    type: int
    default: 3600
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.wait
  - vcpp.vcloud.attributes
notes:
  - Take a snapshot of the virtual machine first; there is no way back by the API.
  - O(vcav_token) is refused together with O(apply), because its session does not outlive the restart.
seealso:
  - module: vcpp.vcloud.vcav_update_info
"""

EXAMPLES = r"""
- name: Updates come from the vendor
  vcpp.vcloud.vcav_update:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    repository: default

- name: The appliance is up to date
  vcpp.vcloud.vcav_update:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    apply: true
    accept_eula: true
"""

RETURN = r"""
vcav_update:
  description: Repository and release as they are now, or would be in check mode.
  returned: success
  type: dict
  contains:
    repository: {description: Where updates come from. Not with O(apply)., type: str, sample: default}
    repository_user: {description: User at the repository., type: str, sample: updater}
    build: {description: The release that runs. After an update as the repository calls it., type: str, sample: 4.7.0.1234-0a1b2c3d4}
"""

from ..module_utils._plan import given
from ..module_utils._resource import InputError, Setting, run
from ..module_utils._vcav import services, updates
from ..module_utils._vcav.client import connect


class Update(Setting):
    """The repository of an appliance, or the release that it runs."""

    noun = "vcav_update"
    fields = updates.FIELDS
    waits = 3600
    installed = False
    connect = staticmethod(connect)

    def spec(self):
        text, switch = {"type": "str"}, {"type": "bool", "default": False}
        spec = {"repository": text, "repository_user": text, "repository_password": {"type": "str", "no_log": True}}
        return {**spec, "apply": switch, "version": text, "accept_eula": switch}

    def validate(self, params):
        updates.check(params)

    def find(self, context):
        build = {"build": context.api.facts["build"]}
        return build if context.params["apply"] else {**build, **updates.repository(context.api)}

    def read(self, context, wire):
        self.present = wire
        return wire

    def wanted(self, context):
        params = context.params
        if not params["apply"]:
            # An address without a user is one for everybody.
            wanted = given(params, ("repository", "repository_password"))
            return {**wanted, "repository_user": params["repository_user"] or ""}
        found = None if self.installed else updates.available(context.api, context.wait)
        if found is None:
            return {}
        updates.guard(params["version"], found)
        if not params["accept_eula"]:
            raise InputError(
                f"accept_eula is false, and {found} is available: read its licence agreement with "
                "vcpp.vcloud.vcav_update_info and eula: true, and set accept_eula: true. Nothing was changed."
            )
        services.refuse_token(context.api, "updating")
        return {"build": found}

    def update(self, context, wire, values):
        if context.params["apply"]:
            updates.install(context.api, values["build"], context.wait)
            self.installed = True  # one update a run: what comes after it may need something else first
        else:
            updates.set_repository(context.api, values, context.wait)


def main():
    run(Update())


if __name__ == "__main__":
    main()
