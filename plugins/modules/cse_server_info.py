#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cse_server_info
short_description: Read which Container Service Extension stands behind a vCloud Director
version_added: "0.1.0"
description:
  - Finds out which release of the Container Service Extension (CSE) there is, 1.2 to 4.2, how it does, and what it can.
  - Where there is none, or the extension is registered and its server does not answer, the module says so and does not
    fail. Ask it before a play that makes clusters.
author: The vcpp.vcloud authors (@vcpp)
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.attributes.info
notes:
  - Of a server of CSE 4 nothing can be asked. That its types are registered says that it was installed.
"""

EXAMPLES = r"""
- name: Which CSE is there
  vcpp.vcloud.cse_server_info:
    vcd_url: https://vcd.example.com
    vcd_user: admin@Tyrell
    vcd_password: "{{ vault_vcd_password }}"
  register: found

- name: Clusters can be made
  ansible.builtin.assert:
    that: found.cse_server.installed and found.cse_server.running is not false
    fail_msg: "{{ found.cse_server.message }}"
"""

RETURN = r"""
cse_server:
  description: What is known of it. What nobody tells is null.
  returned: success
  type: dict
  contains:
    installed: {description: Whether there is one that this user sees., type: bool, sample: true}
    running: {description: "Whether it answers. Null for 4.x, which nothing can be asked of.", type: bool, sample: true}
    enabled: {description: "Whether it is switched on, told to System administrators up to 3.1.", type: bool, sample: true}
    status: {description: "Its state, told to System administrators up to 3.1.", type: str, sample: Running}
    message: {description: "How it does in a sentence, with what to do about it.", type: str, sample: The server answers.}
    version: {description: "Its release, of 4.x the first two numbers.", type: str, sample: 3.1.4}
    description: {description: What it calls itself., type: str, sample: Container Service Extension for VMware vCloud Director}
    legacy_mode: {description: Whether a 3.1 runs in legacy mode., type: bool, sample: false}
    api_version: {description: API version that is spoken with it., type: str, sample: "36.0"}
    api_versions: {description: API versions that it serves., type: list, elements: str, sample: ["35.0", "36.0"]}
    entity_type: {description: "Type of the entities that its clusters are, from 3.0 on.", type: str, sample: "urn:vcloud:type:cse:nativeCluster:2.1.0"}
    entity_types:
      description: All types of clusters that are registered, also those of another release.
      type: list
      elements: dict
      contains:
        id: {description: Identifier of the type., type: str, sample: "urn:vcloud:type:cse:nativeCluster:2.1.0"}
        vendor: {description: Its vendor., type: str, sample: cse}
        nss: {description: Its identifier among those of the vendor., type: str, sample: nativeCluster}
        version: {description: Its version., type: str, sample: 2.1.0}
    capabilities:
      description: What the release can do. Null where none answers.
      type: dict
      contains:
        kinds: {description: Kinds of clusters that it makes., type: list, elements: str, sample: [native, TKG+, TKGm]}
        upgrade: {description: Whether clusters are upgraded., type: bool, sample: true}
        nfs_nodes: {description: Whether clusters have NFS nodes., type: bool, sample: true}
        removable_nodes: {description: Roles of nodes that M(vcpp.vcloud.cse_node) removes by name., type: list, elements: str, sample: [nfs]}
        sharing: {description: Whether clusters are shared with other users., type: bool, sample: true}
        force_delete: {description: Whether what is left of a cluster is removed by force., type: bool, sample: true}
        templates: {description: Whether M(vcpp.vcloud.cse_template_info) lists templates., type: bool, sample: true}
        vdc_runtimes: {description: Whether M(vcpp.vcloud.cse_ovdc) enables VDCs for kinds of clusters., type: bool, sample: true}
        vdc_compute_policies: {description: Whether M(vcpp.vcloud.cse_ovdc) gives VDCs compute policies., type: bool, sample: false}
"""

from ..module_utils._cse import servers
from ..module_utils._resource import Info, run
from ..module_utils._vcd.client import connect


class Server(Info):
    """The one server of a vCloud Director, or that there is none."""

    noun, product = "cse_server", "vcd"
    connect = staticmethod(connect)

    def fetch(self, context):
        return servers.tell(context.api)


def main():
    run(Server())


if __name__ == "__main__":
    main()
