#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vrops_adapter_instances
short_description: Manage many adapter instances of vRealize Operations in one task
version_added: "0.1.0"
description:
  - Makes sure of any number of adapter instances of one kind, one for each Docker host for example. Instances and their states are
    read in one list each, what differs is changed side by side, and every change is read back.
  - Each of O(instances) has the options of M(vcpp.vcloud.vrops_adapter_instance). What one leaves out is taken from the option of
    the same name of the task, else it stays as it is.
  - An instance that fails does not keep others from being made. The task fails in the end and names it.
author: The vcpp.vcloud authors (@vcpp)
options:
  adapter_kind:
    description: Key of the adapter kind of all of them.
    type: str
    required: true
  instances:
    description: The instances.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: See M(vcpp.vcloud.vrops_adapter_instance).
        type: str
        required: true
      description:
        description: Description. Left as it is when omitted.
        type: str
      identifiers:
        description: Settings by their key, see M(vcpp.vcloud.vrops_adapter_instance). Left as they are when omitted.
        type: dict
      credential:
        description: See O(credential), which is used when omitted.
        type: str
      collector:
        description: See O(collector), which is used when omitted.
        type: str
      collector_group:
        description: See O(collector_group), which is used when omitted.
        type: str
      monitoring_interval:
        description: See O(monitoring_interval), which is used when omitted.
        type: int
      running:
        description: See O(running), which is used when omitted.
        type: bool
      maintenance:
        description: See O(maintenance), which is used when omitted.
        type: bool
      maintenance_minutes:
        description: See O(maintenance_minutes), which is used when omitted.
        type: int
      accept_thumbprints:
        description: See O(accept_thumbprints), which is used when omitted.
        type: list
        elements: str
  credential:
    description: Name or id of the credential that they log in with. Left as it is when omitted.
    type: str
  collector:
    description: Name or id of the collector that does the work. Left as it is when omitted.
    type: str
  collector_group:
    description: Name or id of a group of collectors, instead of O(collector). Left as it is when omitted.
    type: str
  monitoring_interval:
    description: Minutes between two collections. Left as it is when omitted.
    type: int
  running:
    description: Whether they collect. Left as it is when omitted; V(true) for new ones.
    type: bool
  maintenance:
    description: Whether they are in maintenance. Left as it is when omitted.
    type: bool
  maintenance_minutes:
    description: How long a maintenance lasts that begins, in minutes. When omitted, until it is ended.
    type: int
  accept_thumbprints:
    description:
      - Thumbprints of certificates of the targets that vRealize Operations is to trust, SHA-1 or SHA-256.
      - Only what it trusts already is trusted when omitted.
    type: list
    elements: str
  accept_any_certificate:
    description: Whether to trust whatever certificate a target shows. Prefer O(accept_thumbprints).
    type: bool
    default: false
  test_connection:
    description:
      - Whether the server tries each connection before an instance is created, or before its way to the target changes. One that
        fails is not written. Check mode does not try.
    type: bool
    default: true
  recreate:
    description: Whether an instance of a name whose unique identifiers differ is removed and made anew.
    type: bool
    default: false
  prune:
    description: Whether instances of O(adapter_kind) that O(instances) does not name are removed.
    type: bool
    default: false
  delete_resources:
    description: With O(prune) or O(recreate), removes what an instance has collected, with its history.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vrops
  - vcpp.vcloud.collection
  - vcpp.vcloud.attributes
notes:
  - O(wait_timeout) is also how long each start, stop and removal may take.
seealso:
  - module: vcpp.vcloud.vrops_adapter_instance
  - module: vcpp.vcloud.vrops_adapter_instance_info
"""

EXAMPLES = r"""
- name: Two more vCenters are monitored
  vcpp.vcloud.vrops_adapter_instances:
    vrops_url: https://vdev-a03-vrops.vdev.local
    vrops_user: admin
    vrops_password: "{{ vault_vrops_password }}"
    adapter_kind: VMWARE
    credential: vdev-a03-vc01.vdev.local reader
    monitoring_interval: 10
    accept_any_certificate: true
    instances:
      - {name: vdev-a03-vc02, identifiers: {VCURL: "https://vdev-a03-vc02.vdev.local"}}
      - {name: vdev-a03-vc03, identifiers: {VCURL: "https://vdev-a03-vc03.vdev.local"}, running: false}
"""

RETURN = r"""
vrops_adapter_instances:
  description: The instances by name, as they are now or would be in check mode. Those that were pruned are not among them.
  returned: always, unless the task failed before the first change
  type: list
  elements: dict
  contains:
    name: {description: Name of the instance., type: str, sample: vdev-a03-vc02}
    adapter_kind: {description: Key of its adapter kind., type: str, sample: VMWARE}
    description: {description: Its description., type: str, sample: ""}
    identifiers:
      description: Its settings that have a value, without passwords.
      type: dict
      sample: {VCURL: "https://vdev-a03-vc02.vdev.local"}
    credential: {description: Its credential. Where one was given., type: str, sample: vdev-a03-vc01.vdev.local reader}
    collector: {description: Its collector. Where one was given., type: str, sample: "1"}
    collector_group: {description: Its group of collectors. Where one was given., type: str, sample: Default collector group}
    monitoring_interval: {description: Minutes between two collections., type: int, sample: 10}
    running: {description: "Whether it collects, null where the server does not know.", type: bool, sample: true}
    maintenance: {description: Whether it is in maintenance., type: bool, sample: false}
outcomes:
  description: What became of each instance that differed.
  returned: always, unless the task failed before the first change
  type: list
  elements: dict
  contains:
    name: {description: Name of the instance., type: str, sample: vdev-a03-vc02}
    running: {description: "Whether it collects now, where that differed; so for every field.", type: bool, sample: true}
    changed: {description: Whether it was changed., type: bool, sample: true}
    error: {description: Why it could not be changed., type: str, returned: on failure, sample: the server cannot connect}
"""

from ..module_utils._resource import Collection, run
from ..module_utils._vrops import instances, many
from ..module_utils._vrops.client import connect

TYPES = {
    "identifiers": {"type": "dict"},
    "monitoring_interval": {"type": "int"},
    "running": {"type": "bool"},
    "maintenance": {"type": "bool"},
    "maintenance_minutes": {"type": "int"},
    "accept_thumbprints": {"type": "list", "elements": "str"},
    "name": {"type": "str", "required": True},
}


class AdapterInstances(Collection):
    """Many adapter instances of one kind."""

    noun, product, item_key = "vrops_adapter_instances", "vrops", "name"
    waits = 30
    fields = instances.FIELDS
    connect = staticmethod(connect)

    def spec(self):
        shared = {name: TYPES.get(name, {"type": "str"}) for name in many.SHARED}
        own = {name: TYPES.get(name, {"type": "str"}) for name in many.OWN}
        switches = {name: {"type": "bool", "default": default} for name, default in many.SWITCHES.items()}
        entries = {"type": "list", "elements": "dict", "required": True, "options": {**own, **shared}}
        return {"adapter_kind": {"type": "str", "required": True}, "instances": entries, **shared, **switches}

    def rules(self):
        return {"mutually_exclusive": [("collector", "collector_group")]}

    def wanted(self, params):
        return {name: {} for name in many.each(params)}

    def present(self, context, wanted, everything):
        if not hasattr(self, "many"):
            self.many = many.Many(context.api, context.params, context.missing, context.warn, context.hide)
        return self.many.present(wanted, everything)

    def apply(self, context, key, step):
        self.many.apply(key, step, context.wait)

    def rows(self, context, final):
        return [{**values, "name": values.get("name", key)} for key, values in final.items()]


def main():
    run(AdapterInstances())


if __name__ == "__main__":
    main()
