# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The option permissions of elements and categories of vRealize Orchestrator (module_utils/_vro/permissions.py).

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  permissions:
    description:
      - All rules of who may do what with it; their order means nothing, and an empty list takes all away. Left as they
        are, and not read, when omitted.
      - From release 8 on, the product gives rights by roles and groups as well, which this list does not tell of.
    type: list
    elements: dict
    suboptions:
      principal:
        description: User or group, as C(DOMAIN\\name) or C(name@domain). Upper and lower case mean the same.
        type: str
        required: true
      rights:
        description: What it may do.
        type: list
        elements: str
        choices: [view, execute, inspect, edit, admin]
        required: true
"""

    INFO = r"""
options:
  with_permissions:
    description: Whether the rules of who may do what are read too, with one request more for each.
    type: bool
    default: false
"""
