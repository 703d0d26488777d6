# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The option state of modules whose object is there or not, and of modules that open and close a session.

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  state:
    description:
      - V(present) makes sure that the object exists as described, V(absent) that it does not exist.
    type: str
    choices: [present, absent]
    default: present
"""

    SESSION = r"""
options:
  state:
    description:
      - V(present) opens a session and returns its tokens, V(absent) closes the session whose token is given.
      - A session that has already ended counts as closed.
    type: str
    choices: [present, absent]
    default: present
"""
