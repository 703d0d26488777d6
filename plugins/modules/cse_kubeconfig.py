#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cse_kubeconfig
short_description: Write the kubeconfig of a Kubernetes cluster to a file
version_added: "0.1.0"
description:
  - Fetches the kubeconfig of a cluster of the Container Service Extension, of any release, and keeps it in a file of the
    host that the task runs on. By itself, or with O(merge) among the contexts of a file that is there already.
  - Context, cluster and user have one name in the file, and each says in an extension which cluster it is of. By that the
    module knows its own entries again. It renews them when the cluster has been made anew, and never replaces others'.
  - Nothing else in the file changes, not even a comment, and what a person added to the cluster's own entries stays
    (C(namespace), C(proxy-url) and C(tls-server-name)).
  - The kubeconfig is an administrator's credential. The file gets mode C(0600), and no result, diff or message shows
    more of it than names and the address of the API server.
author: The vcpp.vcloud authors (@vcpp)
options:
  dest:
    description:
      - File to write, for example V(~/.kube/config). Its directory is made where it is missing. A link stays a link.
      - Without O(merge), a file that holds contexts of other clusters is refused.
    type: path
    required: true
  merge:
    description: Whether the contexts of other clusters in O(dest) stay beside this one.
    type: bool
    default: false
  context:
    description:
      - Name of the context, and of its cluster and its user. A cluster that is in the file under another name is renamed.
      - Left out, the name that it has in the file stays; a cluster that is new there has its own name.
    type: str
  use_context:
    description:
      - Whether O(merge) makes the cluster's context the current one. In a file of its own it always is. Otherwise the
        current context stays what it is.
    type: bool
    default: false
  state:
    description:
      - V(present) makes sure that the file has the cluster's context, V(absent) that it does not. Then nobody logs in, and
        the cluster need not exist any more. A file in which nothing is left is removed.
    type: str
    choices: [present, absent]
    default: present
  wait_timeout:
    description:
      - Longest time to wait, in seconds, for a cluster that is being made, changed or upgraded, and for the task that
        tells its kubeconfig. V(0) does not wait for the cluster, and gives the task a minute.
      - Check mode does not wait for the cluster; it predicts a change.
    type: int
    default: 0
  wait_interval:
    description:
      - Longest pause between two looks, in seconds. The first looks come sooner.
    type: int
    default: 10
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.cse_cluster
  - vcpp.vcloud.attributes
notes:
  - A cluster of 4.x keeps its kubeconfig in the private section of its entity, which takes full control of the entity to
    read.
  - Needs C(PyYAML) on the host that the task runs on.
seealso:
  - module: vcpp.vcloud.cse_cluster
  - module: vcpp.vcloud.cse_node_info
"""

EXAMPLES = r"""
- name: The kubeconfig of the cluster is a file of its own
  vcpp.vcloud.cse_kubeconfig:
    vcd_url: https://vcd.example.com
    vcd_user: admin@Tyrell
    vcd_password: "{{ vault_vcd_password }}"
    cluster: k8sceph
    dest: ~/.kube/k8sceph

- name: It is one of the contexts of kubectl, and the current one
  vcpp.vcloud.cse_kubeconfig:
    vcd_url: https://vcd.example.com
    vcd_user: admin@Tyrell
    vcd_password: "{{ vault_vcd_password }}"
    cluster: k8sceph
    dest: ~/.kube/config
    merge: true
    context: tyrell-ceph
    use_context: true

- name: Both are gone
  vcpp.vcloud.cse_kubeconfig:
    vcd_url: https://vcd.example.com
    vcd_user: admin@Tyrell
    vcd_password: "{{ vault_vcd_password }}"
    cluster: k8sceph
    dest: "{{ item }}"
    state: absent
  loop: [~/.kube/config, ~/.kube/k8sceph]
"""

RETURN = r"""
cse_kubeconfig:
  description: What the file has of the cluster, or would have in check mode. Empty when it has nothing.
  returned: success
  type: dict
  contains:
    cluster: {description: Name of the cluster., type: str, sample: k8sceph}
    dest: {description: "The file, links followed.", type: str, sample: /home/roy/.kube/config}
    context: {description: "Name of its context, its cluster and its user in the file.", type: str, sample: tyrell-ceph}
    server: {description: Address of the API server., type: str, sample: "https://192.168.207.102:6443"}
    current: {description: Whether it is the current context., type: bool, sample: true}
    mode: {description: Mode of the file., type: str, sample: "0600"}
    up_to_date: {description: Whether the file has what the server tells., type: bool, sample: true}
"""

from ..module_utils._cse import kubeconfig_files as files
from ..module_utils._cse import kubeconfig_text, kubeconfigs, lookup, named, waiting
from ..module_utils._resource import Resource, run


class Kubeconfig(Resource):
    """What a kubeconfig file has of one cluster."""

    noun, product, key, waits = "cse_kubeconfig", "vcd", "cluster", 0
    fields = files.FIELDS
    connect = staticmethod(kubeconfigs.connect)
    # What the server tells, which is asked once: whose the entries are, and the text.
    owner = text = None

    def spec(self):
        return {
            **named.spec(),
            **waiting.interval_spec(),
            "dest": {"type": "path", "required": True},
            "merge": {"type": "bool", "default": False},
            "context": {"type": "str"},
            "use_context": {"type": "bool", "default": False},
        }

    def validate(self, params):
        named.check(params)
        files.check(params)

    def ask(self, context):
        """Whose the entries are, and what the server tells; no text where check mode predicts a cluster."""
        api, params = context.api, context.params
        if params["state"] == "absent":
            self.owner = kubeconfigs.owner_of(api, params, None)
            return
        found = lookup.find(api, params, params["cluster"], fresh=False)
        self.owner = kubeconfigs.owner_of(api, params, found)
        if found is None:
            context.missing(named.missing(api, params))
        else:
            self.text = kubeconfigs.read(api, params, found, context.wait, context.check_mode)

    def find(self, context):
        if self.owner is None:
            self.ask(context)
        self.file = files.read(context.params["dest"])
        self.name = files.name_of(self.file, self.owner, context.params["context"])
        self.entries = None
        if self.text:
            self.entries = kubeconfigs.entries(self.text, self.name, self.owner)
            context.hide(kubeconfig_text.secrets(self.entries))
        return files.present(self.file, self.owner, self.entries)

    def read(self, context, wire):
        return wire

    def wanted(self, context):
        params = context.params
        self.current = params["use_context"] or not params["merge"]
        files.refuse(self.file, self.owner, self.name, self.entries, params["merge"])
        return files.expected(self.file, self.owner, self.name, self.entries, self.current)

    def create(self, context, values):
        files.put(self.file, self.owner, self.entries, self.current)

    def update(self, context, wire, values):
        files.put(self.file, self.owner, self.entries, self.current)

    def delete(self, context, wire):
        files.take(self.file, self.owner)


def main():
    run(Kubeconfig())


if __name__ == "__main__":
    main()
