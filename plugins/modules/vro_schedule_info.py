#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vro_schedule_info
short_description: Read the scheduled workflows of vRealize Orchestrator
version_added: "0.1.0"
description:
  - Reads the scheduled tasks that the user may see, with one request for each.
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description: Name of the tasks to read. Upper and lower case differ. Left out, all are read.
    type: str
  workflow_id:
    description: Id of the workflow whose tasks are wanted. Left out, those of all workflows are read.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.vro
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vro_schedule
"""

EXAMPLES = r"""
- name: What is scheduled
  vcpp.vcloud.vro_schedule_info:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
  register: schedules

- name: When
  ansible.builtin.debug:
    msg: "{{ schedules.vro_schedule | items2dict(key_name='name', value_name='times') }}"
"""

RETURN = r"""
vro_schedule:
  description: The tasks by name. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Its name., type: str, sample: Trust Avamar}
    workflow_id: {description: Id of its workflow., type: str, sample: 6e04a460-4a45-4e16-9603-db2922c24462}
    description: {description: Its description., type: str, sample: ""}
    recurrence: {description: How often it runs., type: str, sample: every_week}
    times: {description: When it runs., type: list, elements: str, sample: ["Monday 02:30:00"]}
    time_zone: {description: "Zone of the times, null where the server tells none.", type: str, sample: UTC}
    start: {description: "When it begins, in UTC.", type: str, sample: "2026-12-24T00:00:00.000Z"}
    end: {description: "When it ends, in UTC, null for never.", type: str, sample: "2027-12-24T00:00:00.000Z"}
    start_mode: {description: Whether runs in the past are made up for., type: str, sample: normal}
    suspended: {description: Whether it does not run for the time being., type: bool, sample: false}
    parameters:
      description: "What the workflow is given, without secrets."
      type: dict
      sample: {url: "https://avamar.example.com:8543"}
details:
  description: What the server knows beside, one entry for each of RV(vro_schedule), in the same order.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Id of the task., type: str, sample: 8a7480a6-5c1e-4b0f-9d36-2f1f6f7d9f10}
    workflow: {description: Name of its workflow., type: str, sample: Import a certificate from URL}
    state: {description: "Its state, as the server writes it.", type: str, sample: pending}
    user: {description: Who made it., type: str, sample: administrator@vsphere.local}
    running: {description: Whether its workflow runs now., type: bool, sample: false}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vro import schedules
from ..module_utils._vro.client import connect


class Schedules(Info):
    """Scheduled tasks."""

    noun, product = "vro_schedule", "vro"
    connect = staticmethod(connect)

    def spec(self):
        return {name: {"type": "str"} for name in ("name", "workflow_id")}

    def fetch(self, context):
        self._found = schedules.listed(context.api, context.params["name"], context.params["workflow_id"])
        return [schedules.read(each) for each in self._found]

    def more(self, context):
        return {"details": [schedules.details(each) for each in self._found]}


def main():
    run(Schedules())


if __name__ == "__main__":
    main()
