#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vro_action_run
short_description: Run an action of vRealize Orchestrator and use what it returns
version_added: "0.1.0"
description:
  - Calls an action with plain values, which are encoded by the types that it declares, and returns its value as plain YAML.
  - A wrong type, and a parameter that it does not have, are refused before anything is run.
  - An action that throws fails the task, with the line of its script. The server itself answers success then.
  - Before release 8 no address of the API runs actions. There a temporary workflow calls it, as M(vcpp.vcloud.vro_script)
    does it, and is removed in any case.
author: The vcpp.vcloud authors (@vcpp)
options:
  module:
    description: Module of the action, for example V(com.vmware.library.vc.vm).
    type: str
    required: true
  name:
    description: Name of the action.
    type: str
    required: true
  parameters:
    description:
      - Values by name, in the form that O(vcpp.vcloud.vro_workflow_run#module:parameters) takes. What is left out is
        null for the action. No parameters when omitted.
    type: dict
  secure_parameters:
    description:
      - Values of parameters that are secrets, whatever their type. They are shown nowhere, and blotted out of results
        and messages. None when omitted.
    type: dict
  asynchronous:
    description:
      - Whether the server is asked to run it by itself, and then asked again until it has ended, for an action that
        takes longer than O(timeout). Release 8 and newer.
    type: bool
    default: false
  wait:
    description: Whether to wait for the end. Otherwise it goes on at the server. Always before release 8.
    type: bool
    default: true
extends_documentation_fragment:
  - vcpp.vcloud.vro
  - vcpp.vcloud.vro_run.wait
  - vcpp.vcloud.attributes.run
seealso:
  - module: vcpp.vcloud.vro_action
  - module: vcpp.vcloud.vro_script
"""

EXAMPLES = r"""
- name: An action that greets
  vcpp.vcloud.vro_action:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    module: com.kiwi.greetings
    name: greet
    script: return "Kia ora " + name;
    inputs:
      - {name: name, type: string}
    output_type: string

- name: It is run
  vcpp.vcloud.vro_action_run:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    module: com.kiwi.greetings
    name: greet
    parameters:
      name: Tyrell
  register: greeting

- name: Show what it returned
  ansible.builtin.debug:
    var: greeting.vro_action_run.result
"""

RETURN = r"""
vro_action_run:
  description: The run. In check mode it has no result and no state.
  returned: always
  type: dict
  contains:
    action: {description: Module and name of the action., type: str, sample: com.vmware.library.vc.vm/getAllVMs}
    type: {description: Type of its value., type: str, sample: string}
    result:
      description: What it returned, as plain YAML. Objects are mappings of type, id and display_name. Secrets are null.
      type: raw
      sample: Tyrell
    state: {description: "completed, failed, or what it is doing.", type: str, sample: completed}
    error:
      description: Why it failed; null where it did not.
      type: dict
      contains:
        message: {description: The server's words., type: str, sample: "TypeError: Cannot read property \"name\" from null"}
        line: {description: Line of the action's script., type: int, sample: 3}
        code: {description: That line., type: str, sample: "return vm.name;"}
    log:
      description: What it logged, in the form of RV(vcpp.vcloud.vro_script#module:vro_script.log). Before release 8 only.
      type: list
      elements: dict
      sample: []
    execution_id: {description: Id of the run., type: str, sample: ff8080814a1cb55c014a6481a9927a78}
"""

from ..module_utils._interrupts import watching
from ..module_utils._resource import Definition, Failure, run
from ..module_utils._vro import action_runs, objects
from ..module_utils._vro.client import connect


class ActionRun(Definition):
    """One run of an action."""

    noun, product = "vro_action_run", "vro"
    waits = 300
    connect = staticmethod(connect)

    def spec(self):
        return {
            "module": {"type": "str", "required": True},
            "name": {"type": "str", "required": True},
            "parameters": {"type": "dict"},
            "secure_parameters": {"type": "dict", "no_log": True},
            "asynchronous": {"type": "bool", "default": False},
            "wait": {"type": "bool", "default": True},
        }

    def validate(self, params):
        action_runs.check(params)
        self.given = {**(params["parameters"] or {}), **(params["secure_parameters"] or {})}

    def execute(self, context):
        params = context.params
        try:
            action = action_runs.find(context.api, params["module"], params["name"])
        except action_runs.NoSuchAction as problem:
            context.missing(str(problem))
            action = action_runs.unknown(params["module"], params["name"])
            return self.told(context, action, action_runs.empty(action))
        context.hide(action.secrets(self.given))
        parameters = action.encoded(self.given, objects.resolver(context.api))
        if context.check_mode:
            return self.told(context, action, action_runs.empty(action))
        try:
            with watching() as watch:
                row = action_runs.run(context.api, action, parameters, watch, params)
        except action_runs.ActionProblem as problem:
            raise Failure(str(problem), **self.told(context, action, problem.row)) from problem
        return self.told(context, action, row)

    def told(self, context, action, row):
        entry = context.diff_entry(action_runs.step(action, context.params), self.noun, action.fqn)
        return {"changed": True, self.noun: row, **({"diff": [entry]} if context.want_diff else {})}


def main():
    run(ActionRun())


if __name__ == "__main__":
    main()
