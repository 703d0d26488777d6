#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vrops_adapter_instance
short_description: Manage adapter instances of vRealize Operations
version_added: "0.1.0"
description:
  - Creates, changes, starts, stops and removes adapter instances of vRealize Operations (accounts, since release 8).
    Every source of metrics needs one of its own, every Docker host for example.
  - What a management pack calls its adapter kind, identifiers and credentials is asked of the server, and a name that it does
    not have is refused with the ones that it has. M(vcpp.vcloud.vrops_adapter_instance_info) shows them by an instance that exists.
  - A new one is made in the order of the product. The connection is tested, the instance created, its certificates accepted,
    and it is started.
  - An instance is found by the identifiers that are part of its uniqueness, where O(identifiers) has some, else by O(name).
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description: Name of the instance. It is renamed where it is found by its identifiers.
    type: str
    required: true
  adapter_kind:
    description:
      - Key of the adapter kind, V(VMWARE) for vCenter. Those of other management packs come with them; a wrong one is
        answered with all that the server has.
    type: str
    required: true
  description:
    description: Description. An empty text removes it. Left as it is when omitted; empty for a new instance.
    type: str
  identifiers:
    description:
      - Settings of the instance by their key, V(VCURL) of vCenter for example. Numbers and V(true) or V(false) become texts.
      - Those that are left out stay as they are, and have the server's choice in a new instance; an empty text clears one.
      - Those that are part of the uniqueness say which instance it is, so a new instance needs them all. They cannot be
        changed, see O(recreate). One that is a password is written with other changes only, and never shown.
      - When omitted, all stay as they are.
    type: dict
  credential:
    description:
      - Name or id of the credential that it logs in with, see M(vcpp.vcloud.vrops_credential). An empty text takes it away.
      - Left as it is when omitted, and then not told.
    type: str
  collector:
    description:
      - Name or id of the collector that does the work. It leaves its group of collectors.
      - Left as it is when omitted, and then not told; the server's choice for a new instance.
    type: str
  collector_group:
    description:
      - Name or id of a group of collectors, instead of O(collector).
      - Left as it is when omitted, and then not told.
    type: str
  monitoring_interval:
    description: Minutes between two collections. Left as it is when omitted; the server's choice for a new instance.
    type: int
  running:
    description:
      - Whether it collects. The task waits until it has started or stopped.
      - Left as it is when omitted; V(true) for a new instance.
    type: bool
  maintenance:
    description:
      - Whether it is in maintenance, in which nothing is collected and nobody is alerted.
      - Left as it is when omitted.
    type: bool
  maintenance_minutes:
    description:
      - How long a maintenance lasts that O(maintenance=true) begins, in minutes. One that has begun is left alone.
      - When omitted, it lasts until O(maintenance=false).
    type: int
  test_connection:
    description:
      - Whether the server tries the connection before the instance is created, or before a change of its identifiers, credential
        or collector. Where it fails, nothing is changed. Check mode tries it too, because nothing is kept of it.
      - vRealize Operations 6.x cannot, which is a warning.
    type: bool
    default: true
  accept_thumbprints:
    description:
      - Thumbprints of certificates of the target that vRealize Operations is to trust, SHA-1 or SHA-256, with or without colons.
      - When omitted, only what it trusts already is trusted, and the message of the failure names the thumbprint of another one.
      - They also mend an instance that stopped collecting because its target has a new certificate.
    type: list
    elements: str
    default: []
  accept_any_certificate:
    description: Whether to trust whatever certificate the target shows. Prefer O(accept_thumbprints).
    type: bool
    default: false
  recreate:
    description:
      - Whether an instance of this name whose unique identifiers differ is removed and made anew. Without it that is a failure.
    type: bool
    default: false
  delete_resources:
    description: With O(state=absent) or O(recreate), removes what the instance has collected, with its history.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vrops
  - vcpp.vcloud.state
  - vcpp.vcloud.wait
  - vcpp.vcloud.attributes
notes:
  - Accounts of vCenter and of VCF have calls of their own from VCF Operations 9 on. The ones that this module uses are still there,
    but that release may refuse them for those two kinds.
seealso:
  - module: vcpp.vcloud.vrops_adapter_instance_info
  - module: vcpp.vcloud.vrops_credential
  - module: vcpp.vcloud.vrops_resource_info
"""

EXAMPLES = r"""
- name: The vCenter of the site is monitored
  vcpp.vcloud.vrops_adapter_instance:
    vrops_url: https://vdev-a03-vrops.vdev.local
    vrops_user: admin
    vrops_password: "{{ vault_vrops_password }}"
    name: vdev-a03-vc02
    adapter_kind: VMWARE
    identifiers:
      VCURL: https://vdev-a03-vc02.vdev.local
      AUTODISCOVERY: true
    credential: vdev-a03-vc01.vdev.local reader
    monitoring_interval: 5
    accept_any_certificate: true

- name: Nobody is woken while it is patched
  vcpp.vcloud.vrops_adapter_instance:
    vrops_url: https://vdev-a03-vrops.vdev.local
    vrops_user: admin
    vrops_password: "{{ vault_vrops_password }}"
    name: vdev-a03-vc02
    adapter_kind: VMWARE
    maintenance: true
    maintenance_minutes: 90

- name: It is monitored no longer, and its history goes too
  vcpp.vcloud.vrops_adapter_instance:
    vrops_url: https://vdev-a03-vrops.vdev.local
    vrops_user: admin
    vrops_password: "{{ vault_vrops_password }}"
    name: vdev-a03-vc02
    adapter_kind: VMWARE
    delete_resources: true
    state: absent
"""

RETURN = r"""
vrops_adapter_instance:
  description: The instance as it is now, or would be in check mode. Empty when it is absent.
  returned: success
  type: dict
  contains:
    name: {description: Name of the instance., type: str, sample: vdev-a03-vc02}
    adapter_kind: {description: Key of its adapter kind., type: str, sample: VMWARE}
    description: {description: "Its description, empty when there is none.", type: str, sample: vCenter of A03}
    identifiers:
      description: Its settings that have a value, without passwords.
      type: dict
      sample: {VCURL: "https://vdev-a03-vc02.vdev.local", AUTODISCOVERY: "true"}
    credential: {description: Its credential. When O(credential) was given., type: str, sample: vdev-a03-vc01.vdev.local reader}
    collector: {description: Its collector. When O(collector) was given., type: str, sample: "1"}
    collector_group: {description: Its group of collectors. When O(collector_group) was given., type: str, sample: Default collector group}
    monitoring_interval: {description: Minutes between two collections., type: int, sample: 5}
    running: {description: "Whether it collects, null where the server does not know.", type: bool, sample: true}
    maintenance: {description: Whether it is in maintenance., type: bool, sample: false}
    accepted_certificates:
      description: Thumbprints of certificates that an instance in trouble was given. When there were some.
      type: list
      elements: str
      sample: ["25:20:FB:43:51:BC:91:EE:7B:82:EF:7C:C5:4A:8D:88:FA:89:3D:A9"]
"""

from ..module_utils._resource import Resource, run
from ..module_utils._vrops import instances
from ..module_utils._vrops.client import connect
from ..module_utils._vrops.work import Reading, Work

REQUIRED = ("name", "adapter_kind")
TYPES = {
    "identifiers": "dict",
    "monitoring_interval": "int",
    "running": "bool",
    "maintenance": "bool",
    "maintenance_minutes": "int",
}
OPTIONS = (*REQUIRED, "description", "identifiers", "credential", "collector", "collector_group", "monitoring_interval",
           "running", "maintenance", "maintenance_minutes")  # fmt: skip


class AdapterInstance(Resource):
    """An adapter instance, found by its unique identifiers or its name."""

    noun, product = "vrops_adapter_instance", "vrops"
    waits = 300
    fields = instances.FIELDS
    connect = staticmethod(connect)

    def spec(self):
        spec = {name: {"type": TYPES.get(name, "str"), "required": name in REQUIRED} for name in OPTIONS}
        spec["accept_thumbprints"] = {"type": "list", "elements": "str", "default": []}
        switches = {"test_connection": True, "accept_any_certificate": False, "recreate": False}
        switches["delete_resources"] = False
        return {**spec, **{name: {"type": "bool", "default": default} for name, default in switches.items()}}

    def rules(self):
        return {"mutually_exclusive": [("collector", "collector_group")]}

    def validate(self, params):
        instances.check(params)

    def find(self, context):
        reading = Reading(context.api, context.params["adapter_kind"])
        self.work = Work(context.api, context.params, reading, context.missing, context.warn, context.hide)
        self.present = self.work.find()
        return self.present

    def read(self, context, wire):
        return self.work.read(wire)

    def wanted(self, context):
        return self.work.wanted(self.present)

    def advise(self, context, step):
        self.work.prepare(step, self.present)

    def create(self, context, values):
        self.work.create(values, context.wait)

    def update(self, context, wire, values):
        self.work.update(wire, context.wait)

    def delete(self, context, wire):
        self.work.delete(wire, context.wait)


def main():
    run(AdapterInstance())


if __name__ == "__main__":
    main()
