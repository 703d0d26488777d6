#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vsphere_appliance_info
short_description: Read the appliances of a vCenter that came from an OVA or OVF
version_added: "0.1.0"
description:
  - Reads the VMs that were deployed from an OVA or OVF, by whatever means. Each entry can be given to
    M(vcpp.vcloud.vsphere_appliance) as it is.
author: The vcpp.vcloud authors (@vcpp)
options:
  datacenter:
    description: Datacenter. One in a folder is written with it, as V(folder/datacenter).
    type: str
    required: true
  folder:
    description: Folder of VMs, as V(folder/in/folder), with all that are below it. The whole datacenter when omitted.
    type: str
  name:
    description: Name of the VMs to read. All when omitted.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.vsphere
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vsphere_appliance
"""

EXAMPLES = r"""
- name: All appliances of the datacenter
  vcpp.vcloud.vsphere_appliance_info:
    vsphere_hostname: vcenter.example.com
    vsphere_user: administrator@vsphere.local
    vsphere_password: "{{ vault_vsphere_password }}"
    datacenter: C00
  register: appliances

- name: Which addresses they have
  ansible.builtin.debug:
    msg: "{{ appliances.details | items2dict(key_name='name', value_name='address') }}"
"""

RETURN = r"""
vsphere_appliance:
  description: The appliances by folder and name, each with options of M(vcpp.vcloud.vsphere_appliance).
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the VM., type: str, sample: vdev-c00-vcam}
    datacenter: {description: Its datacenter., type: str, sample: C00}
    folder: {description: Its folder; empty at the top of the datacenter., type: str, sample: Appliances}
    state: {description: V(present) when it is switched on and V(powered_off) otherwise., type: str, sample: present}
    properties: {description: The properties that can be read and their values by key., type: dict, sample: {net.mtu: "1500"}}
    deployment_option: {description: Configuration that it was deployed with; null where nobody wrote it down., type: str, sample: cloud}
details:
  description: What else is known of each appliance, in the same order.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the VM., type: str, sample: vdev-c00-vcam}
    secret_keys:
      description: The keys of the properties whose values are shown nowhere.
      type: list
      elements: str
      sample: [guestinfo.cis.appliance.root.password]
    product: {description: Product that the package names., type: str, sample: VMware vCloud Availability}
    version: {description: Version that the package names., type: str, sample: 3.0.0.3736}
    address: {description: First address that the guest reports; null where it reports none., type: str, sample: 10.200.0.44}
    addresses: {description: All addresses that the guest reports but link-local ones., type: list, elements: str, sample: [10.200.0.44]}
    moid: {description: Id of the VM in vCenter., type: str, sample: vm-1042}
    instance_uuid: {description: Id of the VM that vCenter has given it for good., type: str, sample: 50241db1-64cc-4b2b-9c29-0a2d4b4d6c38}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vsphere import appliance, vm
from ..module_utils._vsphere.client import connect


class Appliances(Info):
    """The VMs of a datacenter that came from an OVF."""

    noun = "vsphere_appliance"
    product = "vsphere"
    connect = staticmethod(connect)

    def spec(self):
        return {"datacenter": {"type": "str", "required": True}, "folder": {"type": "str"}, "name": {"type": "str"}}

    def fetch(self, context):
        self.found = appliance.every(context.api, context.params)
        return [{name: row[name] for name in vm.OPTIONS} for row in self.found]

    def more(self, context):
        own = ("name", *(name for name in (self.found[0] if self.found else {}) if name not in vm.OPTIONS))
        return {"details": [{name: row[name] for name in own} for row in self.found]}


def main():
    run(Appliances())


if __name__ == "__main__":
    main()
