#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vro_execution_info
short_description: Read what workflows of vRealize Orchestrator did
version_added: "0.1.0"
description:
  - Reads executions of a workflow or of all workflows, most recent first, with their outputs and logs if that is asked for.
  - Servers remove old executions by themselves.
author: The vcpp.vcloud authors (@vcpp)
options:
  id:
    description: Id of one execution. All that the other options choose when omitted.
    type: str
  states:
    description: Only executions in these states. In any when omitted.
    type: list
    elements: str
    choices: [initializing, running, waiting, waiting-signal, suspended, completed, failed, canceled]
  since:
    description: Only executions that began at this moment in UTC or later, as V(2026-03-01T22:00:00Z). Any when omitted.
    type: str
  started_by:
    description: Only executions of this user, as the server writes him; case does not matter. Of anybody when omitted.
    type: str
  limit:
    description: At most this many, the most recent ones.
    type: int
    default: 20
  details:
    description: Whether parameters, outputs, errors and what a waiting one asks for are read, one request each.
    type: bool
    default: false
  logs:
    description:
      - Whether logs are read, one request each, with the details. Before release 7.4 they are the events of the engine
        only.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vro
  - vcpp.vcloud.vro_run
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vro_workflow_run
"""

EXAMPLES = r"""
- name: What has failed since the first of March
  vcpp.vcloud.vro_execution_info:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    states: [failed]
    since: "2026-03-01T00:00:00Z"
    logs: true
  register: failed

- name: Show why
  ansible.builtin.debug:
    msg: "{{ item.workflow }}: {{ item.error.message }}"
  loop: "{{ failed.vro_execution_info }}"
"""

RETURN = r"""
vro_execution_info:
  description: The executions, most recent first.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Id of the execution., type: str, sample: ff8080814a1cb55c014a6481a9927a78}
    workflow: {description: Name of the workflow., type: str, sample: Add a REST host}
    workflow_id:
      description: "Id of the workflow; null where the list does not tell it."
      type: str
      sample: 8F8080808080808080808080808080808080808001299080088268176866967b3
    state: {description: "One of initializing, running, waiting, waiting-signal, suspended, completed, failed and canceled.", type: str, sample: completed}
    started: {description: When it began., type: str, sample: "2026-04-28T07:24:10.429Z"}
    ended: {description: When it ended; null while it goes on., type: str, sample: "2026-04-28T07:24:12.511Z"}
    duration: {description: How long it took in seconds; null while it goes on., type: float, sample: 2.082}
    started_by: {description: User who started it., type: str, sample: vcoadmin}
    parameters:
      description: What it was given, plain values by name. Secrets are null.
      type: dict
      returned: with O(details) or O(logs)
      sample: {"name": "avamar"}
    outputs:
      description: What it gave back, in the same form.
      type: dict
      returned: with O(details) or O(logs)
      sample: {}
    error:
      description: Why it failed; null where it did not.
      type: dict
      returned: with O(details) or O(logs)
      contains:
        message: {description: The server's words., type: str, sample: "ReferenceError: \"hots\" is not defined."}
        item: {description: Item of the workflow that failed., type: str, sample: Scriptable task}
        line: {description: Line of the item's script., type: int, sample: 12}
    needs_input:
      description: "What a waiting one asks for, as RV(vcpp.vcloud.vro_workflow_run#module:vro_workflow_run.needs_input); else null."
      type: list
      elements: dict
      returned: with O(details) or O(logs)
      sample: []
    log:
      description: "Its log, as RV(vcpp.vcloud.vro_workflow_run#module:vro_workflow_run.log)."
      type: list
      elements: dict
      returned: with O(logs)
      sample: []
"""

from ..module_utils._resource import Info, run
from ..module_utils._vro import execution_lists, executions, runnable
from ..module_utils._vro.client import connect


class ExecutionInfo(Info):
    """Executions of workflows."""

    noun, product = "vro_execution_info", "vro"
    connect = staticmethod(connect)

    def spec(self):
        return {
            **runnable.SPEC,
            "id": {"type": "str"},
            "states": {"type": "list", "elements": "str", "choices": list(executions.STATES)},
            "since": {"type": "str"},
            "started_by": {"type": "str"},
            "limit": {"type": "int", "default": 20},
            "details": {"type": "bool", "default": False},
            "logs": {"type": "bool", "default": False},
        }

    def validate(self, params):
        execution_lists.check(params)

    def fetch(self, context):
        api, params = context.api, context.params
        named = params["workflow"] or params["workflow_id"]
        found = execution_lists.find(api, runnable.find(api, params) if named else None, params)
        if not (params["details"] or params["logs"]):
            return found
        return execution_lists.detailed(api, found, with_log=params["logs"])


def main():
    run(ExecutionInfo())


if __name__ == "__main__":
    main()
