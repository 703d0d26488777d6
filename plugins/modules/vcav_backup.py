#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_backup
short_description: Make, download and remove backups of a vCloud Availability appliance
version_added: "0.1.0"
description:
  - Makes a backup of the appliance, downloads it, and clears old ones away.
  - Release 4.0 and newer. Each appliance has backups of its own.
author: The vcpp.vcloud authors (@vcpp)
options:
  state:
    description:
      - V(present) makes a backup, or takes one that is there (O(id), O(max_age)), and downloads it if O(dest) is given.
      - V(absent) removes the backup O(id), or all but the newest O(keep).
    type: str
    choices: [present, absent]
    default: present
  id:
    description: A backup that is there already. When omitted, O(max_age) decides whether one is made.
    type: str
  max_age:
    description:
      - Take the newest backup that is at most so many hours old, instead of making one. When omitted, one is always made.
      - How old one is is known from the task that made it; where the service has forgotten that, it counts as too old.
    type: float
  dest:
    description:
      - File to download to, on the host that the task runs on. Only its owner may read it, and it is written whole or not at
        all. It bears the moment when the backup was made, by which a later run knows that it has it. When omitted,
        nothing is downloaded.
    type: path
  keep:
    description:
      - How many of the newest stay on the appliance; the others are removed in the end. When omitted, none is removed.
      - With O(state=absent), V(0) removes all.
    type: int
  password:
    description:
      - Password with which a new backup is encrypted, needed with O(state=present) and without O(id). When omitted, no
        backup can be made. The product cannot tell it later; keep it.
    type: str
  wait_timeout:
    description: Longest time to wait until the backup is made, in seconds.
    type: int
    default: 1800
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.wait
  - vcpp.vcloud.attributes
attributes:
  idempotent:
    support: partial
    details: Without O(id) and O(max_age) every run makes another backup.
notes:
  - No call is known that restores a backup.
seealso:
  - module: vcpp.vcloud.vcav_backup_info
"""

EXAMPLES = r"""
- name: A backup of today, the last week's are kept
  vcpp.vcloud.vcav_backup:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    password: "{{ vault_backup_password }}"
    max_age: 20
    dest: /tmp/vcav-backup.bin
    keep: 7
"""

RETURN = r"""
vcav_backup:
  description: The backup. With O(state=absent) only what was removed.
  returned: success
  type: dict
  contains:
    id: {description: Its id. Null in check mode where one would be made., type: str, sample: 5f0c9b0e-7d2b-4f1d-9b51-0e8c6a4f2a11}
    created: {description: When it was made. Null where that is not known., type: str, sample: "2030-01-01T12:00:00Z"}
    user: {description: Who had it made. Null where that is not known., type: str, sample: root}
    dest: {description: The file that it was downloaded to. Null without O(dest)., type: str, sample: /tmp/vcav.zip}
    removed: {description: Ids of those that were removed., type: list, elements: str, sample: []}
"""

from ..module_utils._archive import Archive
from ..module_utils._resource import InputError, run
from ..module_utils._vcav.backups import Backups


class Backup(Archive):
    """A backup, and how many of them an appliance keeps."""

    noun, kind = "vcav_backup", Backups
    waits = 1800

    def spec(self):
        return {**super().spec(), "password": {"type": "str", "no_log": True}}

    def validate(self, params):
        super().validate(params)
        if params["state"] == "present" and params["id"] is None and not params["password"]:
            raise InputError("password is not set: a backup is encrypted with it; give one, and keep it")


def main():
    run(Backup())


if __name__ == "__main__":
    main()
