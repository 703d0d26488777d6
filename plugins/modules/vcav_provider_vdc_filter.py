#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_provider_vdc_filter
short_description: Choose the provider VDCs that a vCloud Availability site offers
version_added: "0.1.0"
description:
  - Limits a site to some of the provider VDCs of its vCloud Director, or lifts the limit. Release 3.5 and newer.
  - Provider VDCs that are not named are taken out of the filter.
author: The vcpp.vcloud authors (@vcpp)
options:
  provider_vdcs:
    description:
      - The provider VDCs that replications may use, by name or id. V([]) means all of them. Order makes no difference.
      - Where two have the same name, give the id.
    type: list
    elements: str
    required: true
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.attributes
seealso:
  - module: vcpp.vcloud.vcav_provider_vdc_filter_info
"""

EXAMPLES = r"""
- name: Replications use one provider VDC only
  vcpp.vcloud.vcav_provider_vdc_filter:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    provider_vdcs: [A03 Provider VDC]

- name: They may use all of them
  vcpp.vcloud.vcav_provider_vdc_filter:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    provider_vdcs: []
"""

RETURN = r"""
vcav_provider_vdc_filter:
  description: The filter as it is now, or would be in check mode.
  returned: success
  type: dict
  contains:
    provider_vdcs:
      description:
        - Names of the provider VDCs, sorted; the id of one that is gone or whose name is not its own alone.
        - Empty means all.
      type: list
      elements: str
      sample: [A03 Provider VDC]
"""

from ..module_utils._resource import Setting, run
from ..module_utils._vcav import provider_vdcs
from ..module_utils._vcav.client import connect


class ProviderVdcFilter(Setting):
    """The provider VDC filter of a site."""

    noun = "vcav_provider_vdc_filter"
    fields = provider_vdcs.FIELDS
    connect = staticmethod(connect)

    def spec(self):
        return {"provider_vdcs": {"type": "list", "elements": "str", "required": True}}

    def find(self, context):
        self.found = provider_vdcs.fetch(context.api)
        return self.found

    def read(self, context, wire):
        return provider_vdcs.read(wire)

    def wanted(self, context):
        return provider_vdcs.wanted(context.params["provider_vdcs"], self.found)

    def update(self, context, wire, values):
        provider_vdcs.write(context.api, values, wire)


def main():
    run(ProviderVdcFilter())


if __name__ == "__main__":
    main()
