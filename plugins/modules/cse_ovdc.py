#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cse_ovdc
short_description: Enable organization VDCs for Kubernetes clusters
version_added: "0.1.0"
description:
  - Says for which kinds of clusters of the Container Service Extension an organization VDC is enabled, and up to 2.6 which
    compute policies it has. For System administrators.
  - CSE 3.x makes no cluster in a VDC that is not enabled for its kind. In 1.2 to 2.6 the provider of a VDC keeps nobody
    from it unless PKS is configured. CSE 4 enables no VDCs.
author: The vcpp.vcloud authors (@vcpp)
options:
  vdc:
    description: Name of the organization VDC.
    type: str
    required: true
  org:
    description:
      - Organization that it belongs to. Left out, it is that of O(vcd_tenant), else any with a VDC of this name.
    type: str
  runtimes:
    description:
      - All kinds of clusters that it is enabled for. Their order means nothing, and an empty list disables it. V(TKG+) and
        V(TKGm) are of 3.x. Left as they are when omitted.
      - Up to 2.6 a VDC has one provider. One that is of PKS is refused, because its clusters would lose theirs; free it by hand first.
    type: list
    elements: str
    choices: [native, TKG+, TKGm]
  compute_policies:
    description:
      - Names of all compute policies that it has, of 2.5, 2.6 and legacy mode. C(System Default) stays, listed or not. An
        empty list takes all others away. Left as they are when omitted.
    type: list
    elements: str
  remove_from_vms:
    description:
      - Whether a runtime or compute policy that goes is taken from VMs that use it. Otherwise the server refuses to take
        it away while they do.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.wait
  - vcpp.vcloud.attributes
seealso:
  - module: vcpp.vcloud.cse_ovdc_info
  - module: vcpp.vcloud.cse_server_info
"""

EXAMPLES = r"""
- name: Tyrell makes native clusters in Auckland
  vcpp.vcloud.cse_ovdc:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    org: Tyrell
    vdc: Tyrell A03 Allocated
    runtimes: [native]

- name: And those of Tanzu
  vcpp.vcloud.cse_ovdc:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    org: Tyrell
    vdc: Tyrell A03 Allocated
    runtimes: [native, TKGm]
"""

RETURN = r"""
cse_ovdc:
  description: The VDC as it is now, or would be in check mode.
  returned: success
  type: dict
  contains:
    vdc: {description: Name of the VDC., type: str, sample: Tyrell A03 Allocated}
    org: {description: Organization that it belongs to., type: str, sample: Tyrell}
    runtimes: {description: "Kinds of clusters that it is enabled for; V(ent-pks) for one of PKS.", type: list, elements: str, sample: [native]}
    compute_policies: {description: "Its compute policies beside C(System Default), where the task manages them.", type: list, elements: str, sample: [small]}
"""

from ..module_utils._cse import ovdcs
from ..module_utils._cse.client import connect
from ..module_utils._plan import refuse_empty
from ..module_utils._resource import Setting, run


class OrgVdc(Setting):
    """What one VDC is enabled for."""

    noun, product, key, waits = "cse_ovdc", "vcd", "vdc", 300
    fields = ovdcs.FIELDS
    connect = staticmethod(connect)

    def spec(self):
        return {
            "vdc": {"type": "str", "required": True},
            "org": {"type": "str"},
            "runtimes": {"type": "list", "elements": "str", "choices": list(ovdcs.RUNTIMES)},
            "compute_policies": {"type": "list", "elements": "str"},
            "remove_from_vms": {"type": "bool", "default": False},
        }

    def rules(self):
        return {"required_one_of": [["runtimes", "compute_policies"]]}

    def validate(self, params):
        for option in ("vdc", "org"):
            refuse_empty(option, params[option], "give a name")

    def label(self, context):
        return context.params["vdc"]

    def find(self, context):
        context.api.api.demand_provider("enabling an organization VDC")
        ovdcs.refuse_foreign(context.api, context.params)
        self.vdc = ovdcs.find(context.api, context.params)
        return ovdcs.state(context.api, self.vdc, context.params["compute_policies"] is not None)

    def read(self, context, wire):
        self.before = wire
        return wire

    def wanted(self, context):
        names = ("runtimes", "compute_policies")
        found = {name: sorted(set(context.params[name])) for name in names if context.params[name] is not None}
        if "compute_policies" in found:
            found["compute_policies"] = [one for one in found["compute_policies"] if one != ovdcs.DEFAULT_POLICY]
        return found

    def advise(self, context, step):
        if step.is_change:
            ovdcs.refuse_pks(context.api, self.before, step.values)

    def update(self, context, wire, values):
        force = context.params["remove_from_vms"]
        ovdcs.update(context.api, self.vdc, wire, values, force, context.wait, context.tell)


def main():
    run(OrgVdc())


if __name__ == "__main__":
    main()
