#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vrops_credential
short_description: Manage credentials of vRealize Operations
version_added: "0.1.0"
description:
  - Creates, changes and removes the credentials with which adapter instances of vRealize Operations log in to what they monitor.
    Many instances may share one.
  - What kinds of credentials an adapter kind takes, and which fields they have, is asked of the server. A name that it does not
    have is refused with the ones that it has.
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description: Name of the credential. Upper and lower case differ.
    type: str
    required: true
  adapter_kind:
    description: Key of the adapter kind that it is for, V(VMWARE) for vCenter.
    type: str
    required: true
  credential_kind:
    description:
      - Key of the kind of credential, V(PRINCIPALCREDENTIAL) for vCenter. It cannot be changed.
      - Left as it is when omitted; the only one of the adapter kind for a new credential.
    type: str
  fields:
    description:
      - Fields that are no secrets, by their key, V(USER) of vCenter for example.
      - Those that are left out stay as they are. All stay so when omitted.
    type: dict
  secrets:
    description:
      - Fields that are secrets, by their key, V(PASSWORD) of vCenter for example. They are never shown, and the server never
        tells them, so they are not compared.
      - Not written when omitted, which a new credential hardly allows.
    type: dict
  update_secrets:
    description:
      - When O(secrets) are written. V(on_create) writes them with a new credential and with any other change, V(always) each
        time, which is always a change.
      - vRealize Operations 6.x replaces a credential whole, so a change of O(fields) needs O(secrets) there.
    type: str
    choices: [on_create, always]
    default: on_create
extends_documentation_fragment:
  - vcpp.vcloud.vrops
  - vcpp.vcloud.state
  - vcpp.vcloud.attributes
notes:
  - A credential that adapter instances use is not removed; the message names them.
seealso:
  - module: vcpp.vcloud.vrops_credential_info
  - module: vcpp.vcloud.vrops_adapter_instance
"""

EXAMPLES = r"""
- name: The user with which vCenters are read
  vcpp.vcloud.vrops_credential:
    vrops_url: https://vdev-a03-vrops.vdev.local
    vrops_user: admin
    vrops_password: "{{ vault_vrops_password }}"
    name: vCenter reader
    adapter_kind: VMWARE
    credential_kind: PRINCIPALCREDENTIAL
    fields:
      USER: vrops@vsphere.local
    secrets:
      PASSWORD: "{{ vault_vcenter_reader_password }}"

- name: Its password was changed in vCenter
  vcpp.vcloud.vrops_credential:
    vrops_url: https://vdev-a03-vrops.vdev.local
    vrops_user: admin
    vrops_password: "{{ vault_vrops_password }}"
    name: vCenter reader
    adapter_kind: VMWARE
    secrets:
      PASSWORD: "{{ vault_vcenter_reader_password }}"
    update_secrets: always

- name: It is no longer needed
  vcpp.vcloud.vrops_credential:
    vrops_url: https://vdev-a03-vrops.vdev.local
    vrops_user: admin
    vrops_password: "{{ vault_vrops_password }}"
    name: vCenter reader
    adapter_kind: VMWARE
    state: absent
"""

RETURN = r"""
vrops_credential:
  description: The credential as it is now, or would be in check mode. Empty when it is absent.
  returned: success
  type: dict
  contains:
    name: {description: Name of the credential., type: str, sample: vCenter reader}
    adapter_kind: {description: Key of its adapter kind., type: str, sample: VMWARE}
    credential_kind: {description: Key of its kind., type: str, sample: PRINCIPALCREDENTIAL}
    fields:
      description: Its fields that are no secrets.
      type: dict
      sample: {USER: vrops@vsphere.local}
    secrets_updated:
      description: Whether the secrets were written. Only with O(update_secrets=always).
      type: bool
      sample: true
"""

from ..module_utils._resource import Resource, run
from ..module_utils._vrops import credentials
from ..module_utils._vrops.client import connect


class Credential(Resource):
    """A credential, found by its name and adapter kind."""

    noun, product = "vrops_credential", "vrops"
    fields = credentials.FIELDS
    connect = staticmethod(connect)
    written = False

    def spec(self):
        return {
            "name": {"type": "str", "required": True},
            "adapter_kind": {"type": "str", "required": True},
            "credential_kind": {"type": "str"},
            "fields": {"type": "dict"},
            "secrets": {"type": "dict", "no_log": True},
            "update_secrets": {
                "type": "str",
                "choices": ["on_create", "always"],
                "default": "on_create",
                "no_log": False,
            },
        }

    def rules(self):
        return {"required_if": [("update_secrets", "always", ("secrets",))]}

    def validate(self, params):
        credentials.check(params)
        self.always = params["update_secrets"] == "always" and params["state"] == "present"

    def find(self, context):
        self.present = credentials.find(context.api, context.params["adapter_kind"], context.params["name"])
        return self.present

    def read(self, context, wire):
        values = credentials.read(wire)
        return {**values, "secrets_updated": self.written} if self.always else values

    def wanted(self, context):
        values = credentials.wanted(context.api, context.params, self.present, context.missing)
        return {**values, "secrets_updated": True} if self.always else values

    def create(self, context, values):
        credentials.create(context.api, values)
        self.written = True

    def update(self, context, wire, values):
        credentials.update(context.api, wire, values)
        self.written = True

    def before_delete(self, context, wire):
        credentials.before_delete(context.api, wire)

    def delete(self, context, wire):
        credentials.delete(context.api, wire)


def main():
    run(Credential())


if __name__ == "__main__":
    main()
