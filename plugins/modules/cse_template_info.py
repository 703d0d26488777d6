#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cse_template_info
short_description: Read the templates that Kubernetes clusters are made of
version_added: "0.1.0"
description:
  - Reads the templates of the Container Service Extension with their software, in one form for 1.2 to 3.1, or those that
    a cluster can be upgraded to.
  - CSE 4 has no such list. Its clusters are made of OVAs in catalogs, which M(vcpp.vcloud.vcd_query) finds.
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description: Name of the templates to read. Left out, templates of any name are read.
    type: str
  revision:
    description: Revision of the templates to read. Left out, all revisions are read. 1.2 and 2.0 have none.
    type: int
  kind:
    description: Kind of cluster that they are for, of 3.0 and newer. Any kind when left out.
    type: str
    choices: [native, TKG+, TKGm]
  cluster:
    description:
      - Name of a cluster. Only the templates that it can be upgraded to are read, as its server says (2.6 to 3.1). All
        templates when left out.
    type: str
  org:
    description:
      - Organization that O(cluster) is in. Left out, it is that of O(vcd_tenant), else that of the user.
    type: str
  vdc:
    description: Organization VDC that O(cluster) is in, where its name does not do. Any VDC when left out.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.cse_server_info
"""

EXAMPLES = r"""
- name: All templates
  vcpp.vcloud.cse_template_info:
    vcd_url: https://vcd.example.com
    vcd_user: admin@Tyrell
    vcd_password: "{{ vault_vcd_password }}"
  register: templates

- name: Those that should be used
  ansible.builtin.debug:
    msg: "{{ item.name }}, revision {{ item.revision }}: Kubernetes {{ item.kubernetes_version }}"
  loop: "{{ templates.cse_template | rejectattr('deprecated') }}"
  loop_control:
    label: "{{ item.name }}"

- name: What the cluster can be upgraded to
  vcpp.vcloud.cse_template_info:
    vcd_url: https://vcd.example.com
    vcd_user: admin@Tyrell
    vcd_password: "{{ vault_vcd_password }}"
    cluster: k8sceph
  register: targets
"""

RETURN = r"""
cse_template:
  description: The templates by kind and name, the newest revision first. What a release does not tell is null.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the template., type: str, sample: ubuntu-16.04_k8-1.21_weave-2.8.1}
    revision: {description: Its revision. Null in 1.2 and 2.0., type: int, sample: 2}
    kind: {description: Kind of cluster that it is for., type: str, sample: native}
    default: {description: Whether the server takes it where none is named., type: bool, sample: false}
    deprecated: {description: Whether it should not be used any more., type: bool, sample: false}
    description: {description: "Its description, empty when there is none.", type: str, sample: "Ubuntu 16.04, Kubernetes 1.21.8, weave 2.8.1"}
    os: {description: Operating system of its nodes., type: str, sample: ubuntu-16.04}
    kubernetes: {description: Distribution of Kubernetes., type: str, sample: upstream}
    kubernetes_version: {description: Version of Kubernetes., type: str, sample: 1.21.8}
    cni: {description: Network of pods., type: str, sample: weave}
    cni_version: {description: Its version., type: str, sample: 2.8.1}
    docker_version: {description: Version of Docker., type: str, sample: 20.10.7}
    container_runtime: {description: Container runtime and its version where it is not Docker., type: str, sample: containerd 1.4.6}
    catalog: {description: Catalog that it is in., type: str, sample: cse}
    catalog_item: {description: Its catalog item., type: str, sample: ubuntu-16.04_k8-1.21_weave-2.8.1_rev2}
    cpu: {description: "Number of CPUs of a node, told of upgrade targets.", type: int, sample: 2}
    memory_mb: {description: "Memory of a node in MB, told of upgrade targets.", type: int, sample: 2048}
    upgrade_from:
      description: Templates that are upgraded to it, told of upgrade targets.
      type: list
      elements: str
      sample: [ubuntu-16.04_k8-1.20_weave-2.8.1]
"""

from ..module_utils._cse import templates
from ..module_utils._cse.capabilities import NATIVE_KIND, TKG_PLUS, TKGM
from ..module_utils._cse.client import connect
from ..module_utils._plan import refuse_empty
from ..module_utils._resource import Info, run


class Templates(Info):
    """The templates of a server, or those that one cluster can be upgraded to."""

    noun, product = "cse_template", "vcd"
    connect = staticmethod(connect)

    def spec(self):
        texts = {name: {"type": "str"} for name in ("name", "cluster", "org", "vdc")}
        kind = {"type": "str", "choices": [NATIVE_KIND, TKG_PLUS, TKGM]}
        return {**texts, "revision": {"type": "int"}, "kind": kind}

    def rules(self):
        return {"required_by": {"org": ["cluster"], "vdc": ["cluster"]}}

    def validate(self, params):
        for option in ("name", "cluster", "org", "vdc"):
            refuse_empty(option, params[option], "give a name, or leave it out")

    def fetch(self, context):
        api, params = context.api, context.params
        rows = templates.targets(api, params) if params["cluster"] else templates.every(api)
        return templates.narrowed(rows, params["name"], params["revision"], params["kind"])


def main():
    run(Templates())


if __name__ == "__main__":
    main()
