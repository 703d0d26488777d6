# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The options that say which type or interface of runtime defined entities is meant (KEY in
# module_utils/_vcd/entity_types.py).

from __future__ import annotations


class ModuleDocFragment:
    # The one that is managed.
    DOCUMENTATION = r"""
options:
  vendor:
    description: Identifier of who defines it. Letters and digits.
    type: str
    required: true
  nss:
    description: Identifier among those of its vendor. Letters and digits.
    type: str
    required: true
  version:
    description: Version, three numbers such as V(1.0.0).
    type: str
    required: true
"""

    # Those that are read.
    INFO = r"""
options:
  vendor:
    description: Identifier of who defines them. Left out, those of all vendors are read.
    type: str
  nss:
    description: Identifier among those of a vendor. Left out, all are read.
    type: str
  version:
    description: Version of those to read, three numbers such as V(1.0.0). Left out, all versions are read.
    type: str
  name:
    description: Name that people know them by. Left out, those of any name are read.
    type: str
"""

    # The type of entities that are managed or read; its version means something else to each.
    TYPE = r"""
options:
  vendor:
    description: Vendor of the entities' type.
    type: str
    required: true
  nss:
    description: Identifier of the entities' type among those of its vendor.
    type: str
    required: true
"""
