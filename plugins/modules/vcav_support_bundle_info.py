#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_support_bundle_info
short_description: Read which support bundles a vCloud Availability appliance holds
version_added: "0.1.0"
description:
  - Lists the support bundles on the appliance, the newest first.
author: The vcpp.vcloud authors (@vcpp)
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcav_support_bundle
"""

EXAMPLES = r"""
- name: Which support bundles are there?
  vcpp.vcloud.vcav_support_bundle_info:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
  register: bundles
"""

RETURN = r"""
vcav_support_bundle:
  description: The support bundles, the newest first. Those whose task the service has forgotten come last.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Its id., type: str, sample: 5f0c9b0e-7d2b-4f1d-9b51-0e8c6a4f2a11}
    created: {description: When it was made. Null where that is not known., type: str, sample: "2030-01-01T12:00:00Z"}
    user: {description: Who had it made. Null where that is not known., type: str, sample: root}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vcav.bundles import Bundles
from ..module_utils._vcav.client import connect


class SupportBundleInfo(Info):
    """What is on the appliance."""

    noun = "vcav_support_bundle"
    connect = staticmethod(connect)

    def fetch(self, context):
        return [one.read() for one in Bundles(context.api).listing()]


def main():
    run(SupportBundleInfo())


if __name__ == "__main__":
    main()
