#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_support_bundle
short_description: Make, download and remove support bundles of a vCloud Availability appliance
version_added: "0.1.0"
description:
  - Makes a support bundle of the appliance, downloads it, and clears old ones away.
author: The vcpp.vcloud authors (@vcpp)
options:
  state:
    description:
      - V(present) makes a support bundle, or takes one that is there (O(id), O(max_age)), and downloads it if O(dest) is given.
      - V(absent) removes the support bundle O(id), or all but the newest O(keep).
    type: str
    choices: [present, absent]
    default: present
  id:
    description: A support bundle that is there already. When omitted, O(max_age) decides whether one is made.
    type: str
  max_age:
    description:
      - Take the newest support bundle that is at most so many hours old, instead of making one. When omitted, one is always made.
      - How old one is is known from the task that made it; where the service has forgotten that, it counts as too old.
    type: float
  dest:
    description:
      - File to download to, on the host that the task runs on. Only its owner may read it, and it is written whole or not at
        all. It bears the moment when the support bundle was made, by which a later run knows that it has it. When omitted,
        nothing is downloaded.
    type: path
  keep:
    description:
      - How many of the newest stay on the appliance; the others are removed in the end. When omitted, none is removed.
      - With O(state=absent), V(0) removes all.
    type: int
  wait_timeout:
    description: Longest time to wait until the support bundle is made, in seconds.
    type: int
    default: 3600
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.wait
  - vcpp.vcloud.attributes
attributes:
  idempotent:
    support: partial
    details: Without O(id) and O(max_age) every run makes another support bundle.
seealso:
  - module: vcpp.vcloud.vcav_support_bundle_info
"""

EXAMPLES = r"""
- name: A support bundle for the vendor, no older than a day
  vcpp.vcloud.vcav_support_bundle:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    max_age: 24
    dest: /tmp/vcav-support.zip
    keep: 2

- name: None is left on the appliance
  vcpp.vcloud.vcav_support_bundle:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    keep: 0
    state: absent
"""

RETURN = r"""
vcav_support_bundle:
  description: The support bundle. With O(state=absent) only what was removed.
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
from ..module_utils._resource import run
from ..module_utils._vcav.bundles import Bundles


class SupportBundle(Archive):
    """A support bundle, and how many of them an appliance keeps."""

    noun, kind = "vcav_support_bundle", Bundles
    waits = 3600


def main():
    run(SupportBundle())


if __name__ == "__main__":
    main()
