# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The connection options of vRealize Orchestrator for plugins that run on the control node: those of the modules, with
# the environment variables where ansible-core looks for them. Made from the modules' fragment, so that nothing is said
# twice.

from __future__ import annotations

from typing import Any

import yaml

from ansible_collections.vcpp.vcloud.plugins.doc_fragments import vro
from ansible_collections.vcpp.vcloud.plugins.module_utils._options import PRODUCTS


def _options() -> dict[str, Any]:
    documented: dict[str, Any] = yaml.safe_load(vro.ModuleDocFragment.DOCUMENTATION)["options"]
    for option in PRODUCTS["vro"]:
        documented[option.name]["env"] = [{"name": option.env}]
    return documented


class ModuleDocFragment:
    # With its type, because yamllint of ansible-test takes every plain assignment for one of a literal.
    DOCUMENTATION: str = yaml.safe_dump(
        {"options": _options(), "requirements": ["requests"]}, sort_keys=False, allow_unicode=True, width=110
    )
