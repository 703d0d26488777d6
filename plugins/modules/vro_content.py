#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vro_content
short_description: Make a folder of workflows, actions, configurations, resources and packages an orchestrator's content
version_added: "0.1.0"
description:
  - Reads a folder as it lies in git and the server's content once, side by side, and makes what differs - packages first,
    then categories, resource elements, configuration elements, actions and workflows. Every change is read back.
  - The folder has C(workflows/<category>/<name>.xml) (or C(.workflow)), C(actions/<module>/<name>.js) with a C(.yml)
    beside it for the rest (C(.py) and C(.ps1) for other runtimes, or C(.action)), C(configurations/<category>/<name>.yml),
    C(resources/<category>/<file>) with a C(<file>.yml) for type and description, and C(packages/<name>.package).
    M(vcpp.vcloud.vro_content_export) writes it. What a file's name cannot have is written as C(%XX).
  - All files are looked at before the first request; what contradicts itself or is not what its name says is refused.
  - Workflows are known by their id, all else by category or module and name. What a C(.yml) leaves out stays as it is on
    the server, such as the value of an attribute, which each server may have its own of; C(null) as a value clears it.
  - Secrets of configuration elements are never in files. The server does not give them back either, so changing an
    element that has some needs their values in O(secrets); a change that would lose one is refused.
author: The vcpp.vcloud authors (@vcpp)
options:
  path:
    description: The folder, on the host where the task runs.
    type: path
    required: true
  prune:
    description:
      - Whether workflows, actions, configuration elements and resource elements are removed that the folder does not
        have, in those categories and modules that it has files in, and attributes that a C(.yml) does not name. What
        belongs to one of its packages stays.
    type: bool
    default: false
  secrets:
    description:
      - Values of secret attributes, by C(category/name) of the configuration element and name of the attribute. Left out,
        secrets stay as they are, and new ones have no value.
    type: dict
  update_secrets:
    description:
      - V(on_create) writes a secret where the attribute is new, and with whatever else of its element is changed.
        V(always) writes all of O(secrets) in every run, which is a change each time.
    type: str
    choices: [always, on_create]
    default: on_create
  allow_downgrade:
    description: Whether workflows and actions of which the server has newer versions are replaced. Refused otherwise.
    type: bool
    default: false
  force:
    description: Whether what is pruned, or removed to be moved, is removed although something uses it.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.vro
  - vcpp.vcloud.collection
  - vcpp.vcloud.attributes
requirements:
  - PyYAML
notes:
  - Before release 8, a server takes the type of a resource element from its name, so what a C(.yml) says of it is not
    looked at.
  - The values of attributes in packages are not imported, and an element that is in a package as well as in the folder
    must be the same in both.
seealso:
  - module: vcpp.vcloud.vro_content_export
  - module: vcpp.vcloud.vro_package
"""

EXAMPLES = r"""
- name: A configuration element that somebody made on the server
  vcpp.vcloud.vro_configuration_element:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    category: Kiwi Cloud/Backup
    name: Avamar
    attributes:
      - {name: url, type: string, value: "https://avamar.example.com"}
      - {name: password, type: SecureString, value: "{{ vault_avamar_password }}"}

- name: The server's content as it lies in git
  vcpp.vcloud.vro_content_export:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    dest: files/orchestrator
    configurations: [Kiwi Cloud]

- name: The orchestrator has what the repository has
  vcpp.vcloud.vro_content:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    path: files/orchestrator

- name: And nothing else in these categories, with the passwords of this site
  vcpp.vcloud.vro_content:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator
    vro_password: "{{ vault_vro_password }}"
    path: files/orchestrator
    prune: true
    secrets:
      Kiwi Cloud/Backup/Avamar:
        password: "{{ vault_avamar_password }}"
"""

RETURN = r"""
vro_content:
  description: The items of the folder, and the categories that were made, as they are now or would be in check mode.
  returned: success
  type: list
  elements: dict
  contains:
    item: {description: "The file without its suffix, below the folder.", type: str, sample: actions/com.kiwi.tenants/nameOf}
    version: {description: Its version., type: str, returned: for actions and workflows, sample: 1.0.2}
    category: {description: Path of its category., type: str, returned: for workflows and new categories, sample: Kiwi Cloud}
    description: {description: Its description., type: str, returned: where the folder says it, sample: ""}
    mime_type: {description: Type of its content., type: str, returned: for resource elements, sample: text/plain}
    content: {description: Digest of its content., type: str, returned: but for categories, sample: "sha256:5f70bf18a086"}
    secrets:
      description: Secret attributes whose value had to be written.
      type: list
      elements: str
      returned: for configuration elements
      sample: [password]
outcomes:
  description: What became of each item that differed.
  returned: always, unless the task failed before the first change
  type: list
  elements: dict
  contains:
    item: {description: The item., type: str, sample: actions/com.kiwi.tenants/nameOf}
    content: {description: "Its content now, where that differed; so for every field.", type: str, sample: "sha256:5f70bf18a086"}
    changed: {description: Whether it was changed., type: bool, sample: true}
    error: {description: Why it could not be changed., type: str, returned: on failure, sample: Access is denied.}
"""

from ..module_utils._resource import Collection, run
from ..module_utils._vro import content_folder, content_items, content_work
from ..module_utils._vro.client import connect


class Content(Collection):
    """A folder that becomes the content of a server."""

    noun, product, item_key = "vro_content", "vro", "item"
    fields = content_items.FIELDS
    waits = 30
    connect = staticmethod(connect)
    work = None

    def spec(self):
        return {
            "path": {"type": "path", "required": True},
            "secrets": {"type": "dict", "no_log": True},
            "update_secrets": {
                "type": "str",
                "choices": ["always", "on_create"],
                "default": "on_create",
                "no_log": False,
            },
            "allow_downgrade": {"type": "bool", "default": False},
            "force": {"type": "bool", "default": False},
        }

    def wanted(self, params):
        self.contents = content_folder.read("path", params["path"])
        self.options = content_work.Options(
            params["secrets"] or {}, *(params[name] for name in ("update_secrets", "prune", "allow_downgrade", "force"))
        )
        content_work.check_secrets(self.contents, self.options.secrets)
        return {}

    def present(self, context, wanted, everything):
        if self.work:
            return self.work.reread(wanted)
        self.work = content_work.Work(context.api, self.contents, self.options)
        present, targets = self.work.look()
        wanted.update(targets)
        return present

    def check(self, context, plans):
        self.work.check(plans, context.warn)

    def turns(self, changes):
        return self.work.turns(changes)

    def apply(self, context, key, step):
        self.work.apply(key, step)

    def diff(self, context, key, step):
        entry = super().diff(context, key, step)
        entry["before"], entry["after"] = self.work.texts(key, step)
        return entry


def main():
    run(Content())


if __name__ == "__main__":
    main()
