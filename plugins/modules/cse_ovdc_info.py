#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cse_ovdc_info
short_description: Read which organization VDCs are enabled for Kubernetes clusters
version_added: "0.1.0"
description:
  - Reads for which kinds of clusters of the Container Service Extension organization VDCs are enabled, up to 3.1. It costs
    a request for each VDC.
  - A System administrator reads those of all organizations, a user of a tenant those of the own one; 1.2 tells System
    administrators alone.
author: The vcpp.vcloud authors (@vcpp)
options:
  vdc:
    description: Name of the organization VDC to read. All of them when left out.
    type: str
  org:
    description: Organization whose VDCs are read. Left out, it is that of O(vcd_tenant), else all that the user sees.
    type: str
  with_compute_policies:
    description: Whether their compute policies are read too, of 2.5, 2.6 and legacy mode, by a request more for each.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.cse_ovdc
  - module: vcpp.vcloud.vcd_org_vdc_info
"""

EXAMPLES = r"""
- name: Where Tyrell can make clusters
  vcpp.vcloud.cse_ovdc_info:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    org: Tyrell
  register: found

- name: VDCs that are enabled
  ansible.builtin.debug:
    msg: "{{ found.cse_ovdc | selectattr('runtimes') | map(attribute='vdc') }}"
"""

RETURN = r"""
cse_ovdc:
  description: The VDCs by organization and name. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    vdc: {description: Name of the VDC., type: str, sample: Tyrell A03 Allocated}
    org: {description: Organization that it belongs to., type: str, sample: Tyrell}
    runtimes: {description: "Kinds of clusters that it is enabled for; V(ent-pks) for one of PKS.", type: list, elements: str, sample: [native]}
    compute_policies:
      description: Its compute policies beside C(System Default).
      returned: with O(with_compute_policies)
      type: list
      elements: str
      sample: [small]
"""

from ..module_utils._cse import ovdcs
from ..module_utils._cse.client import connect
from ..module_utils._plan import refuse_empty
from ..module_utils._resource import Info, run


class OrgVdcs(Info):
    """What VDCs are enabled for."""

    noun, product = "cse_ovdc", "vcd"
    connect = staticmethod(connect)

    def spec(self):
        return {
            "vdc": {"type": "str"},
            "org": {"type": "str"},
            "with_compute_policies": {"type": "bool", "default": False},
        }

    def validate(self, params):
        for option in ("vdc", "org"):
            refuse_empty(option, params[option], "give a name, or leave it out for all")

    def fetch(self, context):
        return ovdcs.every(context.api, context.params)


def main():
    run(OrgVdcs())


if __name__ == "__main__":
    main()
