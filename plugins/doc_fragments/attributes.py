# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# What can be expected of every module that changes something.

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
attributes:
  check_mode:
    support: full
    description: Predicts the change without making it. The prediction equals the result of the run.
  diff_mode:
    support: full
    description: Shows the managed fields that differ, before and after, without secrets.
  idempotent:
    support: full
    description: A second run changes nothing.
  action_group:
    support: full
    description: Use C(group/vcpp.vcloud.all), or the group of the product, in C(module_defaults).
    membership:
      - vcpp.vcloud.all
"""

    INFO = r"""
attributes:
  check_mode:
    support: full
    description: Reads only, so check mode is no different.
  diff_mode:
    support: N/A
    description: Changes nothing.
  idempotent:
    support: full
    description: Reads only.
  action_group:
    support: full
    description: Use C(group/vcpp.vcloud.all), or the group of the product, in C(module_defaults).
    membership:
      - vcpp.vcloud.all
"""

    # Modules that run something at the product each time.
    RUN = r"""
attributes:
  check_mode:
    support: full
    description: Finds what would be run, checks all values, and runs nothing.
  diff_mode:
    support: full
    description: Shows what is run, with its values but for secrets. What it changes nobody knows before.
  idempotent:
    support: none
    description: Runs it each time.
  action_group:
    support: full
    description: Use C(group/vcpp.vcloud.all), or the group of the product, in C(module_defaults).
    membership:
      - vcpp.vcloud.all
"""

    # Modules that make files for readers and speak to no product.
    OUTPUT = r"""
attributes:
  check_mode:
    support: full
    description: Checks everything and writes nothing.
  diff_mode:
    support: none
    description: The files are made anew.
  idempotent:
    support: none
    description: Every run makes the files anew.
"""

    # Modules that make a page and leave it as it is where it tells the same already.
    PAGE = r"""
attributes:
  check_mode:
    support: full
    description: Predicts whether the file would change, and writes nothing.
  diff_mode:
    support: full
    description: Shows what the page tells differently, part by part.
  idempotent:
    support: full
    description: The same facts leave the file as it is.
"""

    # Modules that read a product and make files of it.
    REPORT = r"""
attributes:
  check_mode:
    support: full
    description: Reads everything and writes no file.
  diff_mode:
    support: none
    description: The file is made anew.
  idempotent:
    support: none
    description: Every run makes the file anew.
  action_group:
    support: full
    description: Use C(group/vcpp.vcloud.all), or the group of the product, in C(module_defaults).
    membership:
      - vcpp.vcloud.all
"""

    # Modules that open and close a session.
    SESSION = r"""
attributes:
  check_mode:
    support: full
    description: Predicts the change without making it. The prediction equals the result of the run.
    details: Opens and closes sessions in check mode too, because nothing in the estate changes by that.
  diff_mode:
    support: N/A
    description: A session is nothing that is managed.
  idempotent:
    support: partial
    description: Opening gives another token each time; closing twice is harmless.
  action_group:
    support: full
    description: Use C(group/vcpp.vcloud.all), or the group of the product, in C(module_defaults).
    membership:
      - vcpp.vcloud.all
"""
