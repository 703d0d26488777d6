#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vro_workflow_run
short_description: Run workflows of vRealize Orchestrator and use what they give back
version_added: "0.1.0"
description:
  - Runs a workflow with plain values, waits for its end, and returns its outputs, its log and why it failed.
  - Values are encoded by the types that the workflow itself declares. A wrong type, a parameter that it does not have, and
    a mandatory one that is missing are refused before anything is started.
  - Runs one workflow many times, some at a time, with O(runs).
  - A run that this task has started is cancelled when the play is interrupted. Where the task runs on another host over
    SSH that host is not told, and the run goes on.
author: The vcpp.vcloud authors (@vcpp)
options:
  parameters:
    description:
      - Values by name, as the workflow's types want them. No parameters when omitted.
      - C(string), C(number), C(boolean), C(SecureString) and the like take a plain value, C(Date) a moment such as
        V(2026-09-11T10:00:00Z), C(Array/...) a list, C(Properties) and C(CompositeType) a mapping, C(MimeAttachment) a
        mapping of C(name), C(mime_type) and C(content) in Base64.
      - "An object of a plug-in is its id (what C(Server.findForType) takes), or a mapping of C(type) and C(id), or of
        C(type) and C(search), which must find exactly one, for example V({type: vCloud:VM, search: {name: test03}})."
    type: dict
  secure_parameters:
    description:
      - Values of parameters that are secrets, whatever their type. They are shown nowhere, and blotted out of logs and
        outputs. Values of type C(SecureString) are treated like that in O(parameters) too, from the moment when the
        server has told the type. None when omitted.
    type: dict
  runs:
    description:
      - Many runs of the workflow, instead of one. A run that fails does not keep others from being made; the task
        fails in the end. One run by O(parameters) when omitted.
    type: list
    elements: dict
    suboptions:
      name:
        description: A name for the result. None when omitted.
        type: str
      parameters:
        description: See O(parameters). None when omitted.
        type: dict
      secure_parameters:
        description: See O(secure_parameters). None when omitted.
        type: dict
      run_once_key:
        description: See O(run_once_key). Run each time when omitted.
        type: str
  parallel:
    description: How many of O(runs) are made at a time. The next begins when one has ended.
    type: int
    default: 10
  fail_fast:
    description: Whether no further one of O(runs) is begun after the first that fails.
    type: bool
    default: false
  run_once_key:
    description:
      - A text that names this run. A run of this key that has completed is not made again. Its outputs are returned from
        the record, and the task has changed nothing. One that still goes on is joined. One that failed or was cancelled
        is made again.
      - Executions carry no key and are purged after a while, so the record is a configuration element, named by the
        workflow's id and the key, in the category C(vcpp.vcloud run once). Remove it to let the run happen again. Secrets
        are not in it, so secret outputs are null later on.
      - The record is written before the start. Where a task was cut off just there, the next one refuses to guess and
        says what to look at. Two tasks that begin the same key at the same moment may both run it.
      - The workflow is run each time when omitted.
    type: str
  wait:
    description: Whether to wait for the end. Without it, M(vcpp.vcloud.vro_execution_info) tells later what became of it.
    type: bool
    default: true
  cancel_on_timeout:
    description: Whether a run that has not ended after O(wait_timeout) is cancelled. Otherwise it goes on.
    type: bool
    default: false
  answers:
    description:
      - What to answer when the workflow asks its user for something, values by field name, in the same form as
        O(parameters). A field that it asks for twice gets the same answer. See O(on_needs_input) when omitted.
    type: dict
  on_needs_input:
    description:
      - What happens when the workflow asks for something that O(answers) do not have. The execution waits in both
        cases, and RV(vro_workflow_run.needs_input) tells the fields. V(fail) fails the task, V(return) does not.
    type: str
    choices: [fail, return]
    default: fail
  logs:
    description:
      - How much of the log is returned. The server writes the last lines up to 1.5 seconds after the end; V(quick) takes
        what is there at the end, V(complete) waits for all. The log of a run that failed is always waited for, but not
        with V(none).
      - Before release 7.4 there are the events of the engine only, not what scripts log.
    type: str
    choices: [none, quick, complete]
    default: quick
extends_documentation_fragment:
  - vcpp.vcloud.vro
  - vcpp.vcloud.vro_run
  - vcpp.vcloud.vro_run.wait
  - vcpp.vcloud.attributes.run
attributes:
  idempotent:
    support: partial
    description: With O(run_once_key) a second run changes nothing.
seealso:
  - module: vcpp.vcloud.vro_execution_info
  - module: vcpp.vcloud.vro_interaction
  - module: vcpp.vcloud.vro_script
"""

EXAMPLES = r"""
- name: A REST host is added
  vcpp.vcloud.vro_workflow_run:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    workflow: Add a REST host
    category: Library/HTTP-REST/Configuration
    parameters:
      name: avamar
      url: https://avamar.vdev.local
      authentication: Basic
      authUserName: backup
    secure_parameters:
      authPassword: "{{ vault_avamar_password }}"
    run_once_key: rest-host-avamar
  register: added

- name: Show what it gave back
  ansible.builtin.debug:
    var: added.vro_workflow_run.outputs.restHost

- name: Several REST hosts are added, two at a time
  vcpp.vcloud.vro_workflow_run:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    workflow: Add a REST host
    category: Library/HTTP-REST/Configuration
    parallel: 2
    runs:
      - name: Christchurch
        parameters: {name: avamar-c00, url: "https://avamar-c00.vdev.local", authentication: NONE}
      - name: Auckland
        parameters: {name: avamar-a03, url: "https://avamar-a03.vdev.local", authentication: NONE}
"""

RETURN = r"""
vro_workflow_run:
  description: The run. In check mode it has no id and no state.
  returned: without O(runs)
  type: dict
  contains:
    id: {description: Id of the execution., type: str, sample: ff8080814a1cb55c014a6481a9927a78}
    workflow: {description: Name of the workflow., type: str, sample: Add a REST host}
    workflow_id: {description: Id of the workflow., type: str, sample: 8F8080808080808080808080808080808080808001299080088268176866967b3}
    state: {description: "One of initializing, running, waiting, waiting-signal, suspended, completed, failed and canceled.", type: str, sample: completed}
    started: {description: When it began., type: str, sample: "2026-04-28T07:24:10.429Z"}
    ended: {description: When it ended; null while it goes on., type: str, sample: "2026-04-28T07:24:12.511Z"}
    duration: {description: How long it took in seconds; null while it goes on., type: float, sample: 2.082}
    started_by: {description: User who started it., type: str, sample: vcoadmin}
    outputs:
      description: What it gave back, plain values by name. Objects are mappings of type, id and display_name. Secrets are null.
      type: dict
      sample: {"restHost": {"type": "REST:RESTHost", "id": "a2f2ba43-2f5a-4f10-9d5b-7a1d2b2c3d4e", "display_name": "avamar"}}
    error:
      description: Why it failed; null where it did not.
      type: dict
      contains:
        message: {description: The server's words., type: str, sample: "ReferenceError: \"hots\" is not defined."}
        item: {description: Item of the workflow that failed., type: str, sample: Scriptable task}
        line: {description: Line of the item's script., type: int, sample: 12}
    log:
      description: Lines of the log, oldest first.
      type: list
      elements: dict
      contains:
        time: {description: When it was written., type: str, sample: "2026-04-28T07:24:11.052Z"}
        severity: {description: "One of debug, info, warning and error.", type: str, sample: info}
        origin: {description: "C(system) for what a script logged, C(server) for an event of the engine.", type: str, sample: system}
        text: {description: The line., type: str, sample: Adding the host}
    needs_input:
      description: What a waiting run asks for that there is no answer to; null where nothing is asked.
      type: list
      elements: dict
      contains:
        name: {description: Name of the field., type: str, sample: approved}
        type: {description: Its type., type: str, sample: boolean}
        label: {description: What the form calls it., type: str, sample: Approve the deletion}
        mandatory: {description: Whether it must be answered., type: bool, sample: true}
        choices: {description: Values that the form offers; null where it offers none., type: list, elements: raw, sample: [true, false]}
    remembered: {description: "Whether an earlier task has made the run, by O(run_once_key).", type: bool, sample: false}
runs:
  description: "The runs in the order of O(runs): what RV(vro_workflow_run) has, and these."
  returned: with O(runs)
  type: list
  elements: dict
  contains:
    name: {description: The name that was given., type: str, sample: Auckland}
    id: {description: Id of the execution., type: str, sample: ff8080814a1cb55c014a6481a9927a78}
    state: {description: Its state., type: str, sample: completed}
    outputs: {description: What it gave back., type: dict, sample: {}}
    changed: {description: Whether it was run., type: bool, sample: true}
    problem: {description: What went wrong or why it was not begun; null where all is well., type: str, sample: null}
summary:
  description: How many of O(runs) were run, had been run already, failed, and were not begun.
  returned: with O(runs)
  type: dict
  contains:
    changed: {description: Runs that were made., type: int, sample: 2}
    already: {description: "Runs that an earlier task has made, by O(run_once_key).", type: int, sample: 0}
    failed: {description: Runs that failed., type: int, sample: 0}
    not_begun: {description: "Runs that were not begun, because of O(fail_fast).", type: int, sample: 0}
"""

from ..module_utils._interrupts import watching
from ..module_utils._resource import Definition, Failure, run
from ..module_utils._vro import logs, runnable, workflow_runs
from ..module_utils._vro.client import connect

VALUES = {
    "parameters": {"type": "dict"},
    "secure_parameters": {"type": "dict", "no_log": True},
    "run_once_key": {"type": "str", "no_log": False},
}


class WorkflowRun(Definition):
    """One run of a workflow, or many."""

    noun, product = "vro_workflow_run", "vro"
    waits = 300
    connect = staticmethod(connect)

    def spec(self):
        return {
            **runnable.SPEC,
            **VALUES,
            "runs": {"type": "list", "elements": "dict", "options": {"name": {"type": "str"}, **VALUES}},
            "parallel": {"type": "int", "default": 10},
            "fail_fast": {"type": "bool", "default": False},
            "wait": {"type": "bool", "default": True},
            "cancel_on_timeout": {"type": "bool", "default": False},
            "answers": {"type": "dict"},
            "on_needs_input": {"type": "str", "choices": [workflow_runs.FAIL, workflow_runs.RETURN], "default": "fail"},
            "logs": {"type": "str", "choices": list(logs.CHOICES), "default": logs.QUICK},
        }

    def validate(self, params):
        self.work = workflow_runs.Work(params)
        self.work.check()

    def execute(self, context):
        try:
            self.work.find(context.api)
        except runnable.NoSuchWorkflow as problem:
            context.missing(str(problem))
            self.work.unknown()
            return self.told(context)
        context.hide(self.work.secrets())
        self.work.prepare()
        for text in self.work.warnings():
            context.warn(text)
        if context.check_mode:
            self.work.predict()
        else:
            with watching() as watch:
                self.work.carry_out(watch)
        if self.work.failure():
            raise Failure(self.work.failure(), **self.told(context))
        return self.told(context)

    def told(self, context):
        result, steps = self.work.result(self.noun), list(self.work.steps())
        if context.want_diff and steps:
            result["diff"] = [context.diff_entry(step, self.noun, name) for name, step in steps]
        return result


def main():
    run(WorkflowRun())


if __name__ == "__main__":
    main()
