# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The options that an inventory source has in common with the modules: those of connections, at the top of the file with
# the environment variables that ansible-doc shows and once more in each entry of `endpoints`, and power states. Made
# from the modules' own fragments and the table of module_utils/_options.py, so that nothing is said twice.

from __future__ import annotations

import re
from typing import Any

import yaml

from ansible_collections.vcpp.vcloud.plugins.doc_fragments import places, vcav, vcd
from ansible_collections.vcpp.vcloud.plugins.module_utils._options import PRODUCTS


def _options(fragment: Any, section: str = "DOCUMENTATION") -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(getattr(fragment.ModuleDocFragment, section))["options"]
    return found


def _top() -> dict[str, Any]:
    """The options of vCloud Director, none of them required, because a file may have `endpoints` instead."""
    documented = _options(vcd)
    for option in PRODUCTS["vcd"]:
        documented[option.name].pop("required", None)
        documented[option.name]["env"] = [{"name": option.env}]
    return documented


def _entry() -> dict[str, Any]:
    """The options of one server of either product; where both have one, it says both environment variables."""
    found: dict[str, Any] = {}
    for product, fragment in (("vcd", vcd), ("vcav", vcav)):
        documented = _options(fragment)
        for option in PRODUCTS[product]:
            about = documented[option.name]
            about.pop("required", None)
            about.pop("default", None)  # left out of an entry, the option of the file's top is used
            if option.name in found:
                variable = option.name.upper()
                found[option.name]["description"] = [
                    *found[option.name]["description"][:-1],
                    "Left out, the option of the same name at the top of the file is used, then "
                    f"E(VCD_{variable}) or, for vCloud Availability, E(VCAV_{variable}).",
                ]
            else:
                found[option.name] = about
    # What an option says of another one is said of that of the same entry.
    names = "|".join(found)
    for about in found.values():
        about["description"] = [
            re.sub(rf"\bO\(({names})\b", r"O(endpoints[].\1", each) for each in about["description"]
        ]
    return found


_POWER_STATES = {
    "description": "Power states of the VMs that are wanted, such as V(powered_on). VMs in any state when omitted.",
    "type": "list",
    "elements": "str",
    "choices": _options(places, "POWER_STATE")["power_state"]["choices"],
}
_SITE = {
    "description": [
        "Name of the site, for groups and the variable C(vcloud_site).",
        "Left out, the name that the server itself tells is used.",
    ],
    "type": "str",
}
_SELECTION = {
    name: {
        "description": f"As O({name}), for this server alone. Left out, O({name}) of the file counts.",
        "type": "list",
        "elements": "str",
    }
    for name in ("orgs", "vdcs", "vapps", "vms", "power_states")
}


class ModuleDocFragment:
    # With its type, because yamllint of ansible-test takes every plain assignment for one of a literal.
    DOCUMENTATION: str = yaml.safe_dump(
        {
            "options": {
                **_top(),
                "power_states": _POWER_STATES,
                "endpoints": {
                    "description": [
                        "The servers to read, where there are several, or others than one vCloud Director.",
                        "An entry with O(endpoints[].vcd_url) is a vCloud Director, whose VMs become hosts. One with "
                        "O(endpoints[].vcav_url) is a service of vCloud Availability, whose appliances do: a cloud "
                        "service tells of itself, its tunnel and the paired sites, a manager service (port 8441) of "
                        "its replicators.",
                        "What an entry leaves out is taken from the top of the file, then from the environment. It is "
                        "a mistake to give O(vcd_url) beside this option.",
                        "Left out, the one server is O(vcd_url).",
                    ],
                    "type": "list",
                    "elements": "dict",
                    "suboptions": {"site": _SITE, **_entry(), **_SELECTION},
                },
            },
            "requirements": ["requests"],
        },
        sort_keys=False,
        allow_unicode=True,
        width=110,
    )
