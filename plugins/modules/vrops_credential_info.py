#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vrops_credential_info
short_description: Read the credentials of vRealize Operations
version_added: "0.1.0"
description:
  - Reads the credentials with which adapter instances log in, without their secrets, which no server tells.
  - What M(vcpp.vcloud.vrops_credential) can manage is in RV(vrops_credential), the ids are in RV(details).
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description: Name of one credential, exactly as it is written. All when omitted.
    type: str
  adapter_kind:
    description: Key of an adapter kind whose credentials to read. Those of all kinds when omitted.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.vrops
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vrops_credential
"""

EXAMPLES = r"""
- name: The credentials for vCenters
  vcpp.vcloud.vrops_credential_info:
    vrops_url: https://vdev-a03-vrops.vdev.local
    vrops_user: admin
    vrops_password: "{{ vault_vrops_password }}"
    adapter_kind: VMWARE
  register: known

- name: Their names
  ansible.builtin.debug:
    msg: "{{ known.vrops_credential | map(attribute='name') | join(', ') }}"
"""

RETURN = r"""
vrops_credential:
  description: The credentials by adapter kind and name. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the credential., type: str, sample: vCenter reader}
    adapter_kind: {description: Key of its adapter kind., type: str, sample: VMWARE}
    credential_kind: {description: Key of its kind., type: str, sample: PRINCIPALCREDENTIAL}
    fields:
      description: Its fields that are no secrets.
      type: dict
      sample: {USER: vrops@vsphere.local}
details:
  description: What the server knows beside, one entry for each of RV(vrops_credential), in the same order.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the credential., type: str, sample: vCenter reader}
    id: {description: Id of the credential., type: str, sample: c29b1b7f-1ad0-4f6b-9c8e-2f2f0f8f3a11}
    editable: {description: "Whether it can be changed, null where the server does not tell.", type: bool, sample: true}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vrops import credentials
from ..module_utils._vrops.client import connect


class Credentials(Info):
    """The credentials of one server."""

    noun, product = "vrops_credential", "vrops"
    connect = staticmethod(connect)

    def spec(self):
        return {"name": {"type": "str"}, "adapter_kind": {"type": "str"}}

    def fetch(self, context):
        name = context.params["name"]
        rows = credentials.of_kind(context.api, context.params["adapter_kind"])
        pairs = [(credentials.read(row), row) for row in rows if name in (None, row.get("name"))]
        self._pairs = sorted(pairs, key=lambda pair: (str(pair[0]["adapter_kind"]), str(pair[0]["name"])))
        return [values for values, row in self._pairs]

    def more(self, context):
        return {
            "details": [
                {"name": values["name"], "id": row.get("id"), "editable": row.get("editable")}
                for values, row in self._pairs
            ]
        }


def main():
    run(Credentials())


if __name__ == "__main__":
    main()
