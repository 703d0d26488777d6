#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_service
short_description: Wait for a vCloud Availability service, restart it where a change waits for that
version_added: "0.1.0"
description:
  - Waits until a service answers and lets one log in, after it was powered on for example.
  - Restarts the services of the appliance, or the appliance itself, and waits until the service has gone, answers again,
    and lets one log in again. All services of the appliance go; the one of O(vcav_url) is waited for.
  - Endpoints and tunnels take full effect only after a restart. The services are restarted only if that is so.
author: The vcpp.vcloud authors (@vcpp)
options:
  state:
    description:
      - V(running) waits until the service answers.
      - V(restarted) restarts the services of the appliance, V(rebooted) the whole appliance.
    type: str
    choices: [running, restarted, rebooted]
    default: running
  only_if_pending:
    description:
      - Whether to restart only where the service shows a change that waits for it, or O(reasons) names one.
      - When omitted, V(true) for O(state=restarted) and V(false) for O(state=rebooted).
    type: bool
  reasons:
    description:
      - Changes that wait for a restart and that the service does not show, such as a tunnel that was registered just now.
        Give only what has changed; an empty list is no reason.
    type: list
    elements: str
    default: []
  wait_timeout:
    description: Longest time to wait for the service, in seconds.
    type: int
    default: 600
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.wait
  - vcpp.vcloud.attributes
attributes:
  idempotent:
    support: partial
    details: With O(only_if_pending=false), or with O(reasons), every run restarts.
notes:
  - A new appliance lets in only the password of its OVF properties. Begin with M(vcpp.vcloud.vcav_root_password), which
    waits too.
  - Work that is under way is cut off by a restart; a warning names its tasks.
  - O(vcav_token) is refused for a restart, because its session does not outlive it.
seealso:
  - module: vcpp.vcloud.vcav_health
"""

EXAMPLES = r"""
- name: The service answers
  vcpp.vcloud.vcav_service:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"

- name: Changes of endpoints and tunnel take effect
  vcpp.vcloud.vcav_service:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    state: restarted
"""

RETURN = r"""
vcav_service:
  description: The service as it is now; in check mode as it was found.
  returned: success
  type: dict
  contains:
    service: {description: Kind of the service., type: str, sample: cloud}
    site: {description: Name of its site. Null before it has one., type: str, sample: A03-Auckland}
    version: {description: Release of the service., type: str, sample: "4.7"}
    booted: {description: When it started. Null before release 4.0., type: str, sample: "2030-01-01T12:00:00Z"}
    reasons: {description: Why it was restarted or would be. Empty if not., type: list, elements: str, sample: []}
"""

from ..module_utils._moments import moment
from ..module_utils._plan import Field, plan
from ..module_utils._resource import Definition, run
from ..module_utils._vcav import health, services, versions
from ..module_utils._vcav.client import connect

REPLICATORS = "A tunnel needs the services of the site's replicators restarted too."


class Service(Definition):
    """A service that runs, has been restarted, or its appliance rebooted."""

    noun = "vcav_service"
    waits = 600

    @staticmethod
    def connect(params):
        """At a service that is starting nobody can log in yet."""
        return connect(params, params["wait_timeout"], params["wait_interval"])

    def spec(self):
        states = {"type": "str", "choices": ["running", "restarted", "rebooted"], "default": "running"}
        reasons = {"type": "list", "elements": "str", "default": []}
        return {"state": states, "only_if_pending": {"type": "bool"}, "reasons": reasons}

    def reasons(self, context, document):
        state, hesitant = context.params["state"], context.params["only_if_pending"]
        if state == "running":
            return []
        found = [*context.params["reasons"], *services.pending(context.api, document)]
        hesitant = state == "restarted" if hesitant is None else hesitant
        return found or ([] if hesitant else ["asked for, whether a change waits or not"])

    def execute(self, context):
        api = context.api
        document = health.read(api, context.wait)
        reasons = self.reasons(context, document)
        step = plan({"reasons": Field("")}, {"reasons": reasons}, {"reasons": []})
        if step.is_change:
            what = services.SERVICES if context.params["state"] == "restarted" else services.APPLIANCE
            services.refuse_token(api, services.WORDS[what])
            for task in services.unfinished(api):
                context.warn(f"The restart at {api.endpoint} cuts off what is under way: {task}.")
            if not context.check_mode:
                services.restart(api, what, **context.wait)
                document = health.read(api, context.wait)
                for left in services.pending(api, document):
                    context.warn(f"After the restart at {api.endpoint} there is still pending: {left} {REPLICATORS}")
        result = {"changed": step.is_change, self.noun: self.describe(api, document, reasons)}
        if step.is_change and context.want_diff:
            result["diff"] = [context.diff_entry(step, self.noun, str(api.site or api.endpoint))]
        return result

    @staticmethod
    def describe(api, document, reasons):
        return {
            "service": str(api.facts["service"]).lower(),
            "site": api.site,
            "version": versions.text(api.version),
            "booted": moment(document.get("serviceBootTimestamp")),
            "reasons": reasons,
        }


def main():
    run(Service())


if __name__ == "__main__":
    main()
