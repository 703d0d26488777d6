#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_health
short_description: Wait until a vCloud Availability service is healthy
version_added: "0.1.0"
description:
  - A gate. It waits until every check of the service is green, and otherwise fails with the name of each check that
    is not and what to do about it.
  - It outlives restarts of the service, within O(wait_timeout).
author: The vcpp.vcloud authors (@vcpp)
options:
  gate:
    description:
      - Whether to wait for green and to fail without. V(false) reads once and only reports.
    type: bool
    default: true
  ignore:
    description: Checks that may be other than green, as they are called in RV(vcav_health.checks[].check). None when omitted.
    type: list
    elements: str
    default: []
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.wait
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcav_site_info
"""

EXAMPLES = r"""
- name: Go on when the site is healthy
  vcpp.vcloud.vcav_health:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    wait_timeout: 600

- name: Only look
  vcpp.vcloud.vcav_health:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    gate: false
  register: health

- name: What is not green
  ansible.builtin.debug:
    msg: "{{ health.vcav_health.checks | rejectattr('green') | map(attribute='check') | list }}"
"""

RETURN = r"""
vcav_health:
  description: The health of the service, also when the gate stays closed.
  returned: always
  type: dict
  contains:
    green: {description: Whether every check is green., type: bool, sample: true}
    site: {description: Name of the site., type: str, sample: A03-Auckland}
    version: {description: Release of the service., type: str, sample: "3.0"}
    checks:
      description: Every check.
      type: list
      elements: dict
      contains:
        part: {description: Which service or appliance was checked., type: str, sample: manager}
        check: {description: What was checked., type: str, sample: replicators}
        green: {description: Whether it is as it should be., type: bool, sample: false}
        message: {description: What the service says., type: str, sample: "offline: https://vcar01.example.net:8043"}
        remedy: {description: What to do., type: str, sample: Check power and network of the replicator.}
"""

import time

from ..module_utils._http import is_passing
from ..module_utils._resource import Definition, Failure, run
from ..module_utils._vcav import health, versions
from ..module_utils._vcav.client import connect
from ..module_utils._wait import WaitTimeout, wait_for


class Health(Definition):
    """The gate in front of everything that needs a healthy service."""

    noun = "vcav_health"
    waits = 300

    def connect(self, params):
        """The gate also waits for a service at which nobody can log in yet."""
        self.began = time.monotonic()
        return connect(params, params["wait_timeout"] if params["gate"] else 0, params["wait_interval"])

    def spec(self):
        ignore = {"type": "list", "elements": "str", "default": []}
        return {"gate": {"type": "bool", "default": True}, "ignore": ignore}

    def validate(self, params):
        health.check_ignored(params["ignore"])

    def look(self, context):
        ignored = context.params["ignore"]
        document = health.read(context.api, context.wait)
        rows = health.checks(document, context.api.facts["service"], context.api.site)
        green = all(row["green"] or row["check"] in ignored for row in rows)
        return {
            "green": green,
            "site": context.api.site,
            "version": versions.text(context.api.version),
            "checks": rows,
        }

    def execute(self, context):
        if not context.params["gate"]:
            return {"changed": False, "vcav_health": self.look(context)}
        left = max(0, context.wait["timeout"] - (time.monotonic() - self.began))
        try:
            found = wait_for(
                lambda: self.look(context),
                lambda seen: seen["green"],
                timeout=left,
                interval=context.wait["interval"],
                tolerate=is_passing,
            )
        except WaitTimeout as late:
            late.seconds = context.wait["timeout"]
            if late.last is None:
                raise late.fault from late
            bad = [row for row in late.last["checks"] if not row["green"]]
            texts = "; ".join(f"{row['part']}: {row['check']}: {row['message']} {row['remedy']}" for row in bad)
            message = (
                f"{context.api.site or context.api.endpoint} is not healthy after {late.seconds:g} seconds: {texts}"
            )
            raise Failure(message, vcav_health=late.last) from late
        return {"changed": False, "vcav_health": found}


def main():
    run(Health())


if __name__ == "__main__":
    main()
