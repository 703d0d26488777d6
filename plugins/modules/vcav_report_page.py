#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_report_page
short_description: Make a page and tables of the replications of sites
version_added: "0.1.0"
description:
  - Makes one self-contained HTML page, tables as CSV, and JSON of what M(vcpp.vcloud.vcav_report) has written for one or
    many sites. It speaks to no service.
  - A replication between two provider sites is listed by both; it is counted once, as its destination tells it.
  - Every run makes the files anew, so every run is changed.
author: The vcpp.vcloud authors (@vcpp)
options:
  sources:
    description: The files of the sites, on the host that runs the task. Each is one site, and no site may come twice.
    type: list
    elements: path
    required: true
  missing:
    description: Names of sites that should be in the report and are not; the page says so. None when omitted.
    type: list
    elements: str
    default: []
  dest:
    description:
      - The directory for C(report.html), C(report.json), C(vms.csv), C(organizations.csv) and C(traffic.csv).
      - It is created when it is missing. Files of these names are replaced.
    type: path
    required: true
  formats:
    description: Which of them to make.
    type: list
    elements: str
    choices: [html, csv, json]
    default: [html, csv, json]
  title:
    description: What stands above the page.
    type: str
    default: Replications
extends_documentation_fragment:
  - vcpp.vcloud.attributes.output
seealso:
  - module: vcpp.vcloud.vcav_report
"""

EXAMPLES = r"""
- name: The figures of the site
  vcpp.vcloud.vcav_report:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    dest: /tmp/report/auckland.json

- name: The page
  vcpp.vcloud.vcav_report_page:
    sources: [/tmp/report/auckland.json]
    dest: /tmp/report
    title: Kiwi Cloud
"""

RETURN = r"""
vcav_report_page:
  description: What was made.
  returned: success
  type: dict
  contains:
    files: {description: The files., type: list, elements: str, sample: [/tmp/report/report.html]}
    sites: {description: The sites that are in it., type: list, elements: str, sample: [A03-Auckland]}
    vms: {description: "Number of VMs, each counted once.", type: int, sample: 12}
    warnings: {description: What is to be known about the figures., type: list, elements: str, sample: []}
"""

import os
from contextlib import nullcontext

from ..module_utils._files import written
from ..module_utils._plan import refuse_empty
from ..module_utils._report import merge, render
from ..module_utils._resource import Definition, InputError, run


class ReportPage(Definition):
    """Files for readers, made of the data of sites."""

    noun = "vcav_report_page"

    @staticmethod
    def connect(params):
        return nullcontext()

    def full_spec(self):
        formats = list(render.FORMATS)
        return {
            "sources": {"type": "list", "elements": "path", "required": True},
            "missing": {"type": "list", "elements": "str", "default": []},
            "dest": {"type": "path", "required": True},
            "formats": {"type": "list", "elements": "str", "choices": formats, "default": formats},
            "title": {"type": "str", "default": "Replications"},
        }

    def validate(self, params):
        refuse_empty("dest", params["dest"], "name the directory to write to")
        if not params["sources"]:
            raise InputError("sources is empty: name the files that vcpp.vcloud.vcav_report has written")
        if os.path.exists(params["dest"]) and not os.path.isdir(params["dest"]):
            raise InputError(f"dest is {params['dest']!r}, which is no directory: name another")

    def execute(self, context):
        params = context.params
        report = merge.merge(merge.read(params["sources"]))
        texts = render.render(report, params["formats"], title=params["title"], missing=params["missing"])
        files = {os.path.join(params["dest"], name): text for name, text in texts.items()}
        if not context.check_mode:
            written(files)
        sites = [site["site"] for site in report["sites"]]
        made = {"files": list(files), "sites": sites, "vms": len(report["vms"]), "warnings": report["warnings"]}
        return {"changed": True, "vcav_report_page": made}


def main():
    run(ReportPage())


if __name__ == "__main__":
    main()
