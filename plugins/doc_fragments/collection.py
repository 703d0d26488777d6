# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The options of modules that change many small objects in one task (Collection in module_utils/_resource.py).

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  fail_fast:
    description: Whether no further change is begun after the first that fails. Otherwise all others are still made.
    type: bool
    default: false
  wait_timeout:
    description: Longest time to wait until the changes can be read back, in seconds.
    type: int
    default: 30
  wait_interval:
    description: Longest pause between two looks, in seconds. The first looks come sooner.
    type: int
    default: 2
"""
