# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The options of modules that wait for the product.

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  wait_timeout:
    description:
      - Longest time to wait for the product to finish, in seconds. What it is doing goes on at the server when the
        time is over; the next run joins it.
    type: int
    default: 300
  wait_interval:
    description:
      - Longest pause between two looks, in seconds. The first looks come sooner.
    type: int
    default: 2
"""
