#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vro_script
short_description: Run a piece of JavaScript in vRealize Orchestrator
version_added: "0.1.0"
description:
  - Runs a script with typed inputs at the server, and returns what it returns and what it logs. What goes wrong is told
    with the line of the script.
  - The API evaluates no scripts. On every release a workflow of one scriptable task is imported into the category
    C(vcpp.vcloud temporary), run, and removed, also when the script fails, when the time is over and when the play is
    interrupted. Where a process is killed so hard that it cannot clean up, a later script removes what it left, an hour
    after its time was over. The category itself stays. The user has to have the right to import workflows.
  - The server's engine is Rhino, which knows ECMAScript 5. C(let), arrow functions and the like are newer.
author: The vcpp.vcloud authors (@vcpp)
options:
  script:
    description:
      - The script. It is the body of a function, so C(return) gives the result. O(script_file) is run when omitted.
    type: str
  script_file:
    description: File with the script, on the host that runs the task. O(script) is run when omitted.
    type: path
  inputs:
    description:
      - Variables of the script, by name. The type is that of the YAML value. A text is a C(string), a list an C(Array), a
        mapping C(Properties), whose values a script gets with C(get).
      - "With V({type: Date, value: 2026-09-11T10:00:00Z}) the type is said. A value of type C(SecureString) is shown
        nowhere."
      - "With C(type) and C(id), or C(type) and C(search), the variable is a live object, for example
        V({type: vCloud:VM, search: {name: test03}}). The search must find exactly one."
      - No variables when omitted.
    type: dict
  output_type:
    description:
      - Type of the result, for example V(string), V(Array/number) or V(VC:VirtualMachine), where it has to be kept.
      - When omitted, whatever the script returns is made plain. Texts, numbers, lists, mappings and C(Properties) as they
        are, a C(Date) a text, an object of a plug-in a mapping of C(type) and C(id), all else its text.
    type: str
  logs:
    description:
      - Which log is returned. V(quick) is what the script itself has logged, V(complete) what the server has written, with
        the lines of actions that the script has called, which takes up to 1.5 seconds more. Before release 7.4 there is
        no other than V(quick).
    type: str
    choices: [quick, complete]
    default: quick
extends_documentation_fragment:
  - vcpp.vcloud.vro
  - vcpp.vcloud.vro_run.wait
  - vcpp.vcloud.attributes.run
seealso:
  - module: vcpp.vcloud.vro_action_run
  - module: vcpp.vcloud.vro_object_info
"""

EXAMPLES = r"""
- name: What the server knows of a VM of Tyrell
  vcpp.vcloud.vro_script:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    inputs:
      count: 3
      greeting: Kia ora
    script: |
      for (var i = 0; i < count; i++) {
        System.log(greeting + " " + i);
      }
      return {said: count, at: new Date()};
  register: greeted

- name: Show result and log
  ansible.builtin.debug:
    msg: "{{ greeted.vro_script.result.said }}: {{ greeted.vro_script.log | map(attribute='text') | join(', ') }}"
"""

RETURN = r"""
vro_script:
  description: "The run. In check mode nothing of it is known: the log is empty, all else is null."
  returned: always
  type: dict
  contains:
    result: {description: "What the script returned, as plain YAML. Null in check mode.", type: raw, sample: {"said": 3}}
    log:
      description: Lines that it logged, oldest first.
      type: list
      elements: dict
      contains:
        time: {description: When it was written., type: str, sample: "2026-04-28T07:24:11.052Z"}
        severity: {description: "One of debug, info, warning and error.", type: str, sample: info}
        origin: {description: "C(system) for System.log and its like, C(server) for Server.log.", type: str, sample: system}
        text: {description: The line., type: str, sample: Kia ora 0}
    error:
      description: Why it failed; null where it did not.
      type: dict
      contains:
        message: {description: The engine's words., type: str, sample: "ReferenceError: \"vmm\" is not defined."}
        line: {description: "Line of the script; null where the server does not tell.", type: int, sample: 2}
        code: {description: That line., type: str, sample: "return vmm.name;"}
    execution_id: {description: Id of the execution., type: str, sample: ff8080814a1cb55c014a6481a9927a78}
    duration: {description: How long it took in seconds., type: float, sample: 0.213}
"""

from ..module_utils import _files
from ..module_utils._interrupts import watching
from ..module_utils._resource import Definition, Failure, InputError, run
from ..module_utils._vro import objects, script_text, scripts
from ..module_utils._vro.client import connect


class RunScript(Definition):
    """A script, run once."""

    noun, product = "vro_script", "vro"
    waits = 300
    connect = staticmethod(connect)

    def spec(self):
        return {
            "script": {"type": "str"},
            "script_file": {"type": "path"},
            "inputs": {"type": "dict"},
            "output_type": {"type": "str"},
            "logs": {"type": "str", "choices": ["quick", "complete"], "default": "quick"},
        }

    def rules(self):
        return {"mutually_exclusive": [("script", "script_file")], "required_one_of": [("script", "script_file")]}

    def secrets(self, params):
        return script_text.secrets(params["inputs"])

    def validate(self, params):
        text = params["script"]
        if text is None:
            content = _files.read("script_file", params["script_file"], "Name a file with JavaScript.")
            text = content.decode("utf-8-sig", "replace")
        if not text.strip():
            raise InputError(
                f"{'script' if params['script'] is not None else 'script_file'} is empty: there is no script"
            )
        if params["output_type"]:
            script_text.check_type("output_type", params["output_type"])
        self.script = scripts.Script(text, script_text.typed(params["inputs"] or {}), params["output_type"])

    def execute(self, context):
        parameters = script_text.parameters(self.script.inputs, objects.resolver(context.api))
        if context.check_mode:
            return self.told(context, scripts.empty())
        waits = {**context.wait, "complete": context.params["logs"] == "complete"}
        try:
            with watching() as watch:
                row = scripts.run(context.api, self.script, parameters, watch, **waits)
        except scripts.ScriptProblem as problem:
            raise Failure(str(problem), **self.told(context, problem.row)) from problem
        return self.told(context, row)

    def told(self, context, row):
        entry = context.diff_entry(script_text.step(self.script.text, self.script.inputs), self.noun, "script")
        return {"changed": True, self.noun: row, **({"diff": [entry]} if context.want_diff else {})}


def main():
    run(RunScript())


if __name__ == "__main__":
    main()
