#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_report
short_description: Write the figures of a site's replications to a file
version_added: "0.1.0"
description:
  - Reads all replications of a site with their instances, the organizations and the traffic per day, and writes the
    figures to a JSON file.
  - M(vcpp.vcloud.vcav_report_page) makes a page and tables of the files of one or many sites. The playbook
    C(vcpp.vcloud.report) does both.
  - Lists are read page beside page and the rest with several requests in flight. There is one request for each VM,
    unless O(instances=false), and from release 3.5 on one for each organization that replicates.
  - Every run writes the figures anew, so every run is changed.
author: The vcpp.vcloud authors (@vcpp)
options:
  dest:
    description:
      - The JSON file to write, on the host that runs the task; readable by everybody, as it holds no secret.
      - Its directory is created when it is missing.
    type: path
    required: true
  org:
    description: Only the replications that this organization has at one of their ends. Those of all when omitted.
    type: str
  days:
    description:
      - How many days of traffic are read, the present one included, 0 to 366; V(0) for none. Release 3.0 has no history.
    type: int
    default: 30
  instances:
    description:
      - Whether the instances of each VM are read. Without them, their number and the data per day are empty.
    type: bool
    default: true
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.wait
  - vcpp.vcloud.attributes.report
seealso:
  - module: vcpp.vcloud.vcav_report_page
  - module: vcpp.vcloud.vcav_replication_info
"""

EXAMPLES = r"""
- name: The figures of the site
  vcpp.vcloud.vcav_report:
    vcav_url: https://vcav.example.com
    vcav_login: vcd
    vcav_user: administrator@System
    vcav_password: "{{ vault_vcd_password }}"
    dest: /tmp/report/auckland.json
  register: report

- name: How much room they take
  ansible.builtin.debug:
    msg: "{{ report.vcav_report.totals.space_required_bytes | human_readable }}"
"""

RETURN = r"""
vcav_report:
  description: What was written, without the rows of the VMs.
  returned: success
  type: dict
  contains:
    site: {description: Name of the site., type: str, sample: A03-Auckland}
    generated: {description: "When the figures were read, in UTC.", type: str, sample: "2026-11-20T03:06:40Z"}
    dest: {description: The file., type: str, sample: /tmp/report/auckland.json}
    totals:
      description: Figures of all VMs in the file.
      type: dict
      contains:
        vms: {description: VMs that are replicated., type: int, sample: 12}
        protections: {description: Those that are protected., type: int, sample: 10}
        migrations: {description: Those that are being migrated., type: int, sample: 2}
        rpo_violations: {description: Those that miss their recovery point objective., type: int, sample: 0}
        paused: {description: Those that are paused., type: int, sample: 1}
        unhealthy: {description: Those whose health is red., type: int, sample: 0}
        space_required_bytes: {description: Space at the destinations., type: int, sample: 51539607552}
        average_transfer_bytes_per_day: {description: Data per day by their instances., type: int, sample: 1073741824}
    organizations:
      description:
        - Per organization the number of vApps and VMs, in all and by direction (C(c2c) between clouds, C(v2c) from
          on-premises sites, C(c2v) to them) and kind.
      type: list
      elements: dict
      sample: [{organization: Tyrell, vapps: 3, vms: 12, c2c_protections_vapps: 3, c2c_protections_vms: 12}]
    warnings: {description: What is to be known about the figures., type: list, elements: str, sample: []}
"""

import os

from ..module_utils._files import written
from ..module_utils._moments import now
from ..module_utils._plan import refuse_empty
from ..module_utils._resource import Definition, InputError, run
from ..module_utils._vcav import report
from ..module_utils._vcav.client import connect


class Report(Definition):
    """The figures of one site, as a file."""

    noun = "vcav_report"
    waits = 300
    connect = staticmethod(connect)

    def spec(self):
        return {
            "dest": {"type": "path", "required": True},
            "org": {"type": "str"},
            "days": {"type": "int", "default": 30},
            "instances": {"type": "bool", "default": True},
        }

    def validate(self, params):
        refuse_empty("dest", params["dest"], "name the file to write")
        if os.path.isdir(params["dest"]):
            raise InputError(f"dest is {params['dest']!r}, a directory: name a file in it")
        if not 0 <= params["days"] <= 366:
            raise InputError(f"days is {params['days']}: it must lie between 0 and 366")

    def execute(self, context):
        params = context.params
        chosen = {name: params[name] for name in ("org", "days", "instances")}
        figures = report.collect(context.api, **chosen, now=now(), wait=context.wait)
        for text in figures["warnings"]:
            context.warn(text)
        if not context.check_mode:
            written({params["dest"]: report.to_text(figures)})
        shown = {name: figures[name] for name in ("site", "generated", "totals", "organizations", "warnings")}
        return {"changed": True, "vcav_report": {**shown, "dest": params["dest"]}}


def main():
    run(Report())


if __name__ == "__main__":
    main()
