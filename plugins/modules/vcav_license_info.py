#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_license_info
short_description: Read the license of a vCloud Availability site
version_added: "0.1.0"
description:
  - Reads whether a site is licensed, and when the license expires. The key is never shown whole.
author: The vcpp.vcloud authors (@vcpp)
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcav_license
"""

EXAMPLES = r"""
- name: How long is the license good for
  vcpp.vcloud.vcav_license_info:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
  register: found

- name: It is good for another month
  ansible.builtin.assert:
    that:
      - found.vcav_license.is_licensed
      - found.days_left is none or found.days_left > 30
    fail_msg: "The license expires {{ found.expires }}"
"""

RETURN = r"""
vcav_license:
  description: The license.
  returned: success
  type: dict
  contains:
    key: {description: "The key, its last group alone. Null where there is none.", type: str, sample: "*****-*****-*****-*****-7QX2D"}
    is_licensed: {description: Whether the site is licensed., type: bool, sample: true}
expires:
  description: When the license expires, UTC. Null for one that never does, and where there is none.
  returned: success
  type: str
  sample: "2027-03-31T00:00:00Z"
days_left:
  description:
    - Whole days until then, by the clock of the machine that runs the module. Negative when it has expired, null where
      RV(expires) is.
  returned: success
  type: int
  sample: 131
"""

from ..module_utils._resource import Definition, run
from ..module_utils._vcav import license as licensing
from ..module_utils._vcav.client import connect


class LicenseInfo(Definition):
    """The license of a site."""

    noun = "vcav_license"
    connect = staticmethod(connect)

    def execute(self, context):
        found = licensing.fetch(context.api)
        expires, days = licensing.expiry(found)
        return {"changed": False, "vcav_license": licensing.read(found), "expires": expires, "days_left": days}


def main():
    run(LicenseInfo())


if __name__ == "__main__":
    main()
