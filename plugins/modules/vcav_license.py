#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_license
short_description: License a vCloud Availability site
version_added: "0.1.0"
description:
  - Installs a license key at the cloud service of a site.
  - A key is a secret. Results and differences show its last group alone, all else as asterisks.
  - A license can be replaced but not removed.
author: The vcpp.vcloud authors (@vcpp)
options:
  key:
    description:
      - License key, five groups of five characters with hyphens between them.
      - It is compared with the key that the product tells, as far as it tells it. Where the product shows none of it, a
        licensed site is left as it is.
      - A key that is hidden in part, as M(vcpp.vcloud.vcav_license_info) shows it, can be compared but not installed.
    type: str
    required: true
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.attributes
seealso:
  - module: vcpp.vcloud.vcav_license_info
"""

EXAMPLES = r"""
- name: The site is licensed
  vcpp.vcloud.vcav_license:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    key: "{{ vault_vcav_license }}"
"""

RETURN = r"""
vcav_license:
  description: The license as it is now, or would be in check mode.
  returned: success
  type: dict
  contains:
    key: {description: "The key, its last group alone.", type: str, sample: "*****-*****-*****-*****-7QX2D"}
    is_licensed: {description: Whether the site is licensed., type: bool, sample: true}
"""

from ..module_utils._resource import Setting, run
from ..module_utils._vcav import license as licensing
from ..module_utils._vcav.client import connect


class License(Setting):
    """The license of a site."""

    noun = "vcav_license"
    fields = licensing.FIELDS
    connect = staticmethod(connect)

    def spec(self):
        return {"key": {"type": "str", "required": True, "no_log": True}}

    def validate(self, params):
        licensing.check(params["key"])

    def find(self, context):
        self.found = licensing.fetch(context.api)
        return self.found

    def read(self, context, wire):
        return licensing.read(wire)

    def wanted(self, context):
        return licensing.wanted(context.params["key"], self.found)

    def advise(self, context, step):
        if not step.is_change and not self.found.get("isLicensed"):
            moment = licensing.expiry(self.found)[0]
            ended = f"it expired {moment}" if moment else "the product says that the site is not licensed"
            context.warn(f"key {step.after['key']} is installed, but {ended}: give a key that is valid.")

    def update(self, context, wire, values):
        licensing.write(context.api, context.params["key"])


def main():
    run(License())


if __name__ == "__main__":
    main()
