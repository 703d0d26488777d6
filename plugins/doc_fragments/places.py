# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The options that choose objects of vCloud Director by where they are, what they are called and how they are; the
# argument specs to them are in module_utils/_vcd/places.py.

from __future__ import annotations


class ModuleDocFragment:
    # What belongs to an organization.
    DOCUMENTATION = r"""
options:
  org:
    description:
      - Name of the organization whose objects are read, as it is written. One that does not exist is an error.
      - Those of all organizations when omitted, those of O(vcd_tenant) where that is given.
    type: str
"""

    # What has a name that is not that of something else.
    NAME = r"""
options:
  name:
    description:
      - Name of the objects to read, as it is written. V(*) in it stands for any text.
      - All of them when omitted.
    type: str
"""

    # What is in an organization VDC.
    VDC = r"""
options:
  vdc:
    description:
      - Name of the organization VDC. V(*) in it stands for any text. One that does not exist is an error.
      - Those of all VDCs when omitted.
    type: str
"""

    ENABLED = r"""
options:
  enabled:
    description: V(true) reads the enabled ones only, V(false) the disabled ones only. Both when omitted.
    type: bool
"""

    # VMs and vApps.
    POWER_STATE = r"""
options:
  power_state:
    description: Only those in this state. Those in any state when omitted.
    type: str
    choices:
      - powered_on
      - powered_off
      - suspended
      - partially_powered_off
      - partially_suspended
      - mixed
      - deployed
      - resolved
      - unresolved
      - waiting_for_input
      - failed_creation
      - inconsistent_state
      - descriptor_pending
      - copying_contents
      - disk_contents_pending
      - quarantined
      - quarantine_expired
      - rejected
      - transfer_timeout
      - vapp_undeployed
      - vapp_partially_deployed
      - unknown
      - unrecognized
"""
