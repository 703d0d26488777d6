#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_provider_vdc_filter_info
short_description: Read the provider VDCs that a vCloud Availability site offers
version_added: "0.1.0"
description:
  - Reads the provider VDC filter of a site, and which provider VDCs there are. Release 3.5 and newer.
  - The answer can be given to M(vcpp.vcloud.vcav_provider_vdc_filter) as it is.
author: The vcpp.vcloud authors (@vcpp)
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcav_provider_vdc_filter
"""

EXAMPLES = r"""
- name: Which provider VDCs may replications use
  vcpp.vcloud.vcav_provider_vdc_filter_info:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
  register: found

- name: These
  ansible.builtin.debug:
    msg: "{{ found.vcav_provider_vdc_filter.provider_vdcs | default(found.available | map(attribute='name'), true) }}"
"""

RETURN = r"""
vcav_provider_vdc_filter:
  description: The filter.
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
available:
  description: The provider VDCs that the site sees, by name.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Its id., type: str, sample: 0a7e6f0c-9c52-4f6e-8a61-3b2f6a0f7a11}
    name: {description: Its name., type: str, sample: A03 Provider VDC}
"""

from ..module_utils._resource import Definition, run
from ..module_utils._vcav import provider_vdcs
from ..module_utils._vcav.client import connect


class ProviderVdcFilterInfo(Definition):
    """The provider VDC filter of a site."""

    noun = "vcav_provider_vdc_filter"
    connect = staticmethod(connect)

    def execute(self, context):
        found = provider_vdcs.fetch(context.api)
        available = provider_vdcs.available(found)
        return {"changed": False, "vcav_provider_vdc_filter": provider_vdcs.read(found), "available": available}


def main():
    run(ProviderVdcFilterInfo())


if __name__ == "__main__":
    main()
