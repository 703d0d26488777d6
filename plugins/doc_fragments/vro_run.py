# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The options of modules that run something at the orchestrator, or read what was run.

from __future__ import annotations


class ModuleDocFragment:
    # Which workflow is meant.
    DOCUMENTATION = r"""
options:
  workflow:
    description:
      - Name of the workflow. Names are not unique; where there are several, O(category) tells which is meant.
      - The id is used when omitted.
    type: str
  category:
    description:
      - Path of the category of O(workflow), for example V(Library/HTTP-REST/Configuration).
      - The workflow is looked for in all categories when omitted.
    type: str
  workflow_id:
    description: Id of the workflow, instead of its name. The name is used when omitted.
    type: str
"""

    # Waiting for a run.
    WAIT = r"""
options:
  wait_timeout:
    description:
      - Longest time to wait for a run to end, in seconds.
    type: int
    default: 300
  wait_interval:
    description:
      - Longest pause between two looks, in seconds. The first looks come sooner; a run of two seconds is seen to have
        ended within half a second.
    type: int
    default: 2
"""
