#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcd_catalog_info
short_description: Read the catalogs of vCloud Director
version_added: "0.1.0"
description:
  - Reads catalogs and what is in them (vApp templates and media), all pages.
  - A System administrator reads those of all organizations, a user of a tenant the own ones and those that others
    share.
author: The vcpp.vcloud authors (@vcpp)
options:
  with_contents:
    description:
      - Whether what is in the catalogs is read too, which costs one list more. With V(false), RV(vcd_catalog[].contents)
        is null.
      - Left out, it is read.
    type: bool
    default: true
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.places
  - vcpp.vcloud.places.name
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcd_org_info
  - module: vcpp.vcloud.vcd_vm_info
"""

EXAMPLES = r"""
- name: The catalogs of an organization
  vcpp.vcloud.vcd_catalog_info:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    org: Tyrell
  register: catalogs

- name: The templates that are in them
  ansible.builtin.debug:
    msg: "{{ item.name }}: {{ item.contents | map(attribute='name') | join(', ') }}"
  loop: "{{ catalogs.vcd_catalog }}"
  loop_control:
    label: "{{ item.name }}"
"""

RETURN = r"""
vcd_catalog:
  description: The catalogs, by organization and name. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the catalog., type: str, sample: Tyrell Templates}
    org: {description: "Organization that it belongs to. Names are unique in an organization only.", type: str, sample: Tyrell}
    id: {description: URN of the catalog., type: str, sample: "urn:vcloud:catalog:9b0f7c5d-0f55-4b63-8a6b-0c6f1f7b9a01"}
    description: {description: "Its description, empty when there is none.", type: str, sample: ""}
    published: {description: Whether other organizations see it., type: bool, sample: false}
    shared: {description: Whether it is shared with users., type: bool, sample: false}
    owner: {description: User that owns it., type: str, sample: admin}
    created: {description: "When it was made, in UTC.", type: str, sample: "2026-03-01T22:00:00Z"}
    template_count: {description: Number of its vApp templates., type: int, sample: 2}
    media_count: {description: Number of its media., type: int, sample: 0}
    version: {description: Number that grows with every change., type: int, sample: 3}
    status: {description: "Its state, in lower case.", type: str, sample: ready}
    contents:
      description: "What is in it, by name. Null with O(with_contents=false)."
      type: list
      elements: dict
      contains:
        name: {description: Name of the item., type: str, sample: photon-5.0}
        id: {description: URN of the item., type: str, sample: "urn:vcloud:catalogitem:1e0c6d2b-4f7e-4c31-9d0e-6f6f2f0b1c01"}
        type: {description: "What it is, V(vapptemplate) or V(media).", type: str, sample: vapptemplate}
        status: {description: "Its state, in lower case.", type: str, sample: resolved}
        vdc: {description: Organization VDC that holds it., type: str, sample: Tyrell A03 Allocated}
        owner: {description: User that owns it., type: str, sample: admin}
        created: {description: "When it was made, in UTC.", type: str, sample: "2026-03-01T22:00:00Z"}
        expired: {description: Whether its lease has ended., type: bool, sample: false}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vcd import catalogs, places
from ..module_utils._vcd.client import connect
from ..module_utils._vcd.records import org_of


class Catalogs(Info):
    """The catalogs of one vCloud Director."""

    noun, product = "vcd_catalog", "vcd"
    connect = staticmethod(connect)

    def spec(self):
        return {**places.spec("org", "name"), "with_contents": {"type": "bool", "default": True}}

    def validate(self, params):
        places.check(params)

    def fetch(self, context):
        params = context.params
        return catalogs.matching(context.api, org=org_of(params), name=params["name"], contents=params["with_contents"])


def main():
    run(Catalogs())


if __name__ == "__main__":
    main()
