#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcd_query
short_description: Ask the query service of vCloud Director
version_added: "0.1.0"
description:
  - Reads records of any type that the query service has, all pages, side by side. Filters go to the server, in
    the encoding that its version wants.
  - Names of types and attributes are those of the server. The modules that are named below tell the usual ones in
    plain words.
  - Names of attributes say what is a number or a boolean. V(true) and V(false) are booleans in attributes that begin
    with C(is), C(has) or C(can), and in C(enabled), C(shared) and C(published). Whole numbers are numbers in attributes
    that begin with C(numberOf) or C(iops), that end in C(MB), C(KB), C(Mhz), C(Quota), C(Count) and the like, and in
    C(progress), C(priority), C(version), C(hardwareVersion), C(vmToolsVersion), C(linkType), C(interfaceType) and
    C(allocationModel).
  - All others are texts, so that a name of digits stays one. An empty attribute is null.
author: The vcpp.vcloud authors (@vcpp)
options:
  type:
    description:
      - Type of the records, for example V(vm), V(orgVdcNetwork) or V(user).
      - A System administrator reads the objects of all organizations with the types that begin with C(admin), such as
        V(adminVM). Users of tenants may not use those.
    type: str
    required: true
  filter:
    description:
      - Attributes and what they must be, as it is written; a list gives several values of which one is enough. V(*) in a
        text stands for any text. References may be given as URN, address or UUID.
      - Several attributes must all fit. All records when omitted.
    type: dict
  fiql:
    description:
      - A filter as the server understands it (FIQL), for whatever O(filter) cannot say, for example
        V(numberOfCpus=gt=8;memoryMB=ge=65536). It is sent as it is, beside O(filter).
      - No such filter when omitted.
    type: str
  fields:
    description:
      - Attributes that are wanted; C(id) comes always. Fewer of them are read faster.
      - All that the type has when omitted.
    type: list
    elements: str
  sort:
    description:
      - Attribute by which the server sorts, with a dash before it for the other direction, for example V(-memoryMB).
      - The server's own order when omitted.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcd_org_info
  - module: vcpp.vcloud.vcd_org_vdc_info
  - module: vcpp.vcloud.vcd_vapp_info
  - module: vcpp.vcloud.vcd_vm_info
  - module: vcpp.vcloud.vcd_network_info
  - module: vcpp.vcloud.vcd_storage_profile_info
  - module: vcpp.vcloud.vcd_catalog_info
  - module: vcpp.vcloud.vcd_task_info
"""

EXAMPLES = r"""
- name: Users of all organizations that are disabled
  vcpp.vcloud.vcd_query:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    type: adminUser
    filter:
      isEnabled: false
    fields: [name, org]
  register: disabled

- name: The largest VMs first
  vcpp.vcloud.vcd_query:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    type: adminVM
    filter:
      isVAppTemplate: false
      status: [POWERED_ON, SUSPENDED]
    fiql: memoryMB=ge=4096
    fields: [name, containerName, memoryMB, numberOfCpus]
    sort: -memoryMB
  register: machines

- name: The largest of all
  ansible.builtin.debug:
    msg: "{{ (machines.vcd_query | first).name }}"
  when: machines.vcd_query | length > 0
"""

RETURN = r"""
vcd_query:
  description:
    - The records in the server's order, each a dictionary with the server's own names. Empty when nothing matches.
    - An attribute that an object has no value for may be missing.
  returned: success
  type: list
  elements: dict
  sample:
    - id: "urn:vcloud:vm:0e9d0d3f-6d0e-4a47-8d4a-9c64d34d1a01"
      name: tyrell-db-a03-01
      containerName: tyrell-db-a03
      memoryMB: 16384
      numberOfCpus: 4
"""

from ..module_utils._resource import Info, run
from ..module_utils._vcd import queries
from ..module_utils._vcd.client import connect


class Query(Info):
    """Records of one type."""

    noun, product = "vcd_query", "vcd"
    connect = staticmethod(connect)

    def spec(self):
        return {
            "type": {"type": "str", "required": True},
            "filter": {"type": "dict"},
            "fiql": {"type": "str"},
            "fields": {"type": "list", "elements": "str"},
            "sort": {"type": "str"},
        }

    def validate(self, params):
        queries.check(params)

    def fetch(self, context):
        return queries.read(context.api, context.params)


def main():
    run(Query())


if __name__ == "__main__":
    main()
