#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vro_content_export
short_description: Write an orchestrator's workflows, actions, configurations, resources and packages into a folder for git
version_added: "0.1.0"
description:
  - Reads content once, side by side, and writes it in the form that M(vcpp.vcloud.vro_content) reads, where the layout
    is described. Workflows are readable XML, actions are scripts, configuration elements are YAML, resource elements
    are the files themselves.
  - The same content is the same bytes. A file that already says what the server has is left as it is, so git shows
    what has changed on the server and nothing else. What is exported and given to M(vcpp.vcloud.vro_content) changes
    nothing.
  - Values of secrets are not written, neither those of configuration elements nor those of workflows' attributes. An
    attribute that a file has without C(value) stays so, because each server has its own value of it.
author: The vcpp.vcloud authors (@vcpp)
options:
  dest:
    description: The folder, on the host where the task runs. It is made where it is missing.
    type: path
    required: true
  workflows:
    description:
      - Paths of categories whose workflows are exported, with those below. Left out, no workflows are, or all where none
        of these lists is given.
    type: list
    elements: str
  actions:
    description:
      - Modules whose actions are exported. V(com.kiwi) is this module and those whose names begin with C(com.kiwi.).
        Left out, no actions are, or all where none of these lists is given.
    type: list
    elements: str
  configurations:
    description:
      - Paths of categories whose configuration elements are exported, with those below. Left out, none are, or all where
        none of these lists is given.
    type: list
    elements: str
  resources:
    description:
      - Paths of categories whose resource elements are exported, with those below. Left out, none are, or all where none
        of these lists is given.
    type: list
    elements: str
  packages:
    description: Names of packages that are exported, without the values of attributes. None when omitted.
    type: list
    elements: str
  exclude:
    description: Paths of categories and modules that are left out with all below. Nothing is when omitted.
    type: list
    elements: str
  prune:
    description:
      - Whether files are removed of items that the server does not have, in the categories and modules that are exported.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vro
  - vcpp.vcloud.attributes
requirements:
  - PyYAML
seealso:
  - module: vcpp.vcloud.vro_content
"""

EXAMPLES = r"""
- name: All content but what the product ships
  vcpp.vcloud.vro_content_export:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    dest: files/orchestrator
    exclude: [Library, com.vmware]

- name: Two categories and a module, and no file of what is gone
  vcpp.vcloud.vro_content_export:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    dest: files/orchestrator
    workflows: [Library/HTTP-REST]
    prune: true
"""

RETURN = r"""
vro_content_export:
  description: What was written, or would be in check mode.
  returned: success
  type: dict
  contains:
    dest: {description: The folder., type: str, sample: files/orchestrator}
    item_count: {description: How many items the server has of what was chosen., type: int, sample: 42}
    written:
      description: Files that were written, below the folder.
      type: list
      elements: str
      sample: [actions/com.kiwi.tenants/nameOf.js]
    removed: {description: Files that were removed., type: list, elements: str, sample: []}
outcomes:
  description: The items whose files differed.
  returned: success
  type: list
  elements: dict
  contains:
    item: {description: "The item, as in M(vcpp.vcloud.vro_content).", type: str, sample: actions/com.kiwi.tenants/nameOf}
    files:
      description: Its files.
      type: list
      elements: str
      sample: [actions/com.kiwi.tenants/nameOf.js, actions/com.kiwi.tenants/nameOf.yml]
    changed: {description: Always true., type: bool, sample: true}
"""

from ..module_utils._resource import Definition, run
from ..module_utils._vro import content_export
from ..module_utils._vro.client import connect
from ..module_utils._vro.content_items import KINDS


class ContentExport(Definition):
    """Content of a server that is written into a folder."""

    noun, product = "vro_content_export", "vro"
    connect = staticmethod(connect)

    def spec(self):
        return {
            "dest": {"type": "path", "required": True},
            **{kind: {"type": "list", "elements": "str"} for kind in (*KINDS, "exclude")},
            "prune": {"type": "bool", "default": False},
        }

    def validate(self, params):
        self.present = content_export.present_folder("dest", params["dest"])
        self.choice = content_export.Choice({kind: params[kind] for kind in KINDS}, tuple(params["exclude"] or ()))

    def execute(self, context):
        dest, to_come = context.params["dest"], []

        def missing(text):
            context.missing(text)
            to_come.append(text)

        changes, count = content_export.compare(
            context.api, self.choice, self.present, context.params["prune"], missing, context.warn
        )
        result = {
            "changed": bool(changes or to_come),
            self.noun: content_export.told(dest, changes, count),
            "outcomes": [content_export.outcome(change) for change in changes],
        }
        if context.want_diff and changes:
            result["diff"] = [
                {
                    "before": change.before,
                    "after": change.after,
                    "before_header": change.key,
                    "after_header": change.key,
                    "object": context.identify(self.noun, change.key),
                }
                for change in changes
            ]
        if not context.check_mode:
            content_export.write(dest, changes)
        return result


def main():
    run(ContentExport())


if __name__ == "__main__":
    main()
