#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_backup_info
short_description: Read which backups a vCloud Availability appliance holds
version_added: "0.1.0"
description:
  - Lists the backups on the appliance, the newest first.
  - Release 4.0 and newer.
author: The vcpp.vcloud authors (@vcpp)
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcav_backup
"""

EXAMPLES = r"""
- name: Which backups are there?
  vcpp.vcloud.vcav_backup_info:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
  register: backups
"""

RETURN = r"""
vcav_backup:
  description: The backups, the newest first. Those whose task the service has forgotten come last.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Its id., type: str, sample: 5f0c9b0e-7d2b-4f1d-9b51-0e8c6a4f2a11}
    created: {description: When it was made. Null where that is not known., type: str, sample: "2030-01-01T12:00:00Z"}
    user: {description: Who had it made. Null where that is not known., type: str, sample: root}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vcav.backups import Backups
from ..module_utils._vcav.client import connect


class BackupInfo(Info):
    """What is on the appliance."""

    noun = "vcav_backup"
    connect = staticmethod(connect)

    def fetch(self, context):
        return [one.read() for one in Backups(context.api).listing()]


def main():
    run(BackupInfo())


if __name__ == "__main__":
    main()
