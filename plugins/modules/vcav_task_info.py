#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_task_info
short_description: Read the tasks of a vCloud Availability service
version_added: "0.1.0"
description:
  - Reads what a service is doing and has done, with progress, result and error.
author: The vcpp.vcloud authors (@vcpp)
options:
  id:
    description: Id of one task; the other filters are ignored with it. All tasks that pass the filters when omitted.
    type: str
  state:
    description: Only tasks in this state. All states when omitted.
    type: str
    choices: [queued, running, succeeded, failed]
  resource_types:
    description: Only tasks about these kinds of objects, for example V(pair), V(site) or V(vappReplication). All when omitted.
    type: list
    elements: str
  user:
    description: Only tasks that this user began. All users when omitted.
    type: str
  operation_id:
    description: Only tasks that the request with this operation id began. Those of all requests when omitted.
    type: str
  started_after:
    description: Only tasks that began after this moment, in milliseconds since 1970. From the first on when omitted.
    type: int
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.attributes.info
"""

EXAMPLES = r"""
- name: What has failed
  vcpp.vcloud.vcav_task_info:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    state: failed
  register: tasks

- name: Why
  ansible.builtin.debug:
    msg: "{{ tasks.vcav_task | map(attribute='error.message') | list }}"
"""

RETURN = r"""
vcav_task:
  description: The tasks in the server's order. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Id of the task., type: str, sample: 5f0c9b0e-7d2b-4f1d-9b51-0e8c6a4f2a11}
    type: {description: What is done., type: str, sample: sync}
    resource_type: {description: Kind of the object., type: str, sample: vappReplication}
    resource_id: {description: Id of the object., type: str, sample: C4VAPP-2f5c2d0e}
    resource_name: {description: Name of the object., type: str, sample: web01}
    state: {description: State of the task., type: str, sample: running}
    progress: {description: Progress in percent., type: int, sample: 40}
    user: {description: Who began it., type: str, sample: root}
    site: {description: Where it runs., type: str, sample: A03-Auckland}
    started: {description: "When it began, in UTC.", type: str, sample: "2019-06-20T03:06:40Z"}
    ended: {description: "When it ended, in UTC. Null while it runs.", type: str, sample: "2019-06-20T03:07:02Z"}
    error:
      description: Why it failed. Null unless it did.
      type: dict
      contains:
        code: {description: The product's code., type: str, sample: GeneralServerFailure}
        message: {description: The product's words., type: str, sample: Operation failed.}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vcav import tasks
from ..module_utils._vcav.client import connect


class Tasks(Info):
    """The tasks of a service."""

    noun = "vcav_task"
    connect = staticmethod(connect)

    def spec(self):
        spec = {name: {"type": "str"} for name in ("id", "user", "operation_id")}
        spec["state"] = {"type": "str", "choices": ["queued", "running", "succeeded", "failed"]}
        spec["resource_types"] = {"type": "list", "elements": "str"}
        return {**spec, "started_after": {"type": "int"}}

    def fetch(self, context):
        return tasks.matching(context.api, context.params)


def main():
    run(Tasks())


if __name__ == "__main__":
    main()
