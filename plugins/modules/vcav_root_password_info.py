#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_root_password_info
short_description: Read when the root password of a vCloud Availability appliance expires
version_added: "0.1.0"
description:
  - Reads whether the root password of the appliance has expired, and when it will.
author: The vcpp.vcloud authors (@vcpp)
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcav_root_password
"""

EXAMPLES = r"""
- name: When does the password expire?
  vcpp.vcloud.vcav_root_password_info:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
  register: root
"""

RETURN = r"""
vcav_root_password:
  description: The expiry of the password.
  returned: success
  type: dict
  contains:
    expired: {description: Whether it has expired., type: bool, sample: false}
    expires_in_days:
      description: Whole days until it expires. Null before release 4.0, which does not tell it.
      type: int
      sample: 364
"""

from ..module_utils._resource import Definition, run
from ..module_utils._vcav import passwords
from ..module_utils._vcav.client import connect


class RootPasswordInfo(Definition):
    """When the password expires."""

    noun = "vcav_root_password"
    connect = staticmethod(connect)

    def execute(self, context):
        return {"changed": False, self.noun: passwords.expiry(context.api)}


def main():
    run(RootPasswordInfo())


if __name__ == "__main__":
    main()
