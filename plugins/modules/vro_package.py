#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vro_package
short_description: Import, export and remove packages of vRealize Orchestrator
version_added: "0.1.0"
description:
  - Imports a package where one of its elements is missing on the server or in the package there, has another version,
    or has other content. The result tells what becomes of each element, and check mode tells the same.
  - Content is compared decoded and without layout, as in M(vcpp.vcloud.vro_workflow). Secure values are never compared.
    Elements of the server's package that the file does not have make no difference, and RV(not_in_file) names them.
  - Elements of which the server has newer versions are refused, unless O(allow_downgrade) is set.
author: The vcpp.vcloud authors (@vcpp)
options:
  path:
    description:
      - C(.package) file to import, on the host where the task runs. It says the name.
      - Left out, the package has to exist.
    type: path
  name:
    description: Name of the package, such as V(com.example.tenants). Left out, the file of O(path) says it.
    type: str
  compare:
    description:
      - V(content) compares versions and content of the elements, V(version) versions only, which saves an export.
    type: str
    choices: [content, version]
    default: content
  overwrite:
    description:
      - Whether elements of the server take the content of the file where their version is equal. V(false) imports only
        what is missing or older on the server, and compares versions only.
    type: bool
    default: true
  allow_downgrade:
    description: Whether elements take the place of newer ones. Otherwise such a file is refused as a whole.
    type: bool
    default: false
  import_values:
    description:
      - Whether values of the attributes of configuration elements are imported and compared. Otherwise those of the
        server stay.
    type: bool
    default: false
  import_secure_values:
    description: Whether values of secure attributes are imported as well. From release 8 on.
    type: bool
    default: false
  import_tags:
    description:
      - What becomes of tags. V(skip) imports none, V(overwrite) has those of the file take the place of the server's,
        V(preserve) imports those of elements that have none.
      - Left out, it is what the server does by itself.
    type: str
    choices: [skip, overwrite, preserve]
  dest:
    description:
      - File to export the package to, on the host where the task runs, ending in C(.package) or C(.zip). It is written
        when it does not hold the same elements with the same content. Not with O(path).
      - Left out, nothing is exported.
    type: path
  export_values:
    description: Whether the exported file has values of the attributes of configuration elements.
    type: bool
    default: true
  export_secure_values:
    description:
      - Whether it has values of secure attributes, too, so that whoever has the file has them. It is then readable for
        its owner only. From release 8 on; before, O(export_values) exports them as well.
    type: bool
    default: false
  export_tags:
    description: Whether it has tags.
    type: bool
    default: true
  export_history:
    description: Whether it has earlier versions.
    type: bool
    default: true
  export_operations:
    description:
      - What whoever imports the file may do with its elements. An empty list is nothing. Left out, it is what the
        server says by itself.
    type: list
    elements: str
    choices: [view, edit, add_to_package]
  members:
    description:
      - With O(state=absent), what becomes of the elements. V(keep) leaves them, V(remove) removes them with the
        package, V(remove_unshared) those that no other package has.
    type: str
    choices: [keep, remove, remove_unshared]
    default: keep
extends_documentation_fragment:
  - vcpp.vcloud.vro
  - vcpp.vcloud.state
  - vcpp.vcloud.attributes
notes:
  - A server that writes the content of an import in words of its own makes every run import it again. The task warns of
    that; O(compare=version) ends it, and so does a file that this server has exported.
  - What a server would refuse about an import is found out beforehand from release 8 on, by its own dry run.
  - Where a package comes from a newer server, or uses plug-ins that this one lacks or has in older versions, the task
    warns and names them.
  - For about two seconds after a package was removed, its elements count as in use; modules that remove them wait for
    that.
seealso:
  - module: vcpp.vcloud.vro_package_info
  - module: vcpp.vcloud.vro_content
"""

EXAMPLES = r"""
- name: See what the new release of a package would change
  vcpp.vcloud.vro_package:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator@vsphere.local
    vro_password: "{{ vault_vro_password }}"
    path: files/com.example.tenants.package
  check_mode: true
  register: preview

- name: Show it
  ansible.builtin.debug:
    msg: "{{ preview.elements | rejectattr('becomes', 'eq', 'unchanged') }}"

- name: Import it with the values of its configuration elements
  vcpp.vcloud.vro_package:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator@vsphere.local
    vro_password: "{{ vault_vro_password }}"
    path: files/com.example.tenants.package
    import_values: true

- name: Keep what the server has
  vcpp.vcloud.vro_package:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator@vsphere.local
    vro_password: "{{ vault_vro_password }}"
    name: com.example.tenants
    dest: /tmp/com.example.tenants.package

- name: Remove the package and what no other package has of it
  vcpp.vcloud.vro_package:
    vro_url: https://vdev-a03-vro.vdev.local
    vro_user: administrator@vsphere.local
    vro_password: "{{ vault_vro_password }}"
    name: com.example.tenants
    members: remove_unshared
    state: absent
"""

RETURN = r"""
vro_package:
  description: The package as it is now, or would be in check mode. Empty when it is absent.
  returned: success
  type: dict
  contains:
    name: {description: Its name., type: str, sample: com.example.tenants}
    elements:
      description: The elements that the file has, or all where there is no file.
      type: list
      elements: dict
      contains:
        type: {description: "Its type, such as V(workflow) or V(configuration_element).", type: str, sample: workflow}
        id: {description: Its id., type: str, sample: 7f0a1a2e-5b0c-4a51-9d4e-9d2d7c2c1a01}
        name: {description: Its name., type: str, sample: Greet}
        version: {description: Its version., type: str, sample: 1.2.0}
        content:
          description: Mark that is equal for equal content, where content is compared.
          type: str
          sample: "sha256:6f3b356d7f94bbac7f8387e6ce7fdc0c207584254af380866444e2bf4171f924"
    dest: {description: "File that holds it, where O(dest) is set.", type: str, sample: /tmp/tenants.package}
elements:
  description: What becomes of each element of the file, in its order.
  returned: when O(path) is set and O(state) is V(present)
  type: list
  elements: dict
  contains:
    type: {description: Its type., type: str, sample: workflow}
    id: {description: Its id., type: str, sample: 7f0a1a2e-5b0c-4a51-9d4e-9d2d7c2c1a01}
    name: {description: Its name., type: str, sample: Greet}
    place: {description: Path of its category or its module., type: str, sample: Tenants/Greetings}
    version: {description: Its version in the file., type: str, sample: 1.2.0}
    server_version: {description: "Its version on the server before, if any.", type: str, sample: 1.1.0}
    becomes:
      description:
        - V(created), V(updated) to a newer version, V(replaced) by other content of the same version, V(downgraded),
          V(added) to the package as it is, or V(unchanged).
      type: str
      sample: updated
not_in_file:
  description: Elements of the server's package that the file does not have.
  returned: when O(path) is set and O(state) is V(present)
  type: list
  elements: dict
  contains:
    type: {description: Its type., type: str, sample: workflow}
    id: {description: Its id., type: str, sample: 7f0a1a2e-5b0c-4a51-9d4e-9d2d7c2c1a01}
    name: {description: Its name., type: str, sample: Greet}
    version: {description: Its version., type: str, sample: 1.2.0}
"""

from ..module_utils._resource import Resource, run
from ..module_utils._vro import package_work, packages
from ..module_utils._vro.client import connect

SWITCHES = {
    "overwrite": True, "allow_downgrade": False, "import_values": False, "import_secure_values": False,
    "export_values": True, "export_secure_values": False, "export_tags": True, "export_history": True,
}  # fmt: skip


class Package(Resource):
    """A package, found by the name in its file or by its name."""

    noun, product = "vro_package", "vro"
    fields = package_work.FIELDS
    connect = staticmethod(connect)

    def spec(self):
        return {
            "name": {"type": "str"},
            **{name: {"type": "path"} for name in ("path", "dest")},
            **{name: {"type": "bool", "default": default} for name, default in SWITCHES.items()},
            "compare": {"type": "str", "choices": ["content", "version"], "default": "content"},
            "import_tags": {"type": "str", "choices": list(packages.TAGS)},
            "export_operations": {"type": "list", "elements": "str", "choices": list(packages.OPERATIONS)},
            "members": {"type": "str", "choices": list(packages.REMOVALS), "default": "keep"},
        }

    def rules(self):
        return {"mutually_exclusive": [("path", "name"), ("path", "dest")], "required_one_of": [("path", "name")]}

    def validate(self, params):
        self.file = package_work.load(params)
        self.name = self.file.name if self.file else params["name"]
        self.written = False

    def label(self, context):
        return self.name

    def find(self, context):
        package_work.refuse_release(context.api, context.params)
        self.found = package_work.look(context.api, context.params, self.name, self.file)
        text = package_work.respelled(self.found, self.file, context.params) if self.file and self.written else ""
        if text:
            context.warn(text)
        return self.found

    def read(self, context, wire):
        return wire.values(self.file)

    def wanted(self, context):
        params = context.params
        values = {"name": self.name, **({"dest": params["dest"]} if params["dest"] else {})}
        if not self.file:
            if not self.found:
                context.missing(package_work.missing(context.api, self.name))
            return values
        self.work = package_work.plan(context.api, params, self.file, self.found)
        return {**values, "elements": self.work.wanted}

    def more(self, context, step):
        if not self.file or context.params["state"] == "absent":
            return {}
        return {"elements": self.work.rows, "not_in_file": self.work.beside}

    def advise(self, context, step):
        for text in package_work.advice(context.api, self.file) if self.file and step.is_change and step.after else ():
            context.warn(text)

    def create(self, context, values):
        self.written = True
        package_work.apply(context.api, context.params, self.file, values)

    def update(self, context, wire, values):
        self.create(context, values)

    def delete(self, context, wire):
        packages.remove(context.api, self.name, context.params["members"])

    def execute(self, context):
        result = super().execute(context)
        package_work.reviewable(result)
        return result


def main():
    run(Package())


if __name__ == "__main__":
    main()
