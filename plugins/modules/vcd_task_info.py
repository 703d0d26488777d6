#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcd_task_info
short_description: Read the tasks of vCloud Director
version_added: "0.1.0"
description:
  - Reads what a vCloud Director is doing and has done, with progress and error, the newest first, all pages.
  - A System administrator reads the tasks of all organizations, a user of a tenant those of the own one.
author: The vcpp.vcloud authors (@vcpp)
options:
  id:
    description:
      - Id of one task, its URN or UUID. The other filters are ignored with it.
      - All tasks that pass the filters when omitted.
    type: str
  name:
    description:
      - Name of the operation, for example C(orgDelete). V(*) in it stands for any text.
      - All operations when omitted.
    type: str
  object:
    description:
      - Name of the object that is worked on, as it is written. V(*) in it stands for any text.
      - All objects when omitted.
    type: str
  status:
    description: Only tasks in one of these states. All states when omitted.
    type: list
    elements: str
    choices: [queued, pre_running, running, success, error, canceled, aborted]
  since:
    description:
      - Only tasks that began at this moment or later, in UTC, for example V(2026-03-01T22:00:00Z).
      - From the first one that the server keeps when omitted.
    type: str
  with_error:
    description:
      - Whether the error of each task that failed is read, which costs a request for each of them, eight at a time.
        With V(false), RV(vcd_task[].error) is null unless O(id) is given.
      - Left out, errors are read.
    type: bool
    default: true
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.places
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcd_org
  - module: vcpp.vcloud.vcd_query
  - module: vcpp.vcloud.vcav_task_info
"""

EXAMPLES = r"""
- name: What has failed since last night
  vcpp.vcloud.vcd_task_info:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    status: [error, canceled, aborted]
    since: "2026-03-01T22:00:00Z"
  register: failed

- name: Why
  ansible.builtin.debug:
    msg: "{{ failed.vcd_task | map(attribute='error.message', default='no reason given') | list }}"

- name: What runs for an organization
  vcpp.vcloud.vcd_task_info:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    org: Tyrell
    status: [queued, pre_running, running]
"""

RETURN = r"""
vcd_task:
  description: The tasks, the newest first. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: URN of the task., type: str, sample: "urn:vcloud:task:7d1c9b0e-7d2b-4f1d-9b51-0e8c6a4f2a11"}
    name: {description: Name of the operation., type: str, sample: orgDelete}
    operation:
      description: What is done, in words. Null where the task itself was not read (see O(with_error)).
      type: str
      sample: Deleting Organization Wallace
    status: {description: State of the task., type: str, sample: running}
    progress: {description: Progress in percent. Null where the server does not tell., type: int, sample: 40}
    org: {description: Organization whose user began it., type: str, sample: System}
    user: {description: User who began it., type: str, sample: administrator}
    object_name: {description: Name of the object that is worked on., type: str, sample: Wallace}
    object_type: {description: Kind of the object., type: str, sample: org}
    object_id: {description: URN or UUID of the object., type: str, sample: "urn:vcloud:org:c196c6f0-5c31-4929-a626-b29b2c9ff5ab"}
    started: {description: "When it began, in UTC.", type: str, sample: "2026-03-01T22:00:00Z"}
    ended: {description: "When it ended, in UTC. Null while it runs.", type: str, sample: "2026-03-01T22:00:07Z"}
    error:
      description: Why it failed. Null unless it did, and see O(with_error).
      type: dict
      contains:
        code: {description: The product's code. Null where it gives none., type: str, sample: INTERNAL_SERVER_ERROR}
        message: {description: The product's words., type: str, sample: The operation failed because of an internal error.}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vcd import task_lists
from ..module_utils._vcd.client import connect
from ..module_utils._vcd.records import check_chosen

TEXTS = ("id", "org", "name", "object", "since")


class Tasks(Info):
    """The tasks of one vCloud Director."""

    noun, product = "vcd_task", "vcd"
    connect = staticmethod(connect)

    def spec(self):
        spec = {name: {"type": "str"} for name in TEXTS}
        spec["status"] = {"type": "list", "elements": "str", "choices": list(task_lists.STATUSES)}
        return {**spec, "with_error": {"type": "bool", "default": True}}

    def validate(self, params):
        check_chosen(params, *TEXTS)
        task_lists.check(params)

    def fetch(self, context):
        return task_lists.matching(context.api, context.params)


def main():
    run(Tasks())


if __name__ == "__main__":
    main()
