#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vro_workflow
short_description: Manage workflows of vRealize Orchestrator as content
version_added: "0.1.0"
description:
  - Imports workflows from files and exports them, moves them between categories, sets who may use them, and removes
    them.
  - A workflow is the same as the one in a file when its version and its content are equal. Content is what the workflow
    says and does, without positions on the canvas, values of secure strings, and what servers write by themselves; how
    a file is compressed means nothing. Input forms of release 8 and newer are imported with a C(.workflow) file, but
    not compared, because servers do not export them with a workflow.
author: The vcpp.vcloud authors (@vcpp)
options:
  path:
    description:
      - File to import, on the host where the task runs, either a C(.workflow) as servers export it or the XML in it, as
        O(dest) writes it. Its id says which workflow it is.
      - Left out, the workflow has to exist.
    type: path
  id:
    description: Id of the workflow. Not used here with O(path), whose file says it. Left out, O(name) is looked for.
    type: str
  name:
    description:
      - Name of the workflow. Where it is not unique, O(category) says which is meant. Not used here with O(path) or
        O(id).
      - Left out, O(path) or O(id) says which workflow is meant.
    type: str
  category:
    description:
      - Path of the category that the workflow is in, such as V(Library/HTTP-REST). It has to exist; see
        M(vcpp.vcloud.vro_category). With O(path) or O(id), a workflow that is elsewhere is moved there; with O(name) it
        says which workflow is meant.
      - Left as it is when omitted; a workflow that does not exist yet needs it.
    type: str
  compare:
    description:
      - V(content) imports a file whose version or whose content differs from the server's, V(version) only one whose
        version differs, which saves an export.
    type: str
    choices: [content, version]
    default: content
  allow_downgrade:
    description: Whether a workflow is replaced by a file with an older version. Otherwise this is an error.
    type: bool
    default: false
  force:
    description:
      - Whether a workflow that other content uses is removed all the same, also where it is removed to be moved. That
        content is broken until the workflow is back.
    type: bool
    default: false
  dest:
    description:
      - File to export the workflow to, on the host where the task runs. One that ends in C(.xml) holds XML in UTF-8 for
        git, the same text for the same workflow and without values of secure strings; one that ends in C(.workflow) is
        the server's own file. It is written when it does not hold the workflow as it is. Not with O(path).
      - Left out, nothing is exported.
    type: path
extends_documentation_fragment:
  - vcpp.vcloud.vro
  - vcpp.vcloud.vro_permissions
  - vcpp.vcloud.state
  - vcpp.vcloud.attributes
notes:
  - A server that writes the content of an import in words of its own makes every run import it again. The task warns of
    that; O(compare=version) ends it, and so does a file that this server has exported.
  - To move a workflow, the module changes its category and, where that is not possible as before release 8, imports it
    into the other category. Where the server leaves it where it was, the workflow is removed and imported again, and
    its past runs and its schedules go. The task warns of that beforehand and names the schedules.
seealso:
  - module: vcpp.vcloud.vro_workflow_info
  - module: vcpp.vcloud.vro_workflow_run
  - module: vcpp.vcloud.vro_package
  - module: vcpp.vcloud.vro_content
"""

EXAMPLES = r"""
- name: The category exists
  vcpp.vcloud.vro_category:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator@vsphere.local
    vro_password: "{{ vault_vro_password }}"
    type: workflow
    path: Tenants/Greetings

- name: The workflow is what git says
  vcpp.vcloud.vro_workflow:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator@vsphere.local
    vro_password: "{{ vault_vro_password }}"
    path: files/greet.xml
    category: Tenants/Greetings

- name: Operators run it, and nobody else
  vcpp.vcloud.vro_workflow:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator@vsphere.local
    vro_password: "{{ vault_vro_password }}"
    name: Greet
    category: Tenants/Greetings
    permissions:
      - principal: VDEV\operators
        rights: [view, execute]

- name: It is in a file that git can compare
  vcpp.vcloud.vro_workflow:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator@vsphere.local
    vro_password: "{{ vault_vro_password }}"
    name: Greet
    category: Tenants/Greetings
    dest: /tmp/greet.xml

- name: It is gone
  vcpp.vcloud.vro_workflow:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator@vsphere.local
    vro_password: "{{ vault_vro_password }}"
    path: files/greet.xml
    state: absent
"""

RETURN = r"""
vro_workflow:
  description:
    - The workflow as it is now, or would be in check mode, as far as the options are about it. Empty when it is absent.
  returned: success
  type: dict
  contains:
    id: {description: Id of the workflow., type: str, sample: 7f0a1a2e-5b0c-4a51-9d4e-9d2d7c2c1a01}
    name: {description: Its name., type: str, sample: Greet}
    version: {description: Its version., type: str, sample: 1.2.0}
    category: {description: "Path of its category, where O(category) is set.", type: str, sample: Tenants/Greetings}
    content:
      description: Mark that is equal for equal content, where content is compared or exported.
      type: str
      sample: "sha256:6f3b356d7f94bbac7f8387e6ce7fdc0c207584254af380866444e2bf4171f924"
    permissions:
      description: Its rules by principal, where O(permissions) is set.
      type: list
      elements: dict
      contains:
        principal: {description: User or group., type: str, sample: VDEV\operators}
        rights: {description: What they may do., type: list, elements: str, sample: [view, execute]}
    dest: {description: "File that holds it, where O(dest) is set.", type: str, sample: /tmp/greet.xml}
xml:
  description: The workflow, where it was removed to be moved and could not be imported again.
  returned: failure
  type: str
"""

from ..module_utils._resource import Failure, Resource, run
from ..module_utils._vro import artifacts, elements, exports, permissions, workflow_work, workflows
from ..module_utils._vro.client import connect


class Workflow(Resource):
    """A workflow, found by the id in its file, by its id, or by name and category."""

    noun, product = "vro_workflow", "vro"
    fields = workflows.FIELDS
    connect = staticmethod(connect)

    def spec(self):
        return {
            **{name: {"type": "path"} for name in ("path", "dest")},
            **{name: {"type": "str"} for name in ("id", "name", "category")},
            **{name: {"type": "bool", "default": False} for name in ("allow_downgrade", "force")},
            "permissions": permissions.SPEC,
            "compare": {"type": "str", "choices": ["content", "version"], "default": "content"},
        }

    def rules(self):
        exclusive = [("path", "id", "name"), ("path", "dest")]
        return {"mutually_exclusive": exclusive, "required_one_of": [("path", "id", "name")]}

    def validate(self, params):
        self.file, self.looks, self.written = workflow_work.load(params), [], False

    def label(self, context):
        return self.file.name if self.file else context.params["name"] or context.params["id"]

    def find(self, context):
        self.found = workflow_work.look(context.api, context.params, self.file)
        self.looks.append(self.found)
        text = workflow_work.respelled(self.found, self.file) if self.written else ""
        if text:
            context.warn(text)
        return self.found

    def read(self, context, wire):
        return wire.values()

    def wanted(self, context):
        return workflow_work.wanted(context.api, context.params, self.file, self.found, context.missing)

    def advise(self, context, step):
        text = workflow_work.advice(context.api, self.found, step.after)
        if text:
            context.warn(text)

    def create(self, context, values):
        self.written = True
        workflow_work.create(context.api, self.file, values, context.missing)

    def update(self, context, wire, values):
        self.written = True
        try:
            workflow_work.update(context.api, context.params, self.file, wire, values, context.missing)
        except workflows.Lost as lost:
            raise Failure(str(lost), xml=artifacts.readable(lost.artifact)) from lost

    def delete(self, context, wire):
        elements.remove(context.api, exports.path(workflows.KIND, wire.id), force=context.params["force"])

    def execute(self, context):
        result = super().execute(context)
        exports.reviewable(result, self.looks[0] and self.looks[0].artifact, self.file)
        return result


def main():
    run(Workflow())


if __name__ == "__main__":
    main()
