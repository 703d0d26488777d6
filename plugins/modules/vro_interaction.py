#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vro_interaction
short_description: Answer what a workflow of vRealize Orchestrator asks its user
version_added: "0.1.0"
description:
  - Answers the user interaction that an execution waits for, with values of the types that its form has.
  - An execution that does not wait has been answered already, as far as the API can tell, and nothing is done. Who
    answered, and what, it does not tell.
  - M(vcpp.vcloud.vro_workflow_run) answers what its own run asks for by its option C(answers).
author: The vcpp.vcloud authors (@vcpp)
options:
  execution_id:
    description: Id of the execution that waits. The one of O(id) when omitted.
    type: str
  workflow_id:
    description: Id of the workflow of O(execution_id), which saves a look-up. It is looked up when omitted.
    type: str
  id:
    description: Id of the interaction. That of O(execution_id) when omitted.
    type: str
  answers:
    description: Values by field name, in the form of the parameters of M(vcpp.vcloud.vro_workflow_run). None when omitted.
    type: dict
  secure_answers:
    description: The same for secrets; they are shown nowhere. None when omitted.
    type: dict
extends_documentation_fragment:
  - vcpp.vcloud.vro
  - vcpp.vcloud.attributes
attributes:
  diff_mode:
    support: full
    description: Shows the answers, but for secrets.
  idempotent:
    support: partial
    description: An execution that does not wait any more is left alone. One that asks again is answered again.
seealso:
  - module: vcpp.vcloud.vro_interaction_info
  - module: vcpp.vcloud.vro_workflow_run
"""

EXAMPLES = r"""
- name: Who waits for an answer
  vcpp.vcloud.vro_interaction_info:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
  register: waiting

- name: All of them are approved
  vcpp.vcloud.vro_interaction:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    execution_id: "{{ item.execution_id }}"
    workflow_id: "{{ item.workflow_id }}"
    answers:
      approved: true
  loop: "{{ waiting.vro_interaction }}"
"""

RETURN = r"""
vro_interaction:
  description: The execution that was answered.
  returned: success
  type: dict
  contains:
    execution_id: {description: Id of the execution., type: str, sample: ff8080814a1cb55c014a6481a9927a78}
    workflow_id: {description: Id of the workflow., type: str, sample: 6e04a460-4a45-4e16-9603-db2922c24462}
    workflow: {description: Name of the workflow., type: str, sample: Remove a tenant}
    state: {description: "State of the execution before an answer, which goes on by it.", type: str, sample: waiting}
    fields: {description: "What it asked for, as RV(vcpp.vcloud.vro_interaction_info#module:vro_interaction[].fields).", type: list, elements: dict, sample: []}
"""

from ..module_utils._resource import Definition, InputError, run
from ..module_utils._vro import interactions, objects, runnable
from ..module_utils._vro.client import connect


class Interaction(Definition):
    """The answer to one interaction."""

    noun, product = "vro_interaction", "vro"
    connect = staticmethod(connect)

    def spec(self):
        texts = {name: {"type": "str"} for name in ("execution_id", "workflow_id", "id")}
        return {**texts, "answers": {"type": "dict"}, "secure_answers": {"type": "dict", "no_log": True}}

    def rules(self):
        return {"mutually_exclusive": [("id", "execution_id")], "required_one_of": [("id", "execution_id")]}

    def validate(self, params):
        self.answers = {**(params["answers"] or {}), **(params["secure_answers"] or {})}
        if params["workflow_id"] and not params["execution_id"]:
            raise InputError("workflow_id is set without execution_id: the id of the interaction is enough")

    def execute(self, context):
        found = interactions.find(context.api, context.params)
        if found is None:
            name = "id" if context.params["id"] else "execution_id"
            what = "interaction" if name == "id" else "execution"
            context.missing(f"{name} is {context.params[name]!r}: there is no such {what}")
            return self.told(context, True, {}, self.answers)
        context.hide(interactions.secrets(found.fields, self.answers))
        changed = found.waits
        if changed:
            parameters = interactions.encoded(found.fields, self.answers, objects.resolver(context.api))
            if not context.check_mode:
                changed = interactions.answer(context.api, found.run, parameters)
        return self.told(context, changed, found.told(), found.open_answers(self.answers))

    def told(self, context, changed, row, answers):
        secret = context.params["secure_answers"] or {}
        step = runnable.begun({name: each for name, each in answers.items() if name not in secret})
        name = str(context.params["execution_id"] or context.params["id"])
        diff = {"diff": [context.diff_entry(step, self.noun, name)]} if context.want_diff and changed else {}
        return {"changed": changed, self.noun: row, **diff}


def main():
    run(Interaction())


if __name__ == "__main__":
    main()
