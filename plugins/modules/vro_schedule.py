#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vro_schedule
short_description: Schedule workflows of vRealize Orchestrator
version_added: "0.1.0"
description:
  - Makes, changes and removes scheduled tasks, which run a workflow once or again and again.
  - A task is found by its name and its workflow. Its parameters are encoded by the types that the workflow declares.
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description: Name of the task. Upper and lower case differ.
    type: str
    required: true
  description:
    description: Description of the task. Left as it is when omitted; empty for a new task.
    type: str
  recurrence:
    description:
      - How often it runs. Left as it is when omitted; V(once) for a new task, at O(start).
    type: str
    choices: [once, every_minute, every_hour, every_day, every_week, every_month]
  times:
    description:
      - When it runs, with any O(recurrence) but V(once). Their order means nothing.
      - With V(every_day) times such as V(02:30:00), with V(every_week) V(Monday 02:30:00), with V(every_month)
        V(01 02:30:00) for the first day, with V(every_hour) V(15:00) for a quarter past, with V(every_minute) V(30) for
        half past.
      - Left as they are when omitted with O(recurrence).
    type: list
    elements: str
  time_zone:
    description:
      - Zone of O(times), for example V(Pacific/Auckland). Release 8.0 and newer; before, it is the server's own.
      - Left as it is when omitted; V(UTC) for a new task.
    type: str
  start:
    description:
      - When it begins, as V(2026-12-24T02:30:00Z) or with another offset. Left as it is when omitted; at once for a new
        task.
    type: str
  end:
    description: When it ends, written like O(start); empty for never. Left as it is when omitted; never for a new task.
    type: str
  start_mode:
    description:
      - Whether runs between a O(start) in the past and now are made up for. Left as it is when omitted; V(normal) for a
        new task.
    type: str
    choices: [normal, start_in_the_past]
  suspended:
    description: Whether it does not run for the time being. Left as it is when omitted; V(false) for a new task.
    type: bool
  parameters:
    description:
      - What the workflow is given, by the names of its inputs, as for O(vcpp.vcloud.vro_workflow_run#module:parameters).
        Null takes a value away. Those that are not named stay as they are.
      - Left as they are when omitted; none for a new task.
    type: dict
  secure_parameters:
    description:
      - The same for secrets, which no output shows. They cannot be read, so they are not compared, and written when the
        task is made or another change is.
      - None when omitted; then a task that has a value for one cannot be changed, because that would lose it.
    type: dict
extends_documentation_fragment:
  - vcpp.vcloud.vro
  - vcpp.vcloud.vro_run
  - vcpp.vcloud.state
  - vcpp.vcloud.attributes
notes:
  - To give a task another workflow, remove it and make it again.
seealso:
  - module: vcpp.vcloud.vro_schedule_info
  - module: vcpp.vcloud.vro_workflow_run
"""

EXAMPLES = r"""
- name: The certificate of the backup server is imported anew each Monday
  vcpp.vcloud.vro_schedule:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    name: Trust Avamar
    workflow: Import a certificate from URL
    category: Library/Configuration/SSL Trust Manager
    recurrence: every_week
    times: [Monday 02:30:00]
    start: "2026-12-24T00:00:00Z"
    parameters:
      url: https://avamar.example.com:8543

- name: Not any more
  vcpp.vcloud.vro_schedule:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    name: Trust Avamar
    workflow: Import a certificate from URL
    category: Library/Configuration/SSL Trust Manager
    state: absent
"""

RETURN = r"""
vro_schedule:
  description: The task as it is now, or would be in check mode. Empty when it is absent.
  returned: success
  type: dict
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
"""

from ..module_utils._resource import Resource, run
from ..module_utils._vro import recurrence, runnable, schedules
from ..module_utils._vro.client import connect


class Schedule(Resource):
    """A scheduled task, found by name and workflow."""

    noun, product = "vro_schedule", "vro"
    fields = schedules.FIELDS
    connect = staticmethod(connect)

    def spec(self):
        return {
            **runnable.SPEC,
            "name": {"type": "str", "required": True},
            **{name: {"type": "str"} for name in ("description", "time_zone", "start", "end")},
            "recurrence": {"type": "str", "choices": list(recurrence.CYCLES)},
            "times": {"type": "list", "elements": "str"},
            "start_mode": {"type": "str", "choices": list(schedules.START_MODES)},
            "suspended": {"type": "bool"},
            "parameters": {"type": "dict"},
            "secure_parameters": {"type": "dict", "no_log": True},
        }

    def validate(self, params):
        schedules.check(params)
        self.work = schedules.Work(params)

    def find(self, context):
        return self.work.find(context.api, context.missing, context.hide)

    def read(self, context, wire):
        return schedules.read(wire)

    def wanted(self, context):
        return self.work.wanted(context.api)

    def create(self, context, values):
        self.work.create(context.api, values)

    def update(self, context, wire, values):
        self.work.update(context.api, values)

    def delete(self, context, wire):
        schedules.remove(context.api, wire)


def main():
    run(Schedule())


if __name__ == "__main__":
    main()
