#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vro_interaction_info
short_description: Read what workflows of vRealize Orchestrator ask their users
version_added: "0.1.0"
description:
  - Lists the user interactions that wait for an answer, with the fields that they ask for.
author: The vcpp.vcloud authors (@vcpp)
options:
  execution_id:
    description: Only the interaction of this execution. All when omitted.
    type: str
  workflow_id:
    description: Only interactions of executions of this workflow. Of any when omitted.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.vro
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vro_interaction
"""

EXAMPLES = r"""
- name: Who waits for an answer
  vcpp.vcloud.vro_interaction_info:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
  register: waiting

- name: Show what is asked
  ansible.builtin.debug:
    msg: "{{ item.name }}: {{ item.fields | map(attribute='name') | join(', ') }}"
  loop: "{{ waiting.vro_interaction }}"
"""

RETURN = r"""
vro_interaction:
  description: The interactions that wait, oldest first.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Id of the interaction., type: str, sample: ff8080814a1cb55c014a6481a9927b01}
    name: {description: Its name., type: str, sample: Approve the deletion}
    state: {description: Always waiting., type: str, sample: waiting}
    workflow_id: {description: Id of the workflow., type: str, sample: 6e04a460-4a45-4e16-9603-db2922c24462}
    execution_id: {description: Id of the execution., type: str, sample: ff8080814a1cb55c014a6481a9927a78}
    created: {description: "When it was asked; null where the server does not tell.", type: str, sample: "2026-04-28T07:24:10.429Z"}
    fields:
      description: What it asks for.
      type: list
      elements: dict
      contains:
        name: {description: Name of the field., type: str, sample: approved}
        type: {description: Its type., type: str, sample: boolean}
        label: {description: What the form calls it., type: str, sample: Approve the deletion}
        mandatory: {description: Whether it must be answered., type: bool, sample: true}
        choices: {description: Values that the form offers; null where it offers none., type: list, elements: raw, sample: [true, false]}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vro import interactions
from ..module_utils._vro.client import connect


class InteractionInfo(Info):
    """Interactions that wait."""

    noun, product = "vro_interaction", "vro"
    connect = staticmethod(connect)

    def spec(self):
        return {"execution_id": {"type": "str"}, "workflow_id": {"type": "str"}}

    def fetch(self, context):
        wanted = {name: context.params[name] for name in ("execution_id", "workflow_id") if context.params[name]}
        found = [each for each in interactions.waiting(context.api) if wanted.items() <= each.items()]
        return interactions.with_fields(context.api, found)


def main():
    run(InteractionInfo())


if __name__ == "__main__":
    main()
