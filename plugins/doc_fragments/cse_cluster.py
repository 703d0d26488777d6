# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The options that name a Kubernetes cluster, of modules that are about something of it.

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  cluster:
    description: Name of the cluster. Upper and lower case differ.
    type: str
    required: true
  org:
    description:
      - Organization that the cluster is in. Left out, it is that of O(vcd_tenant), else that of the user; a System
        administrator names it from CSE 3.0 on.
    type: str
  vdc:
    description: Organization VDC that the cluster is in, where its name does not do. Any VDC when left out.
    type: str
"""
